using Tuning.Schedulers.Median;

namespace Tuning.Schedulers;

/// <summary>
/// Options of the median stopping rule (Golovin et al., "Google Vizier", KDD 2017). YAML: <c>scheduler: {type: median, grace_period: 5}</c>; also
/// <c>median_stopping_rule</c>, <c>MedianStoppingRule</c>. Use it where trials report often and are short; use <see cref="AshaOptions"/> where they are long.
/// </summary>
/// <remarks>
/// <para>
/// At a time t from <c>grace_period</c> on, a trial is stopped when its best value so far is worse than the median, over all other trials that have come to t,
/// of their mean values between <c>grace_period</c> and t. With fewer than <c>min_samples_required</c> of them it goes on, or pauses when others wait.
/// </para>
/// <para>
/// An absent time or an absent or NaN objective leads to no decision and does not count; neither does a report whose time is not after the one before. A trial
/// without a value from <c>grace_period</c> to t is not among the others. A trial pauses for others only where the trainable writes checkpoints.
/// </para>
/// <para>
/// Unlike Ray, where one NaN makes the median NaN and every trial stop, and where the last value of a trial that ended by itself counts twice:
/// <c>compatibility: ray</c> does both.
/// </para>
/// </remarks>
public sealed record MedianStoppingOptions : ObjectiveSchedulerOptions
{
    /// <summary>Path of the metric of time. Where trials report at the same times (<c>training_iteration</c>), a decision costs least.</summary>
    /// <value>Default <c>time_total_s</c>.</value>
    [JsonPropertyName("time_attr")]
    public string TimeAttribute { get; init; } = "time_total_s";

    /// <summary>Earlier name of <see cref="TimeAttribute"/>.</summary>
    [Obsolete("Use TimeAttribute."), JsonIgnore]
    public string TimeAttr { get => TimeAttribute; init => TimeAttribute = value; }

    /// <summary>Trials younger than this are not stopped, and means begin here; in units of <see cref="TimeAttribute"/>.</summary>
    /// <value>Default 60; at least 0.</value>
    [AtLeast(0)]
    public double GracePeriod { get; init; } = 60;

    /// <summary>Of how many other trials the median is at least.</summary>
    /// <value>Default 3; at least 1.</value>
    [AtLeast(1)]
    public int MinSamplesRequired { get; init; } = 3;

    /// <summary>How long a trial runs before it pauses for others that wait, while there are too few to compare with; in units of
    /// <see cref="TimeAttribute"/>.</summary>
    /// <value>Default 0; at least 0.</value>
    [AtLeast(0, Infinite = true)]
    public double MinTimeSlice { get; init; }

    /// <summary>Whether trials are stopped; otherwise they pause, and run to their end when nothing else is left to run.</summary>
    /// <value>Default true.</value>
    public bool HardStop { get; init; } = true;

    /// <summary>Whose rules hold where Ray's are not right.</summary>
    /// <value>Default none.</value>
    public SchedulerCompatibility Compatibility { get; init; }

    /// <inheritdoc/>
    public override ITrialScheduler Create(SchedulerContext context)
    {
        OptionSchema.Require(this);
        return new MedianStoppingScheduler(this, new ScoreReader(ObjectiveOf(context), TimeAttribute), context.TrainableCheckpoints);
    }

    /// <inheritdoc/>
    public override string ToString() => OptionText.Of(this);
}
