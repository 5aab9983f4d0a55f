using Tuning.Control;
using Tuning.Randomness;
using Tuning.Schedulers;
using Tuning.Search;
using Tuning.Stopping;
using Tuning.Testing;

namespace Tuning.Tests.Control;

/// <summary>What a process keeps cannot be measured while other tests run in it.</summary>
[CollectionDefinition(nameof(AloneInTheProcess), DisableParallelization = true)]
public sealed class AloneInTheProcess;

[Collection(nameof(AloneInTheProcess))]
public sealed class ControllerCostTests
{
    private static readonly DateTimeOffset _at = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static ExperimentController New(int samples) => new(
        new() { NumSamples = samples, Objectives = [new("loss", Mode.Min)], Slots = 1 },
        new ScriptedSearcher(),
        new FifoScheduler(),
        [new MetricStopper("training_iteration", 1e9), new MaximumIterationStopper(int.MaxValue)],
        SeedPath.Of(1));

    private static void Create(ExperimentController controller, long number)
    {
        controller.Handle(new ExperimentEvent.SuggestionReady(_at, number, new Suggestion.Configure(ParameterSet.Empty, ""), 0));
    }

    [Fact]
    public void Report_that_continues_allocates_an_answer_and_an_observation()
    {
        var controller = New(1);
        controller.Handle(new ExperimentEvent.Started(_at));
        Create(controller, 0);
        var metrics = new Metrics { ["loss"] = 1.0 };
        var reports = Enumerable.Range(1, 5000).Select(n => new ExperimentEvent.Reported(new(new(0), n, _at, n, 1, metrics), (ulong)n)).ToArray();
        foreach (var report in reports.AsSpan(0, 1000))
        {
            controller.Handle(report);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var report in reports.AsSpan(1000))
        {
            controller.Handle(report);
        }

        var perReport = (GC.GetAllocatedBytesForCurrentThread() - before) / 4000.0;

        // An answer of 48 bytes, an observation of 32, and 8 for the digest, doubled while its array grows.
        Assert.InRange(perReport, 0, 128);
    }

    [Fact]
    public void Ended_trial_keeps_less_than_400_bytes()
    {
        const int Trials = 20_000;
        var controller = New(Trials);
        controller.Handle(new ExperimentEvent.Started(_at));
        void Run(int from, int to)
        {
            for (var i = from; i < to; i++)
            {
                Create(controller, i);
                controller.Handle(new ExperimentEvent.Reported(new(new(i), 1, _at, 1, 1, new() { ["loss"] = 1.0 }), 1));
                controller.Handle(new ExperimentEvent.SegmentEnded(_at, new(i), SegmentEnd.Completed));
            }
        }

        Run(0, 1000);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        Run(1000, Trials);
        var perTrial = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)(Trials - 1000);

        Assert.True(controller.IsFinished);
        Assert.InRange(perTrial, 0, 400);
    }
}
