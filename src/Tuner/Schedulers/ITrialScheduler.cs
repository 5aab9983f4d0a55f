namespace Tuning.Schedulers;

/// <summary>
/// Decides which trials deserve more time. <see cref="Decide"/> and <see cref="Choose"/> are pure: they read state and change
/// none. State changes only in <see cref="Observe"/>, which is told what happened and what was decided; a resumed experiment
/// feeds it the recorded history, so that recorded decisions stand and are never computed again.
/// </summary>
/// <remarks>Called by one thread. No clock (time is in the reports), no files; randomness only from a seed path given at construction, derived per trial and
/// report.</remarks>
public interface ITrialScheduler
{
    /// <summary>The short name, as in <c>scheduler: {type: fifo}</c>.</summary>
    string Name { get; }

    /// <summary>Whether it pauses or exploits, for which a trainable must write checkpoints. Checked before the experiment starts.</summary>
    bool NeedsCheckpoints { get; }

    /// <summary>What to do now that a report arrived, for this trial and any others. No decision for a trial lets it continue.</summary>
    /// <param name="report">The report. It is not yet part of what <see cref="Observe"/> was told.</param>
    /// <param name="board">All trials, the report included.</param>
    IReadOnlyList<SchedulerDecision> Decide(TrialReport report, TrialBoard board);

    /// <summary>
    /// What to do about others now that a trial has ended: for schedulers that wait for several trials, where the end of one is what was
    /// waited for. Asked once per end, after <see cref="SchedulerObservation.TrialEnded"/> was observed; not while the whole experiment
    /// stops, nor for paused trials that end because nothing else goes on.
    /// </summary>
    /// <param name="trial">The trial that has ended. Decisions about it are ignored.</param>
    /// <param name="status">How it ended.</param>
    /// <param name="board">All trials.</param>
    /// <returns>Decisions about other trials; those that stand are told back in <see cref="SchedulerObservation.EndDecided"/>. None by default.</returns>
    IReadOnlyList<SchedulerDecision> DecideEnded(TrialId trial, TrialStatus status, TrialBoard board) => [];

    /// <summary>Why the trial that <see cref="Choose"/> just returned starts or goes on, such as a promotion; null (the default) where there is nothing to
    /// say.</summary>
    string? StartReason(TrialId trial, TrialBoard board) => null;

    /// <summary>
    /// Why this scheduler does not start a paused trial again, now that nothing else runs and the trial ends by that; null (the default)
    /// for a text that says no more than that. Reads state and changes none.
    /// </summary>
    string? LeaveReason(TrialId trial, TrialBoard board) => null;

    /// <summary>Which of <see cref="TrialBoard.Startable"/> to start in the slot that is free; null leaves it free.</summary>
    TrialId? Choose(TrialBoard board);

    /// <summary>Takes note of what happened. The only place where state changes.</summary>
    void Observe(SchedulerObservation observation);
}

/// <summary>What a scheduler decides about a trial.</summary>
/// <param name="Trial">The trial that it concerns.</param>
/// <param name="Reason">Why, for a person, with the numbers that led to it.</param>
public abstract record SchedulerDecision(TrialId Trial, string Reason)
{
    /// <summary>
    /// End it for good. One that falls behind is pruned, and writes a last checkpoint only where <see cref="CheckpointConfig.CheckpointPruned"/> asks for it.
    /// </summary>
    public sealed record Stop(TrialId Trial, string Reason) : SchedulerDecision(Trial, Reason)
    {
        /// <summary>Whether the trial has come to its end, as at <c>max_t</c>: it has completed and is not pruned.</summary>
        /// <value>Default false.</value>
        public bool Completes { get; init; }
    }

    /// <summary>Write a checkpoint and give up the slot. A trial that runs elsewhere pauses at its next report.</summary>
    public sealed record Pause(TrialId Trial, string Reason) : SchedulerDecision(Trial, Reason);

    /// <summary>
    /// Go on from another trial's state with another configuration. Waits for a checkpoint that the source writes at its current
    /// report boundary, or takes its last one when the source has ended.
    /// </summary>
    /// <param name="Trial">The exploiter.</param>
    /// <param name="Source">The trial whose checkpoint it takes; itself, to go on with another configuration.</param>
    /// <param name="Config">The exploiter's new configuration.</param>
    /// <param name="Reason">Why.</param>
    public sealed record Exploit(TrialId Trial, TrialId Source, ParameterSet Config, string Reason) : SchedulerDecision(Trial, Reason);
}

/// <summary>What a scheduler is told.</summary>
public abstract record SchedulerObservation
{
    private SchedulerObservation()
    {
    }

    /// <summary>A trial was created.</summary>
    public sealed record TrialAdded(TrialId Trial, ParameterSet Config) : SchedulerObservation;

    /// <summary>A report was handled, with the decisions (of stop criteria or of this scheduler) that stand in the record.</summary>
    public sealed record Reported(TrialReport Report, IReadOnlyList<SchedulerDecision> Decisions) : SchedulerObservation;

    /// <summary>A segment of a trial has started: of a new one, or one that was paused, interrupted, or is tried again.</summary>
    public sealed record TrialStarted(TrialId Trial) : SchedulerObservation;

    /// <summary>A trial has been paused: its checkpoint is written and its slot free.</summary>
    public sealed record TrialPaused(TrialId Trial) : SchedulerObservation;

    /// <summary>A trial's segment is over without a pause, and it waits for its next start: it failed and is tried again, or its session ended.</summary>
    public sealed record TrialInterrupted(TrialId Trial) : SchedulerObservation;

    /// <summary>A trial has taken over another's checkpoint.</summary>
    public sealed record TrialExploited(TrialId Trial, CheckpointRef Source) : SchedulerObservation;

    /// <summary>What a trial was to take over is not there any more: it goes on from its own state with its old configuration.</summary>
    public sealed record ExploitAbandoned(TrialId Trial) : SchedulerObservation;

    /// <summary>A trial has ended, for good or bad.</summary>
    public sealed record TrialEnded(TrialId Trial, TrialStatus Status) : SchedulerObservation;

    /// <summary>What was decided about others because a trial had ended, as it stands in the record. Told only where something was.</summary>
    public sealed record EndDecided(TrialId Trial, IReadOnlyList<SchedulerDecision> Decisions) : SchedulerObservation;
}
