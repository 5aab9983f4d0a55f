namespace Tuning.Execution;

/// <summary>What reaches the session of an experiment from elsewhere. Immutable.</summary>
internal abstract record SessionMessage;

/// <summary>What a segment says. Plain data, as <see cref="SegmentCommand"/>.</summary>
/// <param name="Segment">The segment.</param>
internal abstract record SegmentEvent(SegmentId Segment) : SessionMessage
{
    /// <summary>A report, to be answered.</summary>
    /// <param name="Segment">The segment.</param>
    /// <param name="Number">The trial's report with this number: one more than the one before.</param>
    /// <param name="TimeTotal">Seconds of training up to it, over all segments.</param>
    /// <param name="TimeThisIteration">Seconds since the one before.</param>
    /// <param name="Metrics">What was reported.</param>
    /// <param name="Digest">A digest of that, see <see cref="ReportDigest"/>.</param>
    public sealed record Reported(SegmentId Segment, int Number, double TimeTotal, double TimeThisIteration, Metrics Metrics, ulong Digest)
        : SegmentEvent(Segment)
    {
        /// <summary>Whether it is what a study was told at the end of the trial.</summary>
        public bool IsTold { get; init; }
    }

    /// <summary>A checkpoint has its final name.</summary>
    public sealed record CheckpointWritten(SegmentId Segment, CheckpointRef Checkpoint) : SegmentEvent(Segment);

    /// <summary>The segment has ended without an exception. Its last message.</summary>
    public sealed record Ended(SegmentId Segment, SegmentEnd End) : SegmentEvent(Segment);

    /// <summary>The segment has ended with an exception. Its last message.</summary>
    /// <param name="Segment">The segment.</param>
    /// <param name="Message">The exception's message, on one line.</param>
    /// <param name="Retry">Whether another try may help.</param>
    public sealed record Failed(SegmentId Segment, string Message, bool Retry) : SegmentEvent(Segment)
    {
        /// <summary>The machine's fault where it is that and not the trial's.</summary>
        public MachineFault? Machine { get; init; }
    }

    /// <summary>The segment has ended before it began: the checkpoint that it was to load is damaged. Its last message.</summary>
    /// <param name="Segment">The segment.</param>
    /// <param name="Checkpoint">The checkpoint.</param>
    /// <param name="Message">What is wrong with it.</param>
    public sealed record Damaged(SegmentId Segment, CheckpointRef Checkpoint, string Message) : SegmentEvent(Segment);
}

/// <summary>Takes what segments say. Any thread; returns at once.</summary>
internal interface ISegmentMailbox
{
    /// <summary>No segment can be run any more.</summary>
    void Failed(MachineFault fault)
    {
    }

    /// <summary>A segment has begun to run, or repeats reports that need no answer.</summary>
    void Alive(SegmentId segment)
    {
    }

    /// <summary>Takes a message; those of one segment in the order in which it sends them.</summary>
    void Post(SegmentEvent message);
}
