namespace Tuning.Modules;

/// <summary>What a module is to be built for.</summary>
/// <param name="ObservationSize">Floats per observation, after the connectors. At least 1.</param>
/// <param name="ActionDistribution">The kind and size of the actions.</param>
/// <param name="Model">The networks.</param>
public sealed record ModuleSpec(int ObservationSize, ActionDistribution ActionDistribution, ModelOptions Model)
{
    /// <summary>The networks of action values, where they are not built like the policy's.</summary>
    /// <value>Default: null, as <see cref="Model"/>.</value>
    public ModelOptions? QModel { get; init; }

    /// <summary>Whether a module with action values has two estimates of them.</summary>
    /// <value>Default: false.</value>
    public bool TwinQ { get; init; }

    /// <summary>Whether a module with a value per action has an output for the state's value and one for each action's advantage.</summary>
    /// <value>Default: false.</value>
    public bool Dueling { get; init; }

    /// <summary>Sizes of hidden layers that each head of a module with a value per action has for itself.</summary>
    /// <value>Default: none.</value>
    public IReadOnlyList<int> Hiddens { get; init; } = [];
}
