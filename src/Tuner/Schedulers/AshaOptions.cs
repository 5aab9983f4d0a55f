namespace Tuning.Schedulers;

/// <summary>How ASHA frees the slots of trials that fall behind.</summary>
public enum AshaVariant
{
    /// <summary>A trial that falls behind at a rung is stopped; the others run on. No checkpoints are needed.</summary>
    Stopping,

    /// <summary>Every trial pauses at each rung; those in the top share go on. Needs checkpoints.</summary>
    Promotion,
}

/// <summary>
/// Options of ASHA, asynchronous successive halving (Li et al., "A System for Massively Parallel Hyperparameter Tuning", MLSys 2020). YAML:
/// <c>scheduler: {type: asha, max_t: 100, grace_period: 1, reduction_factor: 4}</c>; also <c>async_hyperband</c>, <c>ASHAScheduler</c>.
/// Use <see cref="HyperBandOptions"/> to wait for whole groups, <see cref="MedianStoppingOptions"/> where trials report often and are short.
/// </summary>
/// <remarks>
/// <para>
/// <b>Stopping</b> (the default). A rung is at <c>grace_period · reduction_factor^k</c>. A trial that comes to one is stopped when its value is worse than
/// the cutoff: the quantile <c>1 - 1 / reduction_factor</c>, linearly interpolated, of the values that others left there before. Equal values go on; so does
/// the first at a rung. Then its own value is left there, also when it stopped. <b>Promotion</b>: see <see cref="AshaVariant.Promotion"/>.
/// </para>
/// <para>
/// An absent or NaN objective (and an absent time) leads to no decision, and the trial is judged at its next report; infinities are numbers. Only <c>max_t</c>
/// needs no objective.
/// </para>
/// <para>
/// Unlike Ray: a trial that jumps over a milestone is judged at the highest that it reached, once, and never late at the one it skipped; the number of rungs is
/// counted and not computed from rounded logarithms (1, 243, 3 has a rung at 243); a quantile within rounding error of a value is that value.
/// <c>compatibility: ray</c> does all of this as Ray, and also judges a NaN (never worse, then passed over), and records a trial that ended by itself once
/// more.
/// </para>
/// </remarks>
public sealed record AshaOptions : ObjectiveSchedulerOptions
{
    /// <summary>Path of the metric of time.</summary>
    /// <value>Default <c>training_iteration</c>.</value>
    [JsonPropertyName("time_attr")]
    public string TimeAttribute { get; init; } = "training_iteration";

    /// <summary>Earlier name of <see cref="TimeAttribute"/>.</summary>
    [Obsolete("Use TimeAttribute."), JsonIgnore]
    public string TimeAttr { get => TimeAttribute; init => TimeAttribute = value; }

    /// <summary>The longest that a trial runs, in units of <see cref="TimeAttribute"/>.</summary>
    /// <value>Default 100; more than 0.</value>
    [MoreThan(0), JsonPropertyName("max_t")]
    public double MaxTime { get; init; } = 100;

    /// <summary>Earlier name of <see cref="MaxTime"/>.</summary>
    [Obsolete("Use MaxTime."), JsonIgnore]
    public double MaxT { get => MaxTime; init => MaxTime = value; }

    /// <summary>How long every trial runs at least, in units of <see cref="TimeAttribute"/>: the lowest rung of the first bracket.</summary>
    /// <value>Default 1; more than 0, at most <see cref="MaxTime"/>.</value>
    [MoreThan(0)]
    public double GracePeriod { get; init; } = 1;

    /// <summary>One of so many trials goes on from each rung, and the next rung is so many times as far.</summary>
    /// <value>Default 4; more than 1.</value>
    [MoreThan(1)]
    public double ReductionFactor { get; init; } = 4;

    /// <summary>How many brackets; in bracket s trials run <c>reduction_factor^s</c> times as long before the first rung. Trials are drawn to them, to the ones
    /// with more rungs more often.</summary>
    /// <value>Default 1; 1 to 64.</value>
    [Between(1, 64)]
    public int Brackets { get; init; } = 1;

    /// <summary>Whether trials are stopped at <see cref="MaxTime"/>.</summary>
    /// <value>Default true.</value>
    public bool StopLastTrials { get; init; } = true;

    /// <summary>Stopping or promotion.</summary>
    /// <value>Default stopping.</value>
    public AshaVariant Variant { get; init; }

    /// <summary>Whose rules hold where Ray's are not right. Promotion, which Ray has not, knows only its own.</summary>
    /// <value>Default none.</value>
    public SchedulerCompatibility Compatibility { get; init; }

    internal override (string Metric, double At)? End => StopLastTrials ? (TimeAttribute, MaxTime) : null;

    /// <inheritdoc/>
    public override ITrialScheduler Create(SchedulerContext context)
    {
        OptionSchema.Require(this);
        CheckTimes(MaxTime, GracePeriod, ReductionFactor);
        Check(Variant == AshaVariant.Stopping || Compatibility == SchedulerCompatibility.None,
            $"compatibility: is ray, and Ray has no promotion; leave it away, or use variant: stopping.");
        var reader = new ScoreReader(ObjectiveOf(context), TimeAttribute);
        return Variant == AshaVariant.Promotion ? new AshaPromotionScheduler(this, reader, context.Seed) : new AshaScheduler(this, reader, context.Seed);
    }

    internal static void CheckTimes(double maxT, double gracePeriod, double reductionFactor)
    {
        Check(gracePeriod <= maxT, $"grace_period: is {gracePeriod}; it must be at most max_t, {maxT}.");
        Check(Math.Log(maxT / gracePeriod) / Math.Log(reductionFactor) < 63,
            $"reduction_factor: is {reductionFactor}, which makes more than 63 rungs up to max_t; take a larger one.");
    }

    /// <inheritdoc/>
    public override string ToString() => OptionText.Of(this);
}
