namespace Tuning.Specification;

/// <summary>Makes an experiment of what a user hands over in C#, by the same rules as experiment files.</summary>
public static class ExperimentBuilder
{
    /// <summary>The storage directory where none is given: <c>results</c> in the current directory.</summary>
    public static string DefaultStorage => Path.Combine(Directory.GetCurrentDirectory(), "results");

    /// <summary>The experiment with everything it needs to run.</summary>
    /// <param name="catalog">The names that an experiment can use.</param>
    /// <param name="trainable">What is trained.</param>
    /// <param name="space">Constants and domains; null for the trainable's defaults alone. Wins over them.</param>
    /// <param name="tune">What is searched for, and how.</param>
    /// <param name="run">When trials stop, what is kept, and where.</param>
    /// <exception cref="SpecificationException">The experiment is not valid; the message says everything that is wrong with it.</exception>
    public static ExperimentDefinition Build(ComponentCatalog catalog, TrainableDefinition trainable, SearchSpace? space = null, TuneConfig? tune = null,
        RunConfig? run = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(trainable);
        (tune, run) = (Filled(tune), run ?? new());
        var problems = new List<ParameterIssue>();
        if (tune.Metric is not null && !tune.Objectives.IsEmpty)
        {
            problems.Add(new("tune.metric", "TuneConfig has both Metric and Objectives; give one of them."));
        }

        if (run.CpuPerTrial is { } cpu && run.ResourcesPerTrial.Cpu is { } other && cpu != other)
        {
            problems.Add(new("resources_per_trial.cpu", Invariant($"is {other}, and RunConfig.CpuPerTrial is {cpu}; give one of them.")));
        }

        var spec = SpecOf(catalog, trainable, space, tune, run, problems);
        var check = new ExperimentCheck(catalog);
        problems.AddRange(check.Check(spec, trainable));
        return problems.Count == 0
            ? catalog.Define(spec, trainable, tune, run) with { Notices = [.. check.Notices.Select(n => $"{n.Path}: {n.Message}")] }
            : throw new SpecificationException(
                [.. problems.Select(p => new SpecificationProblem { Path = p.Path.Length == 0 ? spec.Name : $"{spec.Name}.{p.Path}", Message = p.Message })]);
    }

    /// <summary>What is written down of an experiment that is given so, unchecked.</summary>
    internal static ExperimentSpec SpecOf(ComponentCatalog catalog, TrainableDefinition trainable, SearchSpace? space, TuneConfig? tune, RunConfig? run,
        List<ParameterIssue>? problems = null)
    {
        (tune, run) = (Filled(tune), run ?? new());
        var vocabulary = trainable.Vocabulary;
        var (given, constraints) = NeverCheck.WithMembersAsValues(space?.Copy() ?? new(), [.. tune.Constraints, .. space?.Constraints ?? []]);
        return new()
        {
            Name = run.Name ?? trainable.Name,
            Run = trainable.Name,
            Settings = TrainableSettings.Of(trainable),
            Space = Complete(trainable.Complete(given, constraints), tune.Scheduler),
            Constraints = constraints,
            FeasibleIf = tune.FeasibleIf,
            Stop = [.. run.Stop.Select(s => new StopCondition(vocabulary.Metric(s.Key), s.Value))],
            Stoppers = [.. run.Stoppers.Select(s => Describe(catalog.Stoppers, s))],
            Objectives = Objectives(tune, trainable, problems ?? []),
            ReferencePoint = tune.ReferencePoint,
            StrictMetric = tune.StrictMetric,
            Scope = tune.Scope,
            NumSamples = tune.Samples,
            MaxConcurrentTrials = tune.MaxConcurrentTrials,
            TimeBudget = tune.TimeBudget,
            Seed = tune.Seed is { } given64 ? Limits.Seed(given64) : null,
            SearchAlg = tune.SearchAlgorithm is { } searcher ? WarmStartCheck.Rooted(Describe(catalog.Searchers, searcher), Directory.GetCurrentDirectory())
                : Default(catalog.Searchers, "random"),
            Scheduler = tune.Scheduler is { } scheduler ? Describe(catalog.Schedulers, scheduler) : Default(catalog.Schedulers, "fifo"),
            Checkpoints = run.Checkpoint with
            {
                CheckpointScoreAttribute = run.Checkpoint.CheckpointScoreAttribute is { } score ? vocabulary.Metric(score)
                : null
            },
            Failures = run.Failure,
            Hooks = run.Hooks,
            Loggers = run.Loggers is { } loggers
                ? [.. loggers.Select(l => new ComponentSpec(catalog.Loggers.TryResolve(l, out var name) ? name : l, ParameterSet.Empty))] : null,
            CpuPerTrial = run.CpuPerTrial ?? run.ResourcesPerTrial.Cpu,
            ResourcesPerTrial = run.ResourcesPerTrial with { Cpu = null },
            Resources = run.Resources,
            Isolation = run.Isolation,
            TrialTimeout = run.TrialTimeout,
            ReportTimeout = run.ReportTimeout,
            StoragePath = Path.GetFullPath(run.StoragePath ?? DefaultStorage),
        };
    }

