using Microsoft.Extensions.Logging.Abstractions;
using Tuning.Simulation;

namespace Tuning;

/// <summary>
/// Runs an experiment on virtual time: the search algorithm, scheduler, stop criteria and decisions of a <see cref="Tuner"/>, against learning
/// curves in place of training. Weeks on hundreds of workers take seconds: plan a study, or compare schedulers on your own past curves.
/// </summary>
/// <remarks>
/// The same curves, experiment, options and seed give the same result on every machine. Without a seed in <see cref="TuneConfig"/> it is 0.
/// Callbacks and loggers are not called. Safe on any thread; each <see cref="Run"/> begins anew.
/// </remarks>
public sealed class Simulator
{
    private readonly ICurveSource _curves;
    private readonly SearchSpace _space;
    private readonly TuneConfig _tune;
    private readonly RunConfig _run;
    private readonly SimulationOptions _options;
    private readonly ComponentCatalog _catalog;

    /// <summary>A simulated experiment.</summary>
    /// <param name="curves">What stands in for training.</param>
    /// <param name="space">Constants and domains.</param>
    /// <param name="tune">What is searched for, and how; as for a <see cref="Tuner"/>.</param>
    /// <param name="run">When trials stop, when checkpoints are written, and what happens after failures; as for a <see cref="Tuner"/>.</param>
    /// <param name="options">The machines; null is one worker that never fails, and no costs but training.</param>
    /// <param name="catalog">The components that the experiment names; null takes those of this library.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public Simulator(
        ICurveSource curves,
        SearchSpace space,
        TuneConfig? tune = null,
        RunConfig? run = null,
        SimulationOptions? options = null,
        ComponentCatalog? catalog = null)
    {
        ArgumentNullException.ThrowIfNull(curves);
        ArgumentNullException.ThrowIfNull(space);
        (_curves, _space, _tune, _run, _options) = (curves, space, tune ?? new(), run ?? new(), options ?? new());
        _options.Validate();
        _catalog = catalog ?? new();
    }

    /// <summary>Runs it to its end on the calling thread.</summary>
    /// <exception cref="SpecificationException">The experiment is not valid; the message says everything that is wrong with it.</exception>
    public SimulationResult Run()
    {
        var definition = ExperimentBuilder.Build(_catalog, Trainable(_curves), _space, _tune with { Seed = _tune.Seed ?? 0 }, _run);
        var (parts, header) = ExperimentParts.Begin(definition, _options.Workers);
        if (!_options.Journal)
        {
            return Simulate(parts, null, "");
        }

        var (directory, journal) = ExperimentDirectories.Begin(parts.Specification.StoragePath, parts.Specification.Name, _run.Name is not null, header);
        using (journal)
        {
            return Simulate(parts, journal, directory) with { Directory = directory };
        }
    }

    /// <summary>
    /// What a simulated experiment trains, by name: for <see cref="Tuner.VerifyAsync"/> on the journal of one. It cannot be run.
    /// </summary>
    public static TrainableDefinition Trainable(ICurveSource curves)
    {
        ArgumentNullException.ThrowIfNull(curves);
        return new CurveTrainable(curves);
    }

    private SimulationResult Simulate(ExperimentParts parts, EventJournal? journal, string directory) => new VirtualExperiment(
        clock => parts.ToSession(parts.NewController(), journal, directory, clock, NullLogger.Instance) with { Callbacks = [], IsVirtual = true },
        _curves,
        _options,
        parts.Seed).Run();

    private sealed class CurveTrainable(ICurveSource curves) : TrainableDefinition
    {
        public override string Name => curves.Name;

        public override bool Checkpoints => curves.Checkpoints;

        public override Objective? DefaultObjective => curves.Objectives.IsDefaultOrEmpty ? null : curves.Objectives[0];

        public override ITrainable Create(IServiceProvider services) =>
            throw new NotSupportedException($"'{curves.Name}' is a source of learning curves; it is simulated, not run. Hand it to a Simulator.");
    }
}
