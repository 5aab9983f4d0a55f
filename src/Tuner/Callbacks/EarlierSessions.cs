namespace Tuning.Callbacks;

/// <summary>What earlier sessions of an experiment came to, so that a resumed one goes on counting. Immutable.</summary>
internal sealed record EarlierSessions
{
    /// <summary>How many trials have ended and are left at that, by <see cref="TrialView.Words"/>.</summary>
    public required ImmutableArray<int> Ended { get; init; }

    /// <summary>The best trial so far; null before one reported the objective.</summary>
    public required TrialView? Best { get; init; }

    /// <summary>How long they ran.</summary>
    public required TimeSpan Elapsed { get; init; }
}