    private static TuneConfig Filled(TuneConfig? tune) => tune is { Scheduler: { } given } ? tune with { Scheduler = PolicySource.Filled(given) } : tune
        ?? new();

    private static SearchSpace Complete(SearchSpace space, SchedulerOptions? scheduler) => scheduler?.Complete(space) ?? space;

    /// <summary>A component with all its options written out.</summary>
    internal static ComponentSpec Default<TOptions>(ComponentSet<TOptions> set, string name)
        where TOptions : class => Canonical(set, new(name, ParameterSet.Empty));

    /// <summary>The same component with all its options written out, so that a later default does not change a recorded experiment.</summary>
    internal static ComponentSpec Canonical<TOptions>(ComponentSet<TOptions> set, ComponentSpec component)
        where TOptions : class =>
        set.TryResolve(component.Type, out _) && !set.Check(component).Any() ? set.Describe(set.Bind(component)) ?? component : component;

    private static ComponentSpec Describe<TOptions>(ComponentSet<TOptions> set, TOptions options)
        where TOptions : class => set.Describe(options)
            ?? new(JsonNamingPolicy.SnakeCaseLower.ConvertName(options.GetType().Name), OptionSchema.Of(options.GetType()).Written(options));

    private static ImmutableArray<Objective> Objectives(TuneConfig tune, TrainableDefinition trainable, List<ParameterIssue> problems)
    {
        var vocabulary = trainable.Vocabulary;
        if (tune.Seed is { } seed && Limits.Seed(seed) is null)
        {
            problems.Add(new("tune.seed", $"is {seed}; it must be a whole number of 64 bits, or null to draw one."));
        }

        if (tune.Metric is null)
        {
            // A direction alone can only repeat what the trainable says.
            if (tune.Mode is { } mode && tune.Objectives.IsEmpty && trainable.DefaultObjective?.Mode != mode)
            {
                problems.Add(new("tune.mode", trainable.DefaultObjective is { } other
                    ? $"is {mode}, and '{trainable.Name}' declares {other.Mode} for its metric '{other.Metric}'; give Metric beside Mode, or leave Mode away."
                    : $"is {mode}, of no metric; give Metric beside Mode."));
            }

            return [.. tune.Objectives.Select(o => o with { Metric = vocabulary.Metric(o.Metric) })];
        }

        var metric = vocabulary.Metric(tune.Metric);
        if ((tune.Mode ?? trainable.ModeOf(metric)) is { } direction)
        {
            return [new(metric, direction)];
        }

        problems.Add(new("tune.mode",
            $"is not given, and whether '{tune.Metric}' is better large or small is not known; set Mode = Mode.Min or Mode = Mode.Max."));
        return [new(metric, Mode.Max)]; // so that the name is checked, too
    }
}
