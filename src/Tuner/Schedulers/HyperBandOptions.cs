namespace Tuning.Schedulers;

/// <summary>
/// Options of synchronous HyperBand (Li et al., "Hyperband", JMLR 2018). YAML: <c>scheduler: {type: hyperband, max_t: 81, reduction_factor: 3}</c>; also
/// <c>HyperBandScheduler</c>. Needs checkpoints. Use <see cref="AshaOptions"/> where slots should never wait for the slowest trial of a group.
/// </summary>
/// <remarks>
/// <para>
/// New trials fill brackets, and brackets bands. Bracket s, from 0, takes <c>⌈(s_max + 1) / (s + 1) · η^s⌉</c> trials and has its first milestone at
/// <c>⌊max_t / η^s⌋</c>; brackets without one are left out. A trial that comes to the milestone pauses until all others of its bracket have come or ended;
/// then the best <c>⌈n / η⌉</c> go on to a milestone η times as far, at most <c>max_t</c>, and the rest stop. At its last milestone a trial stops.
/// </para>
/// <para>
/// A trial without an objective at a milestone is ranked by the last that it reported; one without any, or with NaN, ranks last. Of equal ones the older is
/// better. A report without a time leads to nothing.
/// </para>
/// <para>
/// Unlike Ray: a bracket waits until it is full, unless no more trials come, and then goes on with those it has in place of its full number; trials that ended
/// are not replaced by new ones; its state is restored when an experiment is resumed. <c>compatibility: ray</c> does not wait, replaces them, and computes the
/// table with Ray's rounding.
/// </para>
/// </remarks>
public record HyperBandOptions : ObjectiveSchedulerOptions
{
    /// <summary>Path of the metric of time.</summary>
    /// <value>Default <c>training_iteration</c>.</value>
    [JsonPropertyName("time_attr")]
    public string TimeAttribute { get; init; } = "training_iteration";

    /// <summary>Earlier name of <see cref="TimeAttribute"/>.</summary>
    [Obsolete("Use TimeAttribute."), JsonIgnore]
    public string TimeAttr { get => TimeAttribute; init => TimeAttribute = value; }

    /// <summary>The longest that a trial runs, in units of <see cref="TimeAttribute"/>.</summary>
    /// <value>Default 81; at least 1.</value>
    [AtLeast(1), JsonPropertyName("max_t")]
    public int MaxTime { get; init; } = 81;

    /// <summary>Earlier name of <see cref="MaxTime"/>.</summary>
    [Obsolete("Use MaxTime."), JsonIgnore]
    public int MaxT { get => MaxTime; init => MaxTime = value; }

    /// <summary>η: one of so many trials goes on from a milestone, and the next is so many times as far.</summary>
    /// <value>Default 3; more than 1.</value>
    [MoreThan(1)]
    public double ReductionFactor { get; init; } = 3;

    /// <summary>Whether trials stop at their last milestone; otherwise they run on.</summary>
    /// <value>Default true.</value>
    public bool StopLastTrials { get; init; } = true;

    /// <summary>Whose rules hold where Ray's are not right.</summary>
    /// <value>Default none.</value>
    public SchedulerCompatibility Compatibility { get; init; }

    internal override (string Metric, double At)? End => StopLastTrials ? (TimeAttribute, MaxTime) : null;

    /// <inheritdoc/>
    public override ITrialScheduler Create(SchedulerContext context) => Create(context, largestFirst: false);

    private protected ITrialScheduler Create(SchedulerContext context, bool largestFirst)
    {
        OptionSchema.Require(this);
        var table = new HyperBandTable(MaxTime, ReductionFactor, Compatibility == SchedulerCompatibility.Ray);
        Check(table.Trials(table.Brackets - 1) < 1e8,
            $"reduction_factor: is {ReductionFactor}, with which a bracket takes more than 100,000,000 trials; take a larger one.");
        return new HyperBandScheduler(this, table, new ScoreReader(ObjectiveOf(context), TimeAttribute), largestFirst);
    }

    /// <inheritdoc/>
    public sealed override string ToString() => OptionText.Of(this);
}

/// <summary>
/// Options of HyperBand for BOHB (Falkner et al., "BOHB", ICML 2018). YAML: <c>scheduler: {type: hb_bohb}</c>; also <c>HyperBandForBOHB</c>. As
/// <see cref="HyperBandOptions"/>, but the bracket with the most trials is filled first, so that the searcher learns from many short trials early, and also in
/// Ray's way a bracket waits until it is full.
/// </summary>
public sealed record HyperBandForBohbOptions : HyperBandOptions
{
    /// <inheritdoc/>
    public override ITrialScheduler Create(SchedulerContext context) => Create(context, largestFirst: true);
}
