namespace Tuning.Schedulers.Population;

/// <summary>When members of a population are compared and how many are replaced: what PBT and PB2 share. Immutable.</summary>
internal sealed record PopulationRules
{
    /// <summary>The metric that measures training time.</summary>
    public required string TimeAttr { get; init; }

    /// <summary>How much time lies between two comparisons of a member.</summary>
    public required double Interval { get; init; }

    /// <summary>Time before which nobody is compared.</summary>
    public required double BurnIn { get; init; }

    /// <summary>The share of the population that is replaced, and the share that replaces it.</summary>
    public required double QuantileFraction { get; init; }

    /// <summary>Whether members wait for each other.</summary>
    public required bool Synch { get; init; }

    /// <summary>Whether a report without time or objective ends its trial.</summary>
    public required bool RequireAttrs { get; init; }

    /// <summary>Whether Ray's rules hold.</summary>
    public required bool IsRay { get; init; }
}
