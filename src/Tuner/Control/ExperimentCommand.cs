namespace Tuning.Control;

/// <summary>
/// Everything that the controller decides. Recorded commands are written to the journal with the event that caused them before
/// anyone acts; applying them again rebuilds the controller's state. The others follow from the state.
/// </summary>
internal abstract record ExperimentCommand
{
    private ExperimentCommand()
    {
    }

    /// <summary>Whether it stands in the journal.</summary>
    public virtual bool IsRecorded => true;

    /// <summary>Ask the searcher for suggestion <paramref name="Number"/>, from the history as it is now.</summary>
    public sealed record RequestSuggestion(long Number) : ExperimentCommand
    {
        /// <inheritdoc/>
        public override bool IsRecorded => false;
    }

    /// <summary>A trial exists, pending.</summary>
    public sealed record CreateTrial(TrialId Trial, long Suggestion, ParameterSet Config) : ExperimentCommand;

    /// <summary>Start a segment of a pending or paused trial.</summary>
    /// <param name="Trial">The trial.</param>
    /// <param name="From">The checkpoint to load; null starts from nothing.</param>
    /// <param name="Reason">Why the scheduler lets it go on, such as a promotion; null where there is nothing to say.</param>
    public sealed record StartTrial(TrialId Trial, CheckpointRef? From, string? Reason = null) : ExperimentCommand;

    /// <summary>The answer to a report that was just handled. A plain continue is not recorded.</summary>
    /// <param name="Trial">The trial that waits.</param>
    /// <param name="Report">The number of its report.</param>
    /// <param name="Verdict">What it does next.</param>
    /// <param name="Save">Whether it first writes a checkpoint.</param>
    /// <param name="Reason">Why, where the verdict is not to continue.</param>
    public sealed record Answer(TrialId Trial, int Report, Verdict Verdict, bool Save, string? Reason) : ExperimentCommand
    {
        /// <summary>Whether a stop is the scheduler's: the trial was ended before its time.</summary>
        public bool IsPruning { get; init; }

        /// <inheritdoc/>
        public override bool IsRecorded => Verdict != Verdict.Continue || Save;
    }

    /// <summary>
    /// A decision about a trial that is not waiting for an answer: a running one does it at its next report, a paused or pending one
    /// at once.
    /// </summary>
    /// <param name="Trial">The trial.</param>
    /// <param name="Verdict">Pause, stop or exploit.</param>
    /// <param name="Reason">Why.</param>
    public sealed record Redirect(TrialId Trial, Verdict Verdict, string Reason) : ExperimentCommand;

    /// <summary>What an exploit takes; stands beside the answer or redirect that tells the exploiter.</summary>
    /// <param name="Trial">The exploiter.</param>
    /// <param name="Source">The trial whose checkpoint it takes.</param>
    /// <param name="Config">The exploiter's new configuration.</param>
    public sealed record PlanExploit(TrialId Trial, TrialId Source, ParameterSet Config) : ExperimentCommand;

    /// <summary>The exploit's checkpoint is there: it becomes the exploiter's own restore point, following the exploiter's last report.</summary>
    public sealed record AdoptCheckpoint(TrialId Trial, CheckpointRef Source) : ExperimentCommand;

    /// <summary>The exploit cannot be done any more; the exploiter goes on from its own checkpoint with its old configuration.</summary>
    public sealed record AbandonExploit(TrialId Trial, string Reason) : ExperimentCommand;

    /// <summary>A running trial writes a checkpoint at its next report, because another needs it.</summary>
    public sealed record RequestSave(TrialId Trial, string Reason) : ExperimentCommand;

    /// <summary>A trial will be tried again from its last checkpoint.</summary>
    /// <param name="Trial">The trial.</param>
    /// <param name="Failures">How often it has failed.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Due">The experiment's running time before which it does not start; null starts it at once.</param>
    public sealed record RetryTrial(TrialId Trial, int Failures, string Reason, TimeSpan? Due = null) : ExperimentCommand;

    /// <summary>A trial has ended for good.</summary>
    public sealed record EndTrial(TrialId Trial, TrialStatus Status, string Reason) : ExperimentCommand;

    /// <summary>A checkpoint that nothing needs is deleted. Done again on resume if the directory is still there.</summary>
    public sealed record DeleteCheckpoint(CheckpointRef Checkpoint) : ExperimentCommand;

    /// <summary>The whole experiment stops: no new trials, running ones stop at their next report.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="IsError">Whether the experiment cannot go on as it is.</param>
    public sealed record StopExperiment(string Reason, bool IsError = false) : ExperimentCommand;

    /// <summary>Everything has ended.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="IsError">Whether the experiment could not go on, such as with a searcher that waits for results while nothing runs.</param>
    public sealed record FinishExperiment(string Reason, bool IsError = false) : ExperimentCommand;

    /// <summary>The process was asked to stop, and every segment has ended: the experiment can be resumed later.</summary>
    public sealed record SuspendExperiment(string Reason) : ExperimentCommand;
}

/// <summary>What a trial does after a report.</summary>
internal enum Verdict
{
    /// <summary>Goes on.</summary>
    Continue,

    /// <summary>Writes a checkpoint and gives up its slot.</summary>
    Pause,

    /// <summary>Ends.</summary>
    Stop,

    /// <summary>Writes a checkpoint, ends its segment, and starts again from another trial's checkpoint.</summary>
    Exploit,

    /// <summary>Writes a checkpoint and ends its segment because the process stops; pending again.</summary>
    Interrupt,
}

/// <summary>
/// What a trial that starts repeats: reports that the journal already holds because they follow the checkpoint it starts from.
/// </summary>
/// <param name="FirstReport">The number that its next report has: one more than the report its checkpoint follows.</param>
/// <param name="RecordedReports">How many reports the journal holds; reports up to here are neither sent nor shown again.</param>
/// <param name="Digests">The recorded digests of reports <paramref name="FirstReport"/> … <paramref name="RecordedReports"/>; 0 where unknown.</param>
/// <param name="LastAnswer">What was answered to report <paramref name="RecordedReports"/>; done when the repetition reaches it.</param>
/// <param name="SaveAfter">Recorded reports after which a checkpoint was due that is not there; written when the repetition passes them.</param>
/// <param name="TimeTotal">Seconds of training up to the last recorded report.</param>
internal sealed record CatchUp(
    int FirstReport,
    int RecordedReports,
    ImmutableArray<ulong> Digests,
    ExperimentCommand.Answer? LastAnswer,
    ImmutableArray<int> SaveAfter,
    double TimeTotal)
{
    /// <summary>The same from an earlier report on; nothing is known of the digests of what is added.</summary>
    public CatchUp From(int report) => this with { FirstReport = report, Digests = [.. Enumerable.Repeat(0UL, FirstReport - report), .. Digests] };
}
