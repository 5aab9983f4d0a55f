using Tuning.Randomness;
using Tuning.Results;
using Tuning.Simulation;
using Tuning.Testing;

namespace Tuning.Tests.Simulation;

/// <summary>What failures of workers cost.</summary>
public sealed class FailureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private SimulationResult Run(int frequency, double hours = 1, int samples = 40, int retries = -1, bool journal = false) => new Simulator(
        SyntheticCurves.PowerLaw,
        SyntheticCurves.Space,
        new TuneConfig { Samples = samples, Seed = 5 },
        new RunConfig { StoragePath = _folder.Path, Failure = new() { MaxFailures = retries }, Checkpoint = new() { CheckpointFrequency = frequency } },
        new SimulationOptions
        {
            Workers = 8,
            StartupDelay = TimeSpan.FromSeconds(20),
            CheckpointSaveTime = TimeSpan.FromSeconds(1),
            CheckpointLoadTime = TimeSpan.FromSeconds(3),
            MeanTimeBetweenFailures = TimeSpan.FromHours(hours),
            RepairTime = TimeSpan.FromMinutes(10),
            Journal = journal,
        }).Run();

    [Fact]
    public void Failures_undo_at_most_what_followed_the_last_checkpoint()
    {
        var result = Run(frequency: 5);
        var failures = result.Decisions["retry"];

        // Per failure at most five steps of 10 s with a checkpoint of 1 s are undone, the start of the segment beside them.
        Assert.InRange(failures, 5, 200);
        Assert.True(result.WorkerTime[WorkerActivity.Undone].TotalSeconds <= failures * (20 + 3 + 10 + 1));
        Assert.InRange(result.RepeatedSteps, 1, failures * 4);
        Assert.Equal(40 * 81, result.Reports);
        Assert.Equal(TimeSpan.FromSeconds(40 * 81 * 10), result.WorkerTime[WorkerActivity.Training]);
        Assert.Equal(TimeSpan.FromSeconds(result.RepeatedSteps * 10), result.WorkerTime[WorkerActivity.Repeating]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Members_of_a_population_that_lost_their_workers_go_on(bool isSynch)
    {
        var result = new Simulator(
            SyntheticCurves.PowerLaw with { MaxSteps = 30 },
            SyntheticCurves.Space,
            new TuneConfig
            {
                Samples = 30,
                Seed = 5,
                Scheduler = new Tuning.Schedulers.PopulationBasedTrainingOptions
                {
                    TimeAttribute = "training_iteration",
                    PerturbationInterval = 5,
                    Synchronous = isSynch,
                    HyperparameterMutations = new SearchSpace().Add("lr", Domain.LogUniform(1e-4, 1)),
                },
            },
            new RunConfig { StoragePath = _folder.Path, Failure = new() { MaxFailures = -1 } },
            new SimulationOptions { Workers = 12, MeanTimeBetweenFailures = TimeSpan.FromMinutes(5), RepairTime = TimeSpan.FromMinutes(1) }).Run();

        Assert.True(result.Decisions["retry"] > 20);
        Assert.True(result.Decisions["exploit"] > 10);
        Assert.All(result.Trials, t => Assert.Equal("ended by itself", t.Reason![..15]));
    }

    [Fact]
    public void Rare_checkpoints_cost_more_after_failures()
    {
        var (often, seldom, never) = (Run(5), Run(40), Run(0));

        Assert.True(often.RepeatedSteps < seldom.RepeatedSteps && seldom.RepeatedSteps < never.RepeatedSteps);
        Assert.True(often.Wasted < seldom.Wasted && seldom.Wasted < never.Wasted);
        Assert.True(often.Duration < never.Duration);
    }

    [Fact]
    public void What_a_worker_does_adds_up_to_the_time_that_it_was_there()
    {
        var result = Run(frequency: 5);

        Assert.Equal(result.Duration * 8, result.WorkerTime.Values.Aggregate(TimeSpan.Zero, (sum, t) => sum + t));
        Assert.All(result.WorkerTime, t => Assert.True(t.Value >= TimeSpan.Zero, $"{t.Key}: {t.Value}"));
        Assert.True(result.WorkerTime[WorkerActivity.Repairing] > TimeSpan.Zero);
    }

    [Fact]
    public void Without_retries_a_trial_on_a_failing_worker_fails()
    {
        var result = Run(frequency: 5, retries: 0);

        Assert.True(result.FailedTrials > 0);
        Assert.Equal(result.Decisions["fail"], result.FailedTrials);
        Assert.DoesNotContain("retry", result.Decisions.Keys);
        Assert.Contains(result.Trials, t => t is { Status: TrialStatus.Failed, Reason: { } reason } && reason.StartsWith("worker ", StringComparison.Ordinal));
    }

    [Fact]
    public void Reports_that_are_made_again_are_not_recorded_again()
    {
        var result = Run(frequency: 5, journal: true);
        var reports = new JournalRecord(result.Directory!).Reports().ToList();

        Assert.True(result.RepeatedSteps > 0);
        Assert.Equal(result.Reports, reports.Count);
        Assert.All(reports.GroupBy(r => r.Trial), t => Assert.Equal(Enumerable.Range(1, 81), t.Select(r => r.Number)));
    }

    [Fact]
    public void A_failure_by_hand_costs_what_it_should()
    {
        // One worker, one trial of ten steps of 10 s, a checkpoint after every third. A seed by which it fails once, in the middle of training.
        double[] Failures(ulong seed)
        {
            var luck = (SeedPath.Of(seed) / "worker" / 0).Stream();
            return [-Math.Log(1 - luck.NextDouble()) * 300, -Math.Log(1 - luck.NextDouble()) * 300];
        }

        var seed = (ulong)Enumerable.Range(0, 1000).First(s => Failures((ulong)s) is [> 45 and < 100, > 250]);
        var options = new SimulationOptions
        {
            StartupDelay = TimeSpan.FromSeconds(7),
            CheckpointLoadTime = TimeSpan.FromSeconds(4),
            MeanTimeBetweenFailures = TimeSpan.FromSeconds(300),
            RepairTime = TimeSpan.FromSeconds(33)
        };
        var curves = new SomeCurves(10, 10, (_, state) => state.Step);
        var result = new Simulator(
            curves, new SearchSpace(), new() { Seed = seed },
                new() { Failure = new() { MaxFailures = -1 }, Checkpoint = new() { CheckpointFrequency = 3, CheckpointAtEnd = false } }, options).Run();

        Assert.Equal(1, result.WorkerFailures);
        var failsAt = Failures(seed)[0];
        var made = (int)((failsAt - 7) / 10);
        var kept = made / 3 * 3;
        Assert.Equal(failsAt + 33 + 7 + 4 + ((10 - kept) * 10), result.Duration.TotalSeconds, 5);
        Assert.Equal(made - kept, result.RepeatedSteps);
        Assert.Equal(failsAt - 7 - (made * 10), result.WorkerTime[WorkerActivity.Undone].TotalSeconds, 5);
    }
}
