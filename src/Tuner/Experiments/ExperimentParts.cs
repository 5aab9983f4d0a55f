using System.Security.Cryptography;

namespace Tuning.Experiments;

/// <summary>What follows from a definition, a seed and a machine: the pure components of an experiment.</summary>
internal sealed class ExperimentParts
{
    private ExperimentParts(ExperimentDefinition definition, SeedPath seed, int cores, ImmutableArray<SearchObservation> warmStart)
    {
        WarmStart = warmStart;
        (Definition, Seed) = (definition, seed);
        Searcher = definition.SearchAlg.Make(new SearcherContext(Specification.Space, definition.Objectives)
        {
            Constraints = Specification.Constraints,
            WarmStart = warmStart,
            HasFeasibility = !Specification.FeasibleIf.IsEmpty,
            Seed = seed / "searcher",
            Budget = Specification.NumSamples < 0 ? null : Specification.NumSamples,
            Parallelism = Specification.MaxConcurrentTrials ?? ExperimentResources.Of(Specification, long.MaxValue, cores).Slots,
        });
        var trials = Specification.NumSamples < 0 ? long.MaxValue : Searcher.SuggestionsFor(Specification.NumSamples);
        Trials = trials == long.MaxValue ? null : trials;
        Resources = ExperimentResources.Of(Specification, trials, cores);
    }

    /// <summary>The parts of an experiment that begins, with a seed, and the first line of its journal: reads what its search is to learn from.</summary>
    /// <param name="definition">The experiment.</param>
    /// <param name="cores">How many cores the machine has.</param>
    /// <exception cref="SpecificationException">Nothing can be learnt from one of the directories of a warm start; the message says why.</exception>
    public static (ExperimentParts Parts, JournalHeader Header) Begin(ExperimentDefinition definition, int cores)
    {
        var seed = definition.Specification.Seed ?? (ulong)RandomNumberGenerator.GetInt32(int.MaxValue);
        var machine = ResourceCheck.Counted(definition.Specification, cores);
        var spec = definition.Specification with { Seed = seed, Objectives = definition.Objectives, Machine = machine };
        var seeded = definition with { Specification = spec };
        var parts = new ExperimentParts(seeded, SeedPath.Of(seed), cores, []);
        var usage = new List<string>();
        if (seeded.SearchAlg.WarmStartDirectories is { IsEmpty: false } directories)
        {
            var source = new WarmStartSource(spec.Space, spec.Constraints, seeded.Objectives, parts.Feasibility, parts.Searcher.NeedsCurves);
            var trials = source.ReadAll(directories, usage.Add);
            parts = new(seeded, parts.Seed, cores, trials) { WarmStartUsage = [.. usage] };
        }

        return (parts, new JournalHeader
        {
            Product = JournalHeader.ProductVersion,
            Seed = seed,
            SeedDrawn = definition.Specification.Seed is null,
            Code = definition.SuppliedAsCode,
            OldMetrics = definition.Trainable.Vocabulary.Metrics,
            WarmStart = parts.WarmStart.IsEmpty ? null : WarmStartRecord.Write(parts.WarmStart),
            WarmStartUsage = parts.WarmStartUsage,
            Specification = spec.ToJson(),
        });
    }

    /// <summary>The parts of an experiment that goes on, or is verified.</summary>
    /// <param name="definition">The experiment, as its record and what was supplied again define it.</param>
    /// <param name="header">The first line of its journal.</param>
    /// <param name="cores">How many cores the machine has.</param>
    public static ExperimentParts Of(ExperimentDefinition definition, JournalHeader header, int cores) =>
        new(definition, SeedPath.Of(header.Seed), cores, header.WarmStart is { } warm ? WarmStartRecord.Read(warm) : [])
        {
            WarmStartUsage = header.WarmStartUsage,
        };

    /// <summary>The parts of an experiment that is not run: to see what would be. Nothing is read that its search is to learn from.</summary>
    /// <param name="definition">The experiment.</param>
    /// <param name="cores">How many cores the machine has.</param>
    public static ExperimentParts Planned(ExperimentDefinition definition, int cores) => new(definition, SeedPath.Of(0), cores, []);

    /// <summary>The trials of earlier experiments that the search learns from.</summary>
    public ImmutableArray<SearchObservation> WarmStart { get; }

    /// <summary>How many trials of each directory of a warm start are used, and why others are not: a line for each.</summary>
    public ImmutableArray<string> WarmStartUsage { get; init; } = [];

    /// <summary>The definition.</summary>
    public ExperimentDefinition Definition { get; }

    /// <summary>Its specification.</summary>
    public ExperimentSpec Specification => Definition.Specification;

    /// <summary>The root of the seeds.</summary>
    public SeedPath Seed { get; }

    /// <summary>The searcher.</summary>
    public ISearcher Searcher { get; }

    /// <summary>How many trials there will be; null where there is no limit.</summary>
    public long? Trials { get; }

