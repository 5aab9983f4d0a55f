namespace Tuning.Schedulers;

/// <summary>What the options of schedulers have in common that let the worst of a population take over the best. Immutable.</summary>
public abstract record PopulationOptions : ObjectiveSchedulerOptions
{
    /// <summary>The metric that measures training time; it grows, at the same pace in all trials.</summary>
    /// <value>Default <c>time_total_s</c>, as in Ray. <c>training_iteration</c> does not depend on the machine's speed.</value>
    [JsonPropertyName("time_attr")]
    public string TimeAttribute { get; init; } = "time_total_s";

    /// <summary>Earlier name of <see cref="TimeAttribute"/>.</summary>
    [Obsolete("Use TimeAttribute."), JsonIgnore]
    public string TimeAttr { get => TimeAttribute; init => TimeAttribute = value; }

    /// <summary>How much time lies between two comparisons of a trial with the others, in units of <see cref="TimeAttribute"/>.</summary>
    /// <value>Default 60; more than 0. Long enough for a change of a parameter to show.</value>
    [MoreThan(0)]
    public double PerturbationInterval { get; init; } = 60;

    /// <summary>The time before which no trial is compared.</summary>
    /// <value>Default 0.</value>
    [AtLeast(0)]
    public double BurnInPeriod { get; init; }

    /// <summary>The share of trials that are replaced, and of those that they are replaced by: rounded up, at most half.</summary>
    /// <value>Default 0.25; from 0 to 0.5.</value>
    [Between(0, 0.5)]
    public double QuantileFraction { get; init; } = 0.25;

    /// <summary>Whether to write <c>pbt_global.txt</c> and a <c>pbt_policy_&lt;trial&gt;.txt</c> for each trial that took over another.</summary>
    /// <value>Default true.</value>
    public bool LogConfig { get; init; } = true;

    /// <summary>Whether a report without <see cref="TimeAttribute"/> or objective ends its trial. Otherwise such a report leads to no decision.</summary>
    /// <value>Default false. Ray's is true, and fails the experiment.</value>
    [JsonPropertyName("require_attrs")]
    public bool RequireAttributes { get; init; }

    /// <summary>Earlier name of <see cref="RequireAttributes"/>.</summary>
    [Obsolete("Use RequireAttributes."), JsonIgnore]
    public bool RequireAttrs { get => RequireAttributes; init => RequireAttributes = value; }

    /// <summary>Whether all trials wait for each other before they are compared: slower, and does not depend on which is faster.</summary>
    /// <value>Default false.</value>
    [JsonPropertyName("synch")]
    public bool Synchronous { get; init; }

    /// <summary>Earlier name of <see cref="Synchronous"/>.</summary>
    [Obsolete("Use Synchronous."), JsonIgnore]
    public bool Synch { get => Synchronous; init => Synchronous = value; }

    internal sealed override bool LogsSchedules => LogConfig;

    /// <summary>When members are compared and how many are replaced.</summary>
    /// <exception cref="ArgumentException">A number is impossible.</exception>
    private protected PopulationRules Rules(bool isRay)
    {
        OptionSchema.Require(this);
        Check(!string.IsNullOrWhiteSpace(TimeAttribute), $"time_attr: is empty; it must be the name of a metric that grows, such as training_iteration.");
        return new()
        {
            TimeAttr = TimeAttribute,
            Interval = PerturbationInterval,
            BurnIn = BurnInPeriod,
            QuantileFraction = QuantileFraction,
            Synch = Synchronous,
            RequireAttrs = RequireAttributes,
            IsRay = isRay,
        };
    }

    /// <inheritdoc/>
    public sealed override string ToString() => OptionText.Of(this);
}
