namespace Tuning.Schedulers;

/// <summary>
/// Options of ASHA for several objectives (Schmucker et al., "Multi-objective Asynchronous Successive Halving", 2021). YAML:
/// <c>scheduler: {type: mo_asha, max_t: 100, reduction_factor: 3}</c>; also <c>MOASHA</c>.
/// </summary>
/// <remarks>
/// <para>
/// Rungs as in <see cref="AshaOptions"/>. A trial that comes to one is ranked among all that came there before: by the front of non-dominated ones it belongs
/// to, and within a front by an ε-net (Clarkson, 2006): first the best in the first objective, then always the one farthest from those before. It stops when
/// more than <c>1 / reduction_factor</c> of the trials there, itself included, are before it. Once more than 4096 trials came to a rung (with three objectives
/// or more 1024), it is ranked among a random sample of them.
/// </para>
/// <para>
/// An absent or NaN value of any objective leads to no decision. Unlike Syne Tune's MO-ASHA: distances are measured in shares of the front's range of each
/// objective, so that units do not matter; equal vectors are in the same front and the older is before the younger; a skipped milestone is not judged late.
/// </para>
/// </remarks>
public sealed record MoAshaOptions : SchedulerOptions
{
    /// <summary>Path of the metric of time.</summary>
    /// <value>Default <c>training_iteration</c>.</value>
    [JsonPropertyName("time_attr")]
    public string TimeAttribute { get; init; } = "training_iteration";

    /// <summary>Earlier name of <see cref="TimeAttribute"/>.</summary>
    [Obsolete("Use TimeAttribute."), JsonIgnore]
    public string TimeAttr { get => TimeAttribute; init => TimeAttribute = value; }

    /// <summary>The longest that a trial runs, in units of <see cref="TimeAttribute"/>; there it is stopped.</summary>
    /// <value>Default 100; more than 0.</value>
    [MoreThan(0), JsonPropertyName("max_t")]
    public double MaxTime { get; init; } = 100;

    /// <summary>Earlier name of <see cref="MaxTime"/>.</summary>
    [Obsolete("Use MaxTime."), JsonIgnore]
    public double MaxT { get => MaxTime; init => MaxTime = value; }

    /// <summary>How long every trial runs at least, in units of <see cref="TimeAttribute"/>.</summary>
    /// <value>Default 1; more than 0, at most <see cref="MaxTime"/>.</value>
    [MoreThan(0)]
    public double GracePeriod { get; init; } = 1;

    /// <summary>One of so many trials goes on from each rung, and the next rung is so many times as far.</summary>
    /// <value>Default 3; more than 1.</value>
    [MoreThan(1)]
    public double ReductionFactor { get; init; } = 3;

    internal override (string Metric, double At)? End => (TimeAttribute, MaxTime);

    /// <inheritdoc/>
    public override ITrialScheduler Create(SchedulerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        OptionSchema.Require(this);
        AshaOptions.CheckTimes(MaxTime, GracePeriod, ReductionFactor);
        ImmutableArray<Objective> objectives = context.Objectives.IsDefault ? [] : context.Objectives;
        return objectives.Length >= 2
            ? new MoAshaScheduler(this, objectives, context.Seed)
            : throw new ArgumentException(
                $"mo_asha compares trials by several objectives, and the experiment has {objectives.Length}; give tune.metric a list, or use asha.");
    }

    /// <inheritdoc/>
    public override string ToString() => OptionText.Of(this);
}
