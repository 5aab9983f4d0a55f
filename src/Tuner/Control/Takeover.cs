namespace Tuning.Control;

/// <summary>A trial went on from another's state with a new configuration. Immutable.</summary>
/// <param name="Trial">The trial that took it over.</param>
/// <param name="Source">The trial whose state it was.</param>
/// <param name="Iteration">The <c>training_iteration</c> that the exploiter had reached.</param>
/// <param name="SourceIteration">The <c>training_iteration</c> of the state; 0 where it is not known.</param>
/// <param name="SourceConfig">The source's configuration when this was decided.</param>
/// <param name="Config">The exploiter's new configuration.</param>
/// <param name="Before">What had led to where the source stood when this was decided; null where it had taken over nothing.</param>
internal sealed record Takeover(TrialId Trial, TrialId Source, long Iteration, long SourceIteration, ParameterSet SourceConfig, ParameterSet Config,
    Takeover? Before);
