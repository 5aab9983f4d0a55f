using Tuning.Running;
using Tuning.Stopping;
using Tuning.Testing;

namespace Tuning.Tests.Running;

/// <summary>Time budgets through the loop, on a clock that stands still until a trial moves it: ten seconds per report.</summary>
public sealed class TimeBudgetTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Experiment_stops_when_its_time_is_up_and_says_so()
    {
        using var harness = NewHarness(35, epoch => { });

        var result = harness.Run();

        Assert.True(result.Finished);
        Assert.Contains("35 s were asked for", result.Reason, StringComparison.Ordinal);
        Assert.Equal([10, 20, 30, 40], harness.Reports(0).Select(r => r.TimeTotal));
        Assert.Contains("35 s were asked for", harness.View(0).Reason, StringComparison.Ordinal);
        Assert.Equal(1, harness.Controller.Board.Count);
    }

    [Fact]
    public void Trial_that_sleeps_ends_when_the_time_of_the_experiment_is_up()
    {
        using var asleep = new ManualResetEventSlim();
        using var harness = Sleeping(asleep, checkpoints: true);
        var ended = false;
        harness.Started = _ => Task.Run(() =>
        {
            asleep.Wait();
            while (!Volatile.Read(ref ended))
            {
                // The loop may set its timer after the trial has begun to sleep.
                _time.Advance(TimeSpan.FromSeconds(36));
                Thread.Yield();
            }
        });

        Assert.True(harness.Run().Finished);
        Volatile.Write(ref ended, true);

        Assert.Equal(TrialStatus.Terminated, harness.View(0).Status);
        Assert.Contains("35 s were asked for", harness.View(0).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Trial_that_sleeps_ends_when_the_process_is_to_stop_and_goes_on_in_the_next_session()
    {
        using var asleep = new ManualResetEventSlim();
        using var harness = Sleeping(asleep, checkpoints: false);
        harness.Started = loop => Task.Run(() =>
        {
            asleep.Wait();
            loop.RequestStop("asked to");
        });

        Assert.False(harness.Run().Finished);

        Assert.Equal(TrialStatus.Pending, harness.View(0).Status);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Wall_clock_that_steps_by_a_day_changes_no_budget(int days)
    {
        var stepping = new SteppingClock(_time);
        using var harness = NewHarness(35, epoch => stepping.Step = epoch == 2 ? TimeSpan.FromDays(days) : stepping.Step, clock: stepping);

        Assert.True(harness.Run().Finished);

        Assert.Equal([10, 20, 30, 40], harness.Reports(0).Select(r => r.TimeTotal));
        Assert.Equal(TimeSpan.FromSeconds(40), harness.Controller.Elapsed);
        Assert.All(harness.Journal(), e => Assert.NotNull(e.Event.Lasted));
    }

    [Fact]
    public void Trial_that_hangs_is_given_up_once_the_time_is_up_and_the_grace_over()
    {
        using var hangs = new ManualResetEventSlim();
        using var never = new ManualResetEventSlim();
        using var harness = new LoopHarness
        {
            Trainable = Trainable.FromFunction<ParameterSet>("hang", (_, _) =>
            {
                hangs.Set();
                never.Wait(CancellationToken.None);
                return Task.CompletedTask;
            }),
            Plan = new() { Objectives = [new("loss", Mode.Min)], NumSamples = 1, Slots = 1 },
            Stoppers = () => [new TimeoutStopper(35)],
            Time = _time,
        };
        var ended = false;
        harness.Started = _ => Task.Run(() =>
        {
            hangs.Wait();
            while (!Volatile.Read(ref ended))
            {
                _time.Advance(TimeSpan.FromSeconds(36));
                Thread.Yield();
            }
        });

        var result = harness.Run();
        Volatile.Write(ref ended, true);
        never.Set();

        Assert.True(result.Finished);
        Assert.Contains("35 s were asked for", harness.View(0).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Resumed_run_has_only_the_rest()
    {
        ExperimentLoop? loop = null;
        using var first = NewHarness(65, epoch =>
        {
            if (epoch == 3)
            {
                loop!.RequestStop("asked to");
            }
        });
        first.Started = l => loop = l;
        Assert.False(first.Run().Finished);
        Assert.Equal([10, 20, 30], first.Reports(0).Select(r => r.TimeTotal));
        Assert.Equal(TimeSpan.FromSeconds(30), first.Controller.Elapsed);

        // What passes between the sessions does not count.
        _time.Advance(TimeSpan.FromHours(5));
        using var second = NewHarness(65, epoch => { });
        second.Directory = first.Directory;

        var result = second.Resume();

        Assert.True(result.Finished);
        Assert.Equal([10, 20, 30, 40, 50, 60, 70], second.Reports(0).Select(r => r.TimeTotal));
        Assert.Equal(TimeSpan.FromSeconds(70), second.Controller.Elapsed);
    }

    [Fact]
    public void Time_that_is_up_while_nothing_reports_stops_the_experiment_before_the_next_trial()
    {
        using var harness = NewHarness(5, epoch => { }, epochs: 1);

        Assert.True(harness.Run().Finished);

        Assert.Equal(1, harness.Controller.Board.Count);
        Assert.Equal([10], harness.Reports(0).Select(r => r.TimeTotal));
    }

    private LoopHarness Sleeping(ManualResetEventSlim asleep, bool checkpoints)
    {
        var harness = new LoopHarness
        {
            Trainable = Trainable.FromFunction<ParameterSet>("sleepy", async (trial, cancel) =>
            {
                asleep.Set();
                await Task.Delay(Timeout.Infinite, cancel);
            }, checkpoints),
            Stoppers = () => [new TimeoutStopper(35)],
            Time = _time,
        };
        harness.Plan = harness.Plan with { NumSamples = 1, Slots = 1, TrainableCheckpoints = checkpoints };
        return harness;
    }

    private LoopHarness NewHarness(double budget, Action<int> at, int epochs = 1000, TimeProvider? clock = null)
    {
        var harness = new LoopHarness
        {
            Trainable = Trainable.FromFunction<ParameterSet>("slow", async (trial, cancel) =>
            {
                for (var epoch = trial.Checkpoint?.ReadJson<int>("epoch.json") ?? 1; epoch <= epochs; epoch++)
                {
                    _time.Advance(TimeSpan.FromSeconds(10));
                    at(epoch);
                    await trial.ReportAsync(new() { ["loss"] = 1.0 / epoch }, dir => dir.WriteJson("epoch.json", epoch + 1));
                }
            }, checkpoints: true),
            Stoppers = () => [new TimeoutStopper(budget)],
            Time = clock ?? _time,
            IsInline = true,
        };
        harness.Plan = harness.Plan with { NumSamples = 3, Slots = 1, TrainableCheckpoints = true };
        return harness;
    }

    private sealed class SteppingClock(TimeProvider inner) : TimeProvider
    {
        public TimeSpan Step { get; set; }

        public override long TimestampFrequency => inner.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + Step;

        public override long GetTimestamp() => inner.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            inner.CreateTimer(callback, state, dueTime, period);
    }
}
