using Tuning.Distributions;

namespace Tuning.Modules;

/// <summary>What a module is to be built for.</summary>
/// <param name="ObservationSize">Floats per observation, after the connectors. At least 1.</param>
/// <param name="ActionDistribution">The kind and size of the actions.</param>
/// <param name="Model">The networks.</param>
public sealed record ModuleSpec(int ObservationSize, ActionDistribution ActionDistribution, ModelOptions Model);
