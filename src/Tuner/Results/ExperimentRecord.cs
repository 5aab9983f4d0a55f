namespace Tuning.Results;

/// <summary>The record of an experiment, from its beginning. Each enumeration reads it again; memory does not grow with it.</summary>
internal abstract class ExperimentRecord
{
    /// <summary>What happened and what was decided, in order.</summary>
    public abstract IEnumerable<RecordedStep> Steps();
}

/// <summary>One event and the recorded decisions that it caused.</summary>
internal readonly record struct RecordedStep(ExperimentEvent Event, IReadOnlyList<ExperimentCommand> Commands);
