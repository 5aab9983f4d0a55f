using System.Collections.Immutable;
using Tuning.Randomness;
using Tuning.Schedulers;

namespace Tuning.Tests.Schedulers.Contract;

/// <summary>A scheduler that is to earn the contract suite.</summary>
/// <param name="Name">The name of the row.</param>
/// <param name="Options">Its options: trials of the suite make up to 27 reports, <c>training_iteration</c> and <c>iteration</c> counting them.</param>
/// <param name="Objectives">How many metrics it is given: <c>loss</c>, <c>loss1</c> …</param>
/// <param name="BeatsFifo">
/// What its mean regret is at most, as a share of that of first come, first served, after the same number of reports on learning curves that differ in
/// their limits; null where that is no measure for it (it then has a test of its own).
/// </param>
/// <param name="MostTrials">How many trials it is given at most: fewer where it is for few, since a decision costs more the more there were.</param>
internal sealed record SchedulerRow(string Name, SchedulerOptions Options, int Objectives = 1, double? BeatsFifo = null, int MostTrials = 100)
{
    /// <summary>The schedulers. One line each; a line earns the whole suite.</summary>
    public static readonly ImmutableArray<SchedulerRow> All =
    [
        new("fifo", new FifoOptions()),
        new("asha", new AshaOptions { MaxTime = 27, ReductionFactor = 3 }, BeatsFifo: 0.7),
        new("asha, two brackets", new AshaOptions { MaxTime = 27, ReductionFactor = 3, Brackets = 2 }, BeatsFifo: 0.85),
        new("asha, ray", new AshaOptions { MaxTime = 27, ReductionFactor = 3, Compatibility = SchedulerCompatibility.Ray }, BeatsFifo: 0.7),
        new("asha, promotion", new AshaOptions { MaxTime = 27, ReductionFactor = 3, Variant = AshaVariant.Promotion }, BeatsFifo: 0.7),
        new("hyperband", new HyperBandOptions { MaxTime = 27 }, BeatsFifo: 0.9),
        new("hyperband, ray", new HyperBandOptions { MaxTime = 27, Compatibility = SchedulerCompatibility.Ray }),
        new("hb_bohb", new HyperBandForBohbOptions { MaxTime = 27 }, BeatsFifo: 0.9),
        new("median", new MedianStoppingOptions { TimeAttribute = "training_iteration", GracePeriod = 3 }, BeatsFifo: 0.9),
        new("median, soft", new MedianStoppingOptions { TimeAttribute = "training_iteration", GracePeriod = 3, HardStop = false, MinTimeSlice = 2 }),
        new("median, ray", new MedianStoppingOptions { TimeAttribute = "training_iteration", GracePeriod = 3, Compatibility = SchedulerCompatibility.Ray },
            BeatsFifo: 0.9),
        new("mo_asha", new MoAshaOptions { MaxTime = 27 }, Objectives: 2, BeatsFifo: 0.9),
        new("wilcoxon", new WilcoxonOptions { InstanceAttribute = "iteration" }, BeatsFifo: 0.8),
        new("pbt", Pbt),
        new("pbt, synch", Pbt with { Synchronous = true }),
        new("pbt, ray", Pbt with { Compatibility = SchedulerCompatibility.Ray }),
        new("pb2", Pb2, MostTrials: 15),
        new("pb2, synch", Pb2 with { Synchronous = true }, MostTrials: 15),
    ];

    private static PopulationBasedTrainingOptions Pbt =>
        new() { TimeAttribute = "iteration", PerturbationInterval = 3, HyperparameterMutations = new SearchSpace().Add("x", Domain.Uniform(0, 100)) };

    private static Pb2Options Pb2 =>
        new() { TimeAttribute = "iteration", PerturbationInterval = 9, HyperparameterBounds = ParameterSet.Empty.With("x", new[] { 0.0, 100.0 }) };

    /// <summary>The metrics that it is given.</summary>
    public ImmutableArray<string> Metrics => [.. Enumerable.Range(0, Objectives).Select(m => m == 0 ? "loss" : $"loss{m}")];

    /// <summary>Makes the scheduler.</summary>
    public ITrialScheduler Create(Mode mode = Mode.Min) =>
        Options.Create(new SchedulerContext([.. Metrics.Select(m => new Objective(m, mode))], SeedPath.Of(7) / "scheduler"));
}
