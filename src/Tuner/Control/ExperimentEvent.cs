namespace Tuning.Control;

/// <summary>Everything that can happen to an experiment: the controller's only input. Time is in the event.</summary>
/// <param name="At">When it was received.</param>
internal abstract record ExperimentEvent(DateTimeOffset At)
{
    /// <summary>
    /// How long the session had lasted by a clock that nobody sets; null in records of earlier versions and where time is made up: there it is told by
    /// <see cref="At"/>. Set by the session before anybody sees the event.
    /// </summary>
    public TimeSpan? Lasted { get; set; }

    /// <summary>The experiment begins. Always the first event.</summary>
    public sealed record Started(DateTimeOffset At) : ExperimentEvent(At);

    /// <summary>
    /// A new process took the experiment over. Whatever was running is interrupted by that: it becomes pending and starts from its
    /// own last checkpoint. Also how an experiment is extended.
    /// </summary>
    public sealed record Resumed(DateTimeOffset At, ExperimentExtension Extension) : ExperimentEvent(At)
    {
        /// <summary>The number of the rules that decide from here on: what was decided before keeps its own.</summary>
        public int Rules { get; init; } = DecisionRules.Today.Current;
    }

    /// <summary>The searcher answered request <paramref name="Number"/>.</summary>
    /// <param name="At">When.</param>
    /// <param name="Number">The number of the suggestion.</param>
    /// <param name="Suggestion">The answer.</param>
    /// <param name="Basis">The <see cref="SearchHistory.Basis"/> that it was computed from.</param>
    public sealed record SuggestionReady(DateTimeOffset At, long Number, Suggestion Suggestion, long Basis) : ExperimentEvent(At);

    /// <summary>A running trial reported, and waits for its answer.</summary>
    /// <param name="Report">The report.</param>
    /// <param name="Digest">A digest of its metrics without clocks, to compare with when the trial repeats it after a restart.</param>
    public sealed record Reported(TrialReport Report, ulong Digest) : ExperimentEvent(Report.At);

    /// <summary>A running trial has written a checkpoint: its directory has its final name.</summary>
    public sealed record CheckpointSaved(DateTimeOffset At, CheckpointRef Checkpoint) : ExperimentEvent(At);

    /// <summary>A segment has ended without an exception.</summary>
    public sealed record SegmentEnded(DateTimeOffset At, TrialId Trial, SegmentEnd End) : ExperimentEvent(At);

    /// <summary>A segment has ended with an exception: of the trainable, of a hook, or of writing or reading a checkpoint.</summary>
    /// <param name="At">When.</param>
    /// <param name="Trial">The trial.</param>
    /// <param name="Message">The exception's message, on one line.</param>
    /// <param name="Retry">Whether another try may help; false for errors of configuration such as a checkpoint path that does not exist.</param>
    public sealed record SegmentFailed(DateTimeOffset At, TrialId Trial, string Message, bool Retry) : ExperimentEvent(At);

    /// <summary>The process was asked to stop: running trials write a checkpoint at their next report and become pending.</summary>
    public sealed record StopRequested(DateTimeOffset At, string Reason) : ExperimentEvent(At);

    /// <summary>Whoever runs the trials asks for one more.</summary>
    public sealed record Asked(DateTimeOffset At) : ExperimentEvent(At);

    /// <summary>A deadline of a stopper has come.</summary>
    public sealed record TimePassed(DateTimeOffset At) : ExperimentEvent(At);
}

/// <summary>How a segment ended.</summary>
internal enum SegmentEnd
{
    /// <summary>The trainable returned by itself.</summary>
    Completed,

    /// <summary>As its last answer (pause, stop, exploit) or the stop of the process asked for.</summary>
    AsAnswered,
}

/// <summary>How a resumed experiment differs from before.</summary>
internal sealed record ExperimentExtension
{
    /// <summary>The new total of samples; null keeps it.</summary>
    public int? NumSamples { get; init; }

    /// <summary>Samples on top of the total; 0 adds none.</summary>
    public int AddSamples { get; init; }

    /// <summary>What becomes of failed trials.</summary>
    public ErroredTrials Errored { get; init; } = ErroredTrials.Skip;

    /// <summary>The numbers of trials that ended by a stop criterion which is no longer fulfilled: they are trained on.</summary>
    public ImmutableArray<int> Longer { get; init; } = [];

    /// <summary>What of the specification is different from here on, as JSON with its names; null for nothing.</summary>
    public string? Changes { get; init; }

    /// <inheritdoc/>
    public bool Equals(ExperimentExtension? other) => other is not null && (NumSamples, AddSamples, Errored, Changes)
        == (other.NumSamples, other.AddSamples, other.Errored, other.Changes) && Longer.AsSpan().SequenceEqual(other.Longer.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(NumSamples, AddSamples, Errored, Changes, Longer.Length);
}

/// <summary>What a resumed experiment does with failed trials.</summary>
public enum ErroredTrials
{
    /// <summary>They stay failed.</summary>
    Skip,

    /// <summary>They go on from their last checkpoint.</summary>
    Resume,

    /// <summary>They start again from nothing.</summary>
    Restart,
}
