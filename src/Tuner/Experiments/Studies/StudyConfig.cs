namespace Tuning;

/// <summary>What a <see cref="Study"/> searches for, and how. Immutable.</summary>
public sealed record StudyConfig
{
    /// <summary>The name of the study and of its directory.</summary>
    /// <value>Default null: <c>study</c>; a number is added where the directory exists. A name that is given must be free.</value>
    public string? Name { get; init; }

    /// <summary>The directory under which the study's directory is made.</summary>
    /// <value>Default null: <c>results</c> in the current directory. Of no meaning in memory.</value>
    public string? StoragePath { get; init; }

    /// <summary>The metric that is optimised.</summary>
    /// <value>Default <c>value</c>.</value>
    public string Metric { get; init; } = "value";

    /// <summary>Which direction of <see cref="Metric"/> is better.</summary>
    /// <value>Default <see cref="Mode.Min"/>.</value>
    public Mode Mode { get; init; } = Mode.Min;

    /// <summary>Several objectives, in place of <see cref="Metric"/> and <see cref="Mode"/>; the first is the main one.</summary>
    /// <value>Default empty.</value>
    public ImmutableArray<Objective> Objectives { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Where the hypervolume of several objectives begins: a value of each that is just good enough, in their order.</summary>
    /// <value>Default empty: a little worse than the front (<see cref="ParetoFront.Reference"/>). The search does not look at it.</value>
    public ImmutableArray<double> ReferencePoint { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>How often the space is sampled, each time with all cells of its grids. Then there are no more trials.</summary>
    /// <value>Default <see cref="Limits.Unlimited"/>; else at least 1.</value>
    public int Samples { get; init; } = Limits.Unlimited;

    /// <summary>Earlier name of <see cref="Samples"/>.</summary>
    [Obsolete("Use Samples."), JsonIgnore]
    public int NumSamples { get => Samples; init => Samples = value; }

    /// <summary>How many trials are under way at once, for search algorithms that want to know.</summary>
    /// <value>Default 1; not a limit.</value>
    public int Parallelism { get; init; } = 1;

    /// <summary>Time after which there are no more trials, and those under way are told to stop at their next report.</summary>
    /// <value>Default null: no limit; else more than zero. What passes while no process has the study open does not count.</value>
    public TimeSpan? TimeBudget { get; init; }

    /// <summary>The seed from which everything random in the study is derived.</summary>
    /// <value>Default null: drawn and recorded.</value>
    public Int128? Seed { get; init; }

    /// <summary>The search algorithm, by its options.</summary>
    /// <value>Default null: random and grid search.</value>
    public SearcherOptions? SearchAlgorithm { get; init; }

    /// <summary>Earlier name of <see cref="SearchAlgorithm"/>.</summary>
    [Obsolete("Use SearchAlgorithm."), JsonIgnore]
    public SearcherOptions? SearchAlg { get => SearchAlgorithm; init => SearchAlgorithm = value; }

    /// <summary>The scheduler, by its options: it stops trials at their reports. One that pauses trials or hands their state on is refused.</summary>
    /// <value>Default null: none is stopped.</value>
    public SchedulerOptions? Scheduler { get; init; }

    /// <summary>Conditions over parameters that every configuration fulfils.</summary>
    /// <value>Default empty.</value>
    public ImmutableArray<string> Constraints { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Conditions over metrics that tell feasible trials from others: <c>latency_ms &lt;= 20</c>.</summary>
    /// <value>Default empty: every trial is feasible.</value>
    public ImmutableArray<string> FeasibleIf { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Metric thresholds; any one of them stops a trial at its report.</summary>
    /// <value>Default empty.</value>
    public OrderedDictionary<string, StopAt> Stop { get; init; } = [];

    /// <summary>Further criteria by their options, any of which stops.</summary>
    /// <value>Default empty.</value>
    public ImmutableArray<StopperOptions> Stoppers { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>How often a trial that failed is handed out again; <see cref="Limits.Unlimited"/> for without end.</summary>
    /// <value>Default 0.</value>
    public int MaxFailures { get; init; }

    /// <summary>Observers, called in this order, off the threads of the caller.</summary>
    /// <value>Default empty.</value>
    public ImmutableArray<TunerCallback> Callbacks { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Names of the loggers that write files.</summary>
    /// <value>Default null: all that are registered. Of no meaning in memory.</value>
    public ImmutableArray<string>? Loggers { get; init => field = value is { IsDefault: true } ? [] : value; }

    /// <summary>The application's services (<c>services.AddTuner(…)</c>), with its loggers and other components.</summary>
    /// <value>Default null: a private host.</value>
    public IServiceProvider? Services { get; init; }

    /// <summary>What an experiment would be told.</summary>
    internal TuneConfig ToTune() => new()
    {
        Metric = Objectives.IsDefaultOrEmpty ? Metric : null,
        Mode = Mode,
        Objectives = Objectives,
        ReferencePoint = ReferencePoint,
        Samples = Samples,
        MaxConcurrentTrials = Parallelism,
        TimeBudget = TimeBudget,
        Seed = Seed,
        SearchAlgorithm = SearchAlgorithm,
        Scheduler = Scheduler,
        Constraints = Constraints,
        FeasibleIf = FeasibleIf,
    };

    /// <summary>What an experiment would be told.</summary>
    internal RunConfig ToRun() => new()
    {
        Name = Name,
        StoragePath = StoragePath,
        Stop = Stop,
        Stoppers = Stoppers,
        Failure = new() { MaxFailures = MaxFailures },
        Callbacks = Callbacks,
        Loggers = Loggers,
    };

    /// <inheritdoc/>
    public override string ToString() => OptionText.Of(this);
}