    /// <summary>Where every trial ends at the latest, whatever it reports: by counters that only grow, the least of each.</summary>
    public ImmutableArray<(string Metric, double At)> Ends =>
    [
        .. Specification.Stop.Where(s => s.IsCertain).Select(s => (s.Metric, s.Threshold.Value))
            .Concat(Definition.Scheduler.End is { } end ? [end] : [])
            .Concat(Definition.Stoppers.OfType<MaximumIterationOptions>().Select(o => (AutoMetrics.TrainingIteration, (double)o.MaxIterations)))
            .GroupBy(e => e.Item1).Select(g => (g.Key, g.Min(e => e.Item2))),
    ];

    /// <summary>Slots and threads.</summary>
    public ExperimentResources Resources { get; }

    /// <summary>A controller to which nothing has happened yet, with a scheduler and stoppers of its own.</summary>
    public ExperimentController NewController()
    {
        var plan = Specification.ToPlan(Definition.Trainable.Vocabulary.Metric) with
        {
            Objectives = Definition.Objectives,
            Named = MetricCheck.Watched(Specification, Definition.Trainable),
            Slots = Resources.Slots,
            Resources = Resources.Layout,
            TrainableCheckpoints = Definition.Trainable.Checkpoints,
        };
        var scheduler = Definition.Scheduler.Create(new SchedulerContext(Definition.Objectives, Seed / "scheduler")
        {
            Trials = Trials,
            TrainableCheckpoints = Definition.Trainable.Checkpoints,
            Space = Specification.Space,
            Constraints = Specification.Constraints,
        });
        if (plan.IsOnDemand && scheduler.NeedsCheckpoints)
        {
            throw new SpecificationException(
                $"The scheduler '{scheduler.Name}' pauses trials or hands their state on, and a study can do neither with trials that others run: "
                + "use a scheduler that only stops trials.");
        }

        return new(plan, Searcher, scheduler, [.. Stoppers()], Seed);
    }

    /// <summary>What a session of the experiment is made of, as a run, a study and a simulation have it in common.</summary>
    /// <param name="controller">Its controller, in the state after the journal's last line.</param>
    /// <param name="journal">Its journal; null where nothing is recorded.</param>
    /// <param name="directory">Its directory; empty where there is none.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="extension">How it differs from before; null for a new one.</param>
    public SessionParts ToSession(
        ExperimentController controller,
        EventJournal? journal,
        string directory,
        TimeProvider time,
        ILogger logger,
        ExperimentExtension? extension = null) => new()
        {
            Controller = controller,
            Searcher = Searcher,
            Journal = journal,
            Time = time,
            Logger = logger,
            Info = new()
            {
                Name = Specification.Name,
                Directory = directory,
                Objectives = Definition.Objectives,
                FeasibleIf = Specification.FeasibleIf,
                ReferencePoint = Specification.ReferencePoint,
                Scope = Specification.Scope,
                CheckpointScore = Specification.CheckpointScore,
                TotalTrials = extension is null ? controller.TotalTrials : controller.TotalTrialsWith(extension),
                Slots = Resources.Slots,
                Ends = Ends,
                TimeBudget = Specification.TimeBudget,
                GoodEnough = Specification.GoodEnough(Definition.Objectives),
                Seed = Seed.Root,
                Domains = Specification.Space.Domains,
                Space = Specification.Space,
                Vocabulary = Definition.Trainable.Vocabulary,
                WarmStartUsage = WarmStartUsage,
                IsResumed = extension is not null,
                Earlier = extension is null ? null : new()
                {
                    Ended = Ended(controller, extension),
                    Best = controller.State.Best,
                    Elapsed = controller.Elapsed,
                },
            },
            Callbacks = Definition.Callbacks,
            Resume = extension,
            Recover = extension is null ? null : loggers => ExperimentRecovery.RecoverLoggers(directory, controller, loggers),
            FirstReport = metrics =>
            {
                // Metrics that the experiment names and a first report does not carry: mostly misspelt.
                foreach (var warning in UnknownMetrics.Warnings(Specification, Definition.Trainable, metrics))
                {
                    Log.MetricMissing(logger, warning);
                }
            },
        };

    private static ImmutableArray<int> Ended(ExperimentController controller, ExperimentExtension extension)
    {
        var ended = new int[TrialView.Words.Length];
        foreach (var trial in controller.Views())
        {
            ended[trial.WordNumber] += trial.Status switch
            {
                TrialStatus.Terminated => extension.Longer.Contains(trial.Id.Number) ? 0 : 1,
                TrialStatus.Failed => extension.Errored == ErroredTrials.Skip ? 1 : 0,
                _ => 0,
            };
        }

        return [.. ended];
    }

    private Feasibility Feasibility => new(Specification.FeasibleIf, Definition.Trainable.Vocabulary.Metric);

    private IEnumerable<IStopper> Stoppers()
    {
        foreach (var condition in Specification.Stop)
        {
            yield return new MetricStopper(condition.Metric, condition.Threshold);
        }

        foreach (var stopper in Definition.Stoppers)
        {
            yield return stopper.Create(new StopperContext(Definition.Objectives));
        }

        if (Specification.TimeBudget is { } budget)
        {
            yield return new TimeoutStopper(budget.TotalSeconds);
        }
    }
}
