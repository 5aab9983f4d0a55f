namespace Tuning;

/// <summary>What is searched for, and how. YAML: <c>tune</c> and <c>num_samples</c>. Immutable.</summary>
public sealed record TuneConfig
{
    /// <summary>Path of the metric that is optimised, <c>a/b/c</c>.</summary>
    /// <value>Default null: what the trainable declares; without that nothing is optimised and there is no best trial.</value>
    public string? Metric { get; init; }

    /// <summary>Which direction of <see cref="Metric"/> is better.</summary>
    /// <value>Default null: as the trainable declares for this metric; where it declares nothing of it, it must be given.</value>
    public Mode? Mode { get; init; }

    /// <summary>Several objectives, in place of <see cref="Metric"/> and <see cref="Mode"/>; the first is the main one.</summary>
    /// <value>Default empty.</value>
    public ImmutableArray<Objective> Objectives { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Where the hypervolume of several objectives begins: a value of each that is just good enough, in their order.</summary>
    /// <value>Default empty: a little worse than the front (<see cref="ParetoFront.Reference"/>). The search does not look at it.</value>
    public ImmutableArray<double> ReferencePoint { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>
    /// Whether a metric that the experiment names (as objective, stop criterion, score of checkpoints, in a scheduler) must exist. One that the
    /// trainable declares not to report is an error before anything runs; one that no trial has reported when a trial came to its end ends the experiment.
    /// </summary>
    /// <value>Default true.</value>
    public bool StrictMetric { get; init; } = true;

    /// <summary>Which of a trial's values of the first objective stands for it when trials are compared.</summary>
    /// <value>Default <see cref="ResultScope.Last"/>. The search goes by the last one in any case.</value>
    public ResultScope Scope { get; init; }

    /// <summary>How often the space is sampled, each time with all cells of its grids.</summary>
    /// <value>Default 1; else at least 1, or <see cref="Limits.Unlimited"/>.</value>
    public int Samples { get; init; } = 1;

    /// <summary>Earlier name of <see cref="Samples"/>.</summary>
    [Obsolete("Use Samples."), JsonIgnore]
    public int NumSamples { get => Samples; init => Samples = value; }

    /// <summary>At most this many trials at once.</summary>
    /// <value>Default null: as many as the cores allow; else at least 1.</value>
    public int? MaxConcurrentTrials { get; init; }

    /// <summary>Running time after which the experiment stops; a resumed one has only the rest.</summary>
    /// <value>Default null: no limit; else more than zero.</value>
    public TimeSpan? TimeBudget { get; init; }

    /// <summary>The seed from which everything random in the experiment is derived: any whole number of 64 bits, signed or not.</summary>
    /// <value>Default null: drawn, printed and recorded.</value>
    public Int128? Seed { get; init; }

    /// <summary>The search algorithm, by its options. A record of your own that derives from <see cref="SearcherOptions"/> is welcome.</summary>
    /// <value>Default null: random and grid search.</value>
    public SearcherOptions? SearchAlgorithm { get; init; }

    /// <summary>Earlier name of <see cref="SearchAlgorithm"/>.</summary>
    [Obsolete("Use SearchAlgorithm."), JsonIgnore]
    public SearcherOptions? SearchAlg { get => SearchAlgorithm; init => SearchAlgorithm = value; }

    /// <summary>The scheduler, by its options. A record of your own that derives from <see cref="SchedulerOptions"/> is welcome.</summary>
    /// <value>Default null: first in, first out.</value>
    public SchedulerOptions? Scheduler { get; init; }

    /// <summary>Conditions over parameters that every configuration fulfils, in the expression language: <c>layers * units &lt;= 4096</c>.</summary>
    /// <value>Default empty.</value>
    public ImmutableArray<string> Constraints { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>
    /// Conditions over metrics that tell feasible trials from others, in the expression language: <c>latency_ms &lt;= 20</c>. A path with slashes
    /// stands in backticks, or with dots. A trial that breaks one, or ends without its metric, is never the best while a feasible one exists.
    /// </summary>
    /// <value>Default empty: every trial is feasible.</value>
    public ImmutableArray<string> FeasibleIf { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <inheritdoc/>
    public override string ToString() => OptionText.Of(this);
}
