namespace Tuning.Execution;

/// <summary>A segment: a stretch of a trial's training from one start to the end that follows it.</summary>
/// <param name="Trial">The trial.</param>
/// <param name="Start">
/// How many events the experiment had seen when it started: it tells the segments of a trial apart, over all sessions and machines. What comes from a
/// segment that is not the trial's latest counts for nothing.
/// </param>
internal readonly record struct SegmentId(TrialId Trial, long Start);

/// <summary>What a segment is told. Plain data: a segment runs on a thread, in another process or on another machine.</summary>
/// <param name="Segment">The segment.</param>
internal abstract record SegmentCommand(SegmentId Segment) : SessionCommand
{
    /// <summary>Start.</summary>
    /// <param name="Segment">The segment.</param>
    /// <param name="Config">The trial's configuration now.</param>
    /// <param name="From">The checkpoint that it loads; null starts from nothing.</param>
    /// <param name="NextCheckpoint">The number of the next checkpoint that the trial writes.</param>
    /// <param name="Failures">How often the trial has failed before.</param>
    /// <param name="CatchUp">What it repeats.</param>
    public sealed record Start(SegmentId Segment, ParameterSet Config, CheckpointRef? From, int NextCheckpoint, int Failures, CatchUp CatchUp)
        : SegmentCommand(Segment)
    {
        /// <summary>What it has of the machine; null where that is not counted.</summary>
        public TrialShare? Share { get; init; }
    }

    /// <summary>The answer to a report. Until it comes the segment waits.</summary>
    /// <param name="Segment">The segment.</param>
    /// <param name="Report">The number of the report.</param>
    /// <param name="Verdict">What it does next.</param>
    /// <param name="Save">Whether it first writes a checkpoint.</param>
    /// <param name="Reason">Why, where the verdict is not to go on.</param>
    public sealed record Answer(SegmentId Segment, int Report, Verdict Verdict, bool Save, string? Reason) : SegmentCommand(Segment);

    /// <summary>Its trial is to stop, and does not wait for an answer: its token is cancelled, so that who sleeps or computes hears of it.</summary>
    /// <param name="Segment">The segment.</param>
    public sealed record Cancel(SegmentId Segment) : SegmentCommand(Segment);
}
