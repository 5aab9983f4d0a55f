namespace Tuning.Running;

/// <summary>What reaches the loop beside the messages of segments.</summary>
internal abstract record LoopMessage : SessionMessage
{
    private LoopMessage()
    {
    }

    /// <summary>A searcher has answered.</summary>
    public sealed record Suggested(long Number, Suggestion Suggestion, long Basis) : LoopMessage;

    /// <summary>Something without which the experiment cannot go on threw: it ends now.</summary>
    public sealed record Fault(Exception Error) : LoopMessage;

    /// <summary>A callback whose faults stop the experiment threw: it stops, gracefully.</summary>
    public sealed record CallbackFailed(Exception Error) : LoopMessage;

    /// <summary>The process is asked to stop.</summary>
    public sealed record Stop(string Reason) : LoopMessage;

    /// <summary>A deadline has come.</summary>
    public sealed record Deadline : LoopMessage;

    /// <summary>A segment that was told to end should have.</summary>
    public sealed record Late : LoopMessage;

    /// <summary>A callback's queue has room again.</summary>
    public sealed record Drained : LoopMessage;

    /// <summary>Leave at once.</summary>
    public sealed record Abort : LoopMessage;
}
