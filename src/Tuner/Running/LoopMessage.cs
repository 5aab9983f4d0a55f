using Tuning.Control;
using Tuning.Execution;
using Tuning.Search;
using Tuning.Trials;

namespace Tuning.Running;

/// <summary>What a message to the loop says.</summary>
internal enum LoopMessageKind
{
    /// <summary>A session has a report.</summary>
    Reported,

    /// <summary>A session has written a checkpoint.</summary>
    Saved,

    /// <summary>A segment has ended.</summary>
    Ended,

    /// <summary>A segment has failed.</summary>
    Failed,

    /// <summary>A searcher has answered.</summary>
    Suggested,

    /// <summary>A searcher threw.</summary>
    SearchFailed,

    /// <summary>The process is asked to stop.</summary>
    Stop,

    /// <summary>A deadline has come.</summary>
    Time,

    /// <summary>A callback's queue has room again.</summary>
    Drained,

    /// <summary>A required callback threw.</summary>
    CallbackFailed,

    /// <summary>Leave at once.</summary>
    Abort,
}

/// <summary>A message to the loop. Immutable.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Session">The session that it comes from, if any.</param>
/// <param name="Detail">What the kind needs.</param>
internal readonly record struct LoopMessage(LoopMessageKind Kind, TrialSession? Session = null, object? Detail = null);

/// <summary>A checkpoint in a message.</summary>
internal sealed record SavedDetail(CheckpointRef Checkpoint);

/// <summary>The end of a segment in a message.</summary>
internal sealed record EndedDetail(SegmentEnd End)
{
    /// <summary>By itself.</summary>
    public static EndedDetail Completed { get; } = new(SegmentEnd.Completed);

    /// <summary>As it was told.</summary>
    public static EndedDetail AsAnswered { get; } = new(SegmentEnd.AsAnswered);
}

/// <summary>A failure in a message.</summary>
internal sealed record FailedDetail(string Message, bool Retry);

/// <summary>A suggestion in a message.</summary>
internal sealed record SuggestedDetail(long Number, Suggestion Suggestion, long Basis);

/// <summary>An exception in a message, and what it happened to.</summary>
internal sealed record ExceptionDetail(string What, Exception Exception);
