using Tuning.Simulation;

namespace Tuning.Tests.Simulation;

/// <summary>Virtual time, checked by hand.</summary>
public sealed class SimulatorTests
{
    private static readonly SearchSpace _space = new SearchSpace().Add("x", Domain.GridSearch(1.0, 2.0, 3.0, 4.0));

    private static SomeCurves Curves(int steps = 3, double seconds = 10) => new(steps, seconds, (config, state) => config.Get<double>("x") / state.Step);

    private static SimulationResult Run(SomeCurves curves, SimulationOptions options, RunConfig? run = null, TuneConfig? tune = null) =>
        new Simulator(curves, _space, tune ?? new TuneConfig(), run, options).Run();

    [Fact]
    public void Trials_take_turns_on_the_workers()
    {
        // Four trials of 30 s on two workers: two rounds.
        var result = Run(Curves(), new() { Workers = 2 });

        Assert.Equal(TimeSpan.FromSeconds(60), result.Duration);
        Assert.Equal((4, 12L), (result.TrialCount, result.Reports));
        Assert.Equal(1, result.Utilisation);
        Assert.Equal(0, result.Wasted);
        Assert.Equal(4, result.Decisions["create"]);
        Assert.Equal(4, result.Decisions["start"]);
        Assert.Equal(4, result.Decisions["end"]);
    }

    [Fact]
    public void A_worker_that_is_left_over_idles()
    {
        var result = Run(Curves(), new() { Workers = 3 }, tune: new() { MaxConcurrentTrials = 3 });

        // Three trials, then one: of 3 × 60 s, 60 s idle.
        Assert.Equal(TimeSpan.FromSeconds(60), result.Duration);
        Assert.Equal(TimeSpan.FromSeconds(60), result.WorkerTime[WorkerActivity.Idle]);
        Assert.Equal(2 / 3.0, result.Utilisation, 12);
    }

    [Fact]
    public void Everything_that_costs_time_is_on_the_critical_path()
    {
        var options = new SimulationOptions
        {
            StartupDelay = TimeSpan.FromSeconds(5),
            CheckpointSaveTime = TimeSpan.FromSeconds(2),
            ReportLatency = TimeSpan.FromSeconds(0.5),
        };
        var result = Run(Curves(), options, new() { Checkpoint = new() { CheckpointFrequency = 2, CheckpointAtEnd = true } });

        // Each trial: 5 s start, 3 × (10 s + 0.5 s), a checkpoint after report 2 and one at the end.
        Assert.Equal(TimeSpan.FromSeconds(4 * (5 + 31.5 + 4)), result.Duration);
        Assert.Equal(TimeSpan.FromSeconds(20), result.WorkerTime[WorkerActivity.Starting]);
        Assert.Equal(TimeSpan.FromSeconds(16), result.WorkerTime[WorkerActivity.Saving]);
        Assert.Equal(TimeSpan.FromSeconds(6), result.WorkerTime[WorkerActivity.Reporting]);
        Assert.Equal(TimeSpan.FromSeconds(120), result.WorkerTime[WorkerActivity.Training]);
        Assert.Equal(TimeSpan.Zero, result.WorkerTime[WorkerActivity.Idle]);
    }

    [Fact]
    public void The_best_value_is_known_when_its_report_arrives()
    {
        // x = 1: losses 1, 1/2, 1/3 after 10, 20, 30 s; no later trial is better.
        var result = Run(Curves(), new());

        Assert.Equal([(10.0, 1.0), (20.0, 0.5), (30.0, 1 / 3.0)], result.BestOverTime.Select(b => (b.At.TotalSeconds, b.Value)));
        Assert.Equal(TimeSpan.FromSeconds(20), result.TimeTo(0.5));
        Assert.Equal(TimeSpan.FromSeconds(20), result.TimeTo(0.9));
        Assert.Null(result.TimeTo(0.3));
        Assert.Equal(0.5, result.BestAt(TimeSpan.FromSeconds(29)));
        Assert.Null(result.BestAt(TimeSpan.FromSeconds(9)));
        Assert.Equal((new TrialId(0), 1 / 3.0), (result.BestTrial!.Value, result.Best!.Value));
    }

    [Fact]
    public void Iteration_times_are_those_that_a_real_session_would_measure()
    {
        var options = new SimulationOptions
        {
            StartupDelay = TimeSpan.FromSeconds(5),
            ReportLatency = TimeSpan.FromSeconds(1),
            CheckpointSaveTime = TimeSpan.FromSeconds(2)
        };
        var result = Run(Curves(), options, new() { Checkpoint = new() { CheckpointFrequency = 1 } });

        // The first iteration 10 s, each later one with the answer and the checkpoint before it: 13 s.
        Assert.All(result.Trials, t => Assert.Equal(10 + 13 + 13, t.TimeTotal));
    }

    [Fact]
    public void A_time_budget_ends_the_experiment_at_its_moment()
    {
        var result = Run(Curves(steps: 1000), new() { Workers = 4 }, tune: new() { TimeBudget = TimeSpan.FromSeconds(95) });

        // Told to stop at 95 s, trials stop at their next report.
        Assert.Equal(TimeSpan.FromSeconds(100), result.Duration);
        Assert.Equal(4 * 10, result.Reports);
    }

    [Fact]
    public void Stop_criteria_stop_trials()
    {
        var result = Run(Curves(), new(), new() { Stop = { ["training_iteration"] = 2 } });

        Assert.Equal(8, result.Reports);
        Assert.Equal(4, result.Decisions["stop"]);
        Assert.All(result.Trials, t => Assert.Equal(TrialStatus.Terminated, t.Status));
    }

    [Fact]
    public void An_experiment_that_is_not_valid_is_refused_as_a_real_one_is() =>
        Assert.Throws<SpecificationException>(() => Run(Curves(), new(), tune: new() { Samples = -3 }));

    [Theory]
    [InlineData(0, 0, "workers: is 0")]
    [InlineData(1, -1, "startup_delay: is -00:00:01")]
    public void Options_out_of_range_are_refused_by_name(int workers, int delay, string message)
    {
        var thrown = Assert.Throws<ArgumentException>(() => Run(Curves(), new() { Workers = workers, StartupDelay = TimeSpan.FromSeconds(delay) }));

        Assert.StartsWith(message, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_seed_gives_the_same_result()
    {
        SimulationResult Once(ulong seed) => new Simulator(
            SyntheticCurves.Noisy,
            SyntheticCurves.Space,
            new TuneConfig { Samples = 30, Seed = seed },
            new RunConfig { Failure = new() { MaxFailures = -1 }, Checkpoint = new() { CheckpointFrequency = 10 } },
            new SimulationOptions { Workers = 4, MeanTimeBetweenFailures = TimeSpan.FromHours(1), RepairTime = TimeSpan.FromMinutes(5) }).Run();

        var (one, same, other) = (Once(1), Once(1), Once(2));

        Assert.Equal(one.BestOverTime, same.BestOverTime);
        Assert.Equal(one.WorkerTime, same.WorkerTime);
        Assert.Equal(one.Decisions, same.Decisions);
        Assert.NotEqual(one.BestOverTime, other.BestOverTime);
        Assert.NotEqual(one.WorkerFailures, other.WorkerFailures);
    }
}
