using System.Collections.Immutable;
using Tuning.Control;
using Tuning.Randomness;
using Tuning.Schedulers;
using Tuning.Search;
using Tuning.Specification;
using Tuning.Stopping;
using Tuning.Training;
using Tuning.Trials;

namespace Tuning.Experiments;

/// <summary>What follows from a definition, a seed and a machine: the pure components of an experiment.</summary>
internal sealed class ExperimentParts
{
    /// <param name="definition">The experiment.</param>
    /// <param name="seed">The root of the seeds.</param>
    /// <param name="cores">How many cores the machine has.</param>
    /// <param name="warmStart">The trials of earlier experiments that the search learns from.</param>
    public ExperimentParts(ExperimentDefinition definition, SeedPath seed, int cores, ImmutableArray<SearchObservation> warmStart)
    {
        WarmStart = warmStart;
        (Definition, Seed) = (definition, seed);
        Searcher = definition.SearchAlg.Create(new SearcherContext(Specification.Space, definition.Objectives)
        {
            Constraints = Specification.Constraints,
            WarmStart = warmStart,
            HasFeasibility = !Specification.FeasibleIf.IsEmpty,
            Seed = seed / "searcher",
            Budget = Specification.NumSamples < 0 ? null : Specification.NumSamples,
            Parallelism = Specification.MaxConcurrentTrials ?? Math.Max(1, (int)(cores / (Specification.CpuPerTrial ?? 1))),
        });
        var trials = Specification.NumSamples < 0 ? long.MaxValue : Searcher.SuggestionsFor(Specification.NumSamples);
        Trials = trials == long.MaxValue ? null : trials;
        Resources = ExperimentResources.Of(Specification, trials, cores);
    }

    /// <summary>The parts of an experiment that begins: reads what its search is to learn from.</summary>
    /// <param name="definition">The experiment.</param>
    /// <param name="seed">The root of the seeds.</param>
    /// <param name="cores">How many cores the machine has.</param>
    /// <param name="usage">Told for each directory how many of its trials are used, and why others are not.</param>
    /// <exception cref="SpecificationException">Nothing can be learnt from one of the directories; the message says why.</exception>
    public static ExperimentParts Begin(ExperimentDefinition definition, SeedPath seed, int cores, Action<string> usage)
    {
        var parts = new ExperimentParts(definition, seed, cores, []);
        var spec = definition.Specification;
        return definition.SearchAlg.WarmStartDirectories is { IsEmpty: false } directories
            ? new(definition, seed, cores, new WarmStartSource(spec.Space, spec.Constraints, definition.Objectives, parts.Feasibility, parts.Searcher.NeedsCurves).ReadAll(directories, usage))
            : parts;
    }

    /// <summary>The trials of earlier experiments that the search learns from.</summary>
    public ImmutableArray<SearchObservation> WarmStart { get; }

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

    /// <summary>Slots and threads.</summary>
    public ExperimentResources Resources { get; }

    /// <summary>A controller to which nothing has happened yet, with a scheduler and stoppers of its own.</summary>
    public ExperimentController NewController()
    {
        var plan = new ExperimentPlan
        {
            Objectives = Definition.Objectives,
            Feasibility = Feasibility,
            NumSamples = Specification.NumSamples,
            Slots = Resources.Slots,
            Checkpoints = Specification.Checkpoints,
            Failures = Specification.Failures,
            IsOnDemand = Definition.Trainable is AskAndTell,
            TrainableCheckpoints = Definition.Trainable.Checkpoints,
            SearchedPaths = [.. Specification.Space.SearchedPaths.Union((Definition.Scheduler.Explored?.Domains ?? []).Select(d => d.Key))],
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
            throw new SpecificationException($"The scheduler '{scheduler.Name}' pauses trials or hands their state on, and a study can do neither with trials that others run: use a scheduler that only stops trials.");
        }

        return new(plan, Searcher, scheduler, [.. Stoppers()], Seed);
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
