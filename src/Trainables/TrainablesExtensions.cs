using Tuning.Environments;
using Tuning.Specification;

namespace Tuning;

/// <summary>Makes what this library can train known to a host.</summary>
public static class TrainablesExtensions
{
    /// <summary>Adds the algorithms (<c>run: PPO</c>) and the environments of <see cref="EnvironmentRegistry"/>, those that are registered later included.</summary>
    /// <exception cref="ArgumentException">They were added before.</exception>
    public static ComponentCatalog AddTrainables(this ComponentCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return catalog.AddTrainable(new PpoConfig(), "ppo").AddEnvironments(() => EnvironmentRegistry.Names);
    }
}
