using Tuning.Schedulers.Racing;

namespace Tuning.Schedulers;

/// <summary>
/// Options of racing by Wilcoxon's signed-rank test, for trials whose reports are one seed, fold or test case each (the idea of Optuna's <c>WilcoxonPruner</c>
/// and of F-race). YAML: <c>scheduler: {type: wilcoxon, instance_attr: fold, p_threshold: 0.05}</c>; also <c>WilcoxonPruner</c>.
/// </summary>
/// <remarks>
/// <para>
/// The incumbent is the first trial that ended; one that covers all of its instances with a better mean takes its place. A trial is compared with it on the
/// instances that both have: it stops when the probability that the differences lean so much to the worse by chance (Wilcoxon 1945, one-sided) is less
/// than <c>p_threshold</c>, unless its mean over these instances is not worse. Instances should come in another order in each trial.
/// </para>
/// <para>
/// Zero differences are ranked and count half to either side (<c>zsplit</c>); equal ones share their ranks. Up to 50 pairs the distribution is exact, given
/// ties and zeros; beyond, normal with the variance of the ranks as they are. (SciPy, on which Optuna's rests, turns to the normal one as soon as there is a
/// tie.) A report without instance, or with an absent or infinite value or NaN, is no pair and leads to no decision. The last value of an instance holds.
/// </para>
/// <para>
/// A trial's objective, by which trials are compared and configurations searched, is the mean over its instances. The value that a study is told at the end
/// of a trial takes its place, and is no instance.
/// </para>
/// <para>Testing after every report finds a good trial worse about twice as often as <c>p_threshold</c> says.</para>
/// </remarks>
public sealed record WilcoxonOptions : ObjectiveSchedulerOptions
{
    /// <summary>Path of the metric that names the instance, a number: which seed, fold or test case a report is about.</summary>
    /// <value>Default <c>training_iteration</c>: all trials go through the same instances in the same order.</value>
    [JsonPropertyName("instance_attr")]
    public string InstanceAttribute { get; init; } = "training_iteration";

    /// <summary>Earlier name of <see cref="InstanceAttribute"/>.</summary>
    [Obsolete("Use InstanceAttribute."), JsonIgnore]
    public string InstanceAttr { get => InstanceAttribute; init => InstanceAttribute = value; }

    /// <summary>The probability below which a trial stops.</summary>
    /// <value>Default 0.1; more than 0, less than 1.</value>
    [Between(0, 1, ExceptLeast = true, ExceptMost = true), JsonPropertyName("p_threshold")]
    public double PValueThreshold { get; init; } = 0.1;

    /// <summary>Earlier name of <see cref="PValueThreshold"/>.</summary>
    [Obsolete("Use PValueThreshold."), JsonIgnore]
    public double PThreshold { get => PValueThreshold; init => PValueThreshold = value; }

    /// <summary>Pairs that there must be before a trial is stopped.</summary>
    /// <value>Default 2; at least 0.</value>
    [AtLeast(0), JsonPropertyName("n_startup_steps")]
    public int StartupSteps { get; init; } = 2;

    /// <summary>Earlier name of <see cref="StartupSteps"/>.</summary>
    [Obsolete("Use StartupSteps."), JsonIgnore]
    public int NStartupSteps { get => StartupSteps; init => StartupSteps = value; }

    /// <inheritdoc/>
    internal override string? RacedBy(Objective? objective) => Metric is null || Metric == objective?.Metric ? InstanceAttribute : null;

    /// <inheritdoc/>
    public override ITrialScheduler Create(SchedulerContext context)
    {
        OptionSchema.Require(this);
        return new WilcoxonScheduler(this, new ScoreReader(ObjectiveOf(context), InstanceAttribute));
    }

    /// <inheritdoc/>
    public override string ToString() => OptionText.Of(this);
}
