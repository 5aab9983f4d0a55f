namespace Tuning.Callbacks;

/// <summary>What earlier sessions of an experiment came to, so that a resumed one goes on counting. Immutable.</summary>
internal sealed record EarlierSessions
{
    /// <summary>How many trials have ended without an error.</summary>
    public required int Terminated { get; init; }

    /// <summary>How many trials have failed for good and are left at that.</summary>
    public required int Failed { get; init; }

    /// <summary>The best trial so far; null before one reported the objective.</summary>
    public required TrialView? Best { get; init; }

    /// <summary>How long they ran.</summary>
    public required TimeSpan Elapsed { get; init; }
}
