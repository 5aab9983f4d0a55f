namespace Tuning;

/// <summary>Something that happened in an experiment, as its record has it. A closed family of immutable values.</summary>
public abstract record RunEvent
{
    private RunEvent(DateTimeOffset at) => At = at;

    /// <summary>When.</summary>
    public DateTimeOffset At { get; }

    /// <summary>A trial was created.</summary>
    /// <param name="At">When.</param>
    /// <param name="Trial">The trial.</param>
    /// <param name="Config">Its configuration.</param>
    public sealed record TrialCreated(DateTimeOffset At, TrialId Trial, ParameterSet Config) : RunEvent(At);

    /// <summary>A segment of a trial started: the first, or after a pause, a failure, a takeover or a resume.</summary>
    /// <param name="At">When.</param>
    /// <param name="Trial">The trial.</param>
    /// <param name="From">The checkpoint that it starts from; null at its beginning.</param>
    public sealed record TrialStarted(DateTimeOffset At, TrialId Trial, CheckpointRef? From) : RunEvent(At);

    /// <summary>A trial reported.</summary>
    /// <param name="Report">The report, with its metrics.</param>
    public sealed record TrialReported(TrialReport Report) : RunEvent(Report.At);

    /// <summary>A trial has written a checkpoint.</summary>
    /// <param name="At">When.</param>
    /// <param name="Checkpoint">The checkpoint.</param>
    public sealed record CheckpointSaved(DateTimeOffset At, CheckpointRef Checkpoint) : RunEvent(At);

    /// <summary>Something was decided about a trial, or about the experiment.</summary>
    /// <param name="Decision">What, and why.</param>
    public sealed record Decided(Decision Decision) : RunEvent(Decision.At);

    /// <summary>A trial ended.</summary>
    /// <param name="At">When.</param>
    /// <param name="Trial">The trial.</param>
    /// <param name="Status"><see cref="TrialStatus.Terminated"/> or <see cref="TrialStatus.Failed"/>.</param>
    /// <param name="Reason">Why.</param>
    public sealed record TrialEnded(DateTimeOffset At, TrialId Trial, TrialStatus Status, string Reason) : RunEvent(At);

    /// <summary>The session ended. Does not come when it was aborted.</summary>
    /// <param name="At">When.</param>
    /// <param name="Finished">Whether the experiment is at its end; else it can be continued.</param>
    /// <param name="Reason">Why.</param>
    public sealed record Ended(DateTimeOffset At, bool Finished, string Reason) : RunEvent(At);
}
