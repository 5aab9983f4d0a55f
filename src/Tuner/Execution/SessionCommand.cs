namespace Tuning.Execution;

/// <summary>What the session of an experiment wants done, once it is written. Immutable. <see cref="SegmentCommand"/> is the rest of it.</summary>
internal abstract record SessionCommand
{
    /// <summary>Ask the searcher, away from the session's thread.</summary>
    /// <param name="Number">The number of the suggestion.</param>
    /// <param name="History">What it may know.</param>
    public sealed record AskSearcher(long Number, SearchHistory History) : SessionCommand;

    /// <summary>Delete a checkpoint.</summary>
    public sealed record Delete(CheckpointRef Checkpoint) : SessionCommand;
}
