namespace Tuning.Server;

/// <summary>A trial that somebody works on. Guarded by itself: reports and the end of one trial come one after the other.</summary>
internal sealed class HandedTrial
{
    /// <summary>The trial.</summary>
    public required StudyTrial Trial { get; init; }

    /// <summary>Who works on it, as it calls itself.</summary>
    public string? Client { get; init; }

    /// <summary>After how long without a word it is given up; null for never.</summary>
    public TimeSpan? Lease { get; init; }

    /// <summary>When its client was last heard of, as a time stamp of the clock. Read and written under the trial's lock.</summary>
    public long HeardAt { get; set; }

    /// <summary>The step of its last report; null before.</summary>
    public long? Step { get; set; }

    /// <summary>The digest of its last report; 0 where it is not known.</summary>
    public ulong Digest { get; set; }

    /// <summary>How it ended; null while it is under way.</summary>
    public TrialOutcome? Outcome { get; set; }

    /// <summary>Its number and attempt.</summary>
    public Handle Handle => new(Trial.Id.Number, Trial.Attempt);
}

/// <summary>How a trial that was handed out ended, so that what ended it can be repeated.</summary>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="StoppedAt">The step of the report that it was stopped at; null where it was not.</param>
/// <param name="Told">The digest of what was told at its end; 0 where nothing was.</param>
/// <param name="Failure">The message that it failed with; null where it did not.</param>
internal sealed record TrialOutcome(string Reason, long? StoppedAt, ulong Told, string? Failure);
