using Tuning.Gymnasium;
using Tuning.Hosting;
using Tuning.Specification;

namespace Tuning;

/// <summary>Makes Python's environments known to a host: <c>services.AddTuner(t =&gt; t.AddTrainables().AddGymnasium())</c>.</summary>
public static class GymnasiumExtensions
{
    /// <summary>Adds the prefixes <c>gym:</c> and <c>pettingzoo:</c> for <c>env:</c>, for the whole process.</summary>
    /// <exception cref="InvalidOperationException">A prefix is taken by somebody else.</exception>
    public static TunerBuilder AddGymnasium(this TunerBuilder tuner)
    {
        ArgumentNullException.ThrowIfNull(tuner);
        tuner.Catalog.AddGymnasium();
        return tuner;
    }

    /// <inheritdoc cref="AddGymnasium(TunerBuilder)"/>
    public static ComponentCatalog AddGymnasium(this ComponentCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        GymnasiumEnvironments.Register();
        return catalog;
    }
}
