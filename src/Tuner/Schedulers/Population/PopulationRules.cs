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

    /// <summary>Whether the numbers are possible.</summary>
    /// <exception cref="ArgumentException">One is not.</exception>
    public PopulationRules Checked()
    {
        if (string.IsNullOrWhiteSpace(TimeAttr))
        {
            throw new ArgumentException("time_attr: is empty; it must be the name of a metric that grows, such as training_iteration.");
        }

        Check("perturbation_interval", Interval, Interval > 0 && double.IsFinite(Interval), "more than 0");
        Check("burn_in_period", BurnIn, BurnIn >= 0 && double.IsFinite(BurnIn), "at least 0");
        Check("quantile_fraction", QuantileFraction, QuantileFraction is >= 0 and <= 0.5, "at least 0 and at most 0.5");
        return this;
    }

    /// <summary>Refuses a number that breaks a rule.</summary>
    public static void Check(string option, double value, bool holds, string rule)
    {
        if (!holds)
        {
            throw new ArgumentException($"{option}: is {Domain.Text(value)}; it must be {rule}.");
        }
    }
}
