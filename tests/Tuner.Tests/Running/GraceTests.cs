using Tuning.Control;
using Tuning.Schedulers;
using Tuning.Stopping;
using Tuning.Testing;
using Tuning.Training;
using Tuning.Trials;

namespace Tuning.Tests.Running;

/// <summary>A trial that was told to end, for whatever reason and wherever it hangs, holds nothing up for longer than the grace.</summary>
[Trait("Lane", "Slow")]
public sealed class GraceTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly RecordingLogger _log = new();

    /// <summary>Where the first segment of trial 0 hangs.</summary>
    public enum Where
    {
        InTheSave,
        AfterTheAnswer,
        WhileItIsDisposedOf,
        BeforeItsNextReport,
    }

    [Theory]
    [InlineData(Where.InTheSave)]
    [InlineData(Where.AfterTheAnswer)]
    [InlineData(Where.WhileItIsDisposedOf)]
    public void Trial_that_hangs_at_its_stop_criterion_gives_its_slot_back(Where where)
    {
        using var harness = NewHarness(where, stop: 2);

        RunToTheEnd(harness);

        Assert.All([0, 1, 2], trial => Assert.Equal((TrialStatus.Terminated, 2), (harness.View(trial).Status, harness.View(trial).Reports)));
        Assert.Equal(where == Where.InTheSave ? 0 : 1, harness.Controller.Checkpoints(new(0)).Count());
        var warning = Assert.Single(_log.Lines, l => l.Text.Contains("is abandoned", StringComparison.Ordinal)).Text;
        Assert.Contains("Trial 00000 is abandoned: It was told to end and had not after 30 s.", warning, StringComparison.Ordinal);
        Assert.Equal(where == Where.InTheSave, warning.Contains("Its last checkpoint was not written.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Where.InTheSave)]
    [InlineData(Where.AfterTheAnswer)]
    public void Trial_that_hangs_at_a_pause_goes_on_in_another_segment(Where where)
    {
        using var harness = NewHarness(where, stop: 3, new ScriptedScheduler().At(0, 2, new SchedulerDecision.Pause(new(0), "later")));

        RunToTheEnd(harness);

        Assert.All([0, 1, 2], trial => Assert.Equal((TrialStatus.Terminated, 3), (harness.View(trial).Status, harness.View(trial).Reports)));
        Assert.Single(_log.Lines, l => l.Text.Contains("is abandoned", StringComparison.Ordinal));
    }

    [Fact]
    public void Trial_that_another_ends_and_that_hears_of_nothing_is_given_up()
    {
        var script = new ScriptedScheduler().At(1, 2, new SchedulerDecision.Stop(new(0), "hopeless"));
        using var harness = NewHarness(Where.BeforeItsNextReport, stop: 3, script, slots: 2);

        RunToTheEnd(harness);

        Assert.Equal((TrialStatus.Terminated, 1, "hopeless"), (harness.View(0).Status, harness.View(0).Reports, harness.View(0).Reason));
        Assert.Equal((TrialStatus.Terminated, 3), (harness.View(2).Status, harness.View(2).Reports));
    }

    [Fact]
    public void What_a_trial_that_was_given_up_saves_later_is_thrown_away()
    {
        using var let = new ManualResetEventSlim();
        using var written = new ManualResetEventSlim();
        using var harness = NewHarness(Where.InTheSave, stop: 2, let: let, saved: written);
        RunToTheEnd(harness);

        let.Set();
        written.Wait(TestContext.Current.CancellationToken);
        while (Directory.EnumerateDirectories(Path.Combine(harness.Directory, "trial_00000"), ".*").Any())
        {
            Thread.Yield();
        }

        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(harness.Directory, "trial_00000")));
    }

    [Fact]
    public void Timer_that_nothing_comes_of_is_not_set_again()
    {
        using var harness = NewHarness(Where.InTheSave, stop: 2, stopper: new Overdue());

        RunToTheEnd(harness);

        Assert.InRange(harness.Journal().Count(e => e.Event is ExperimentEvent.TimePassed), 0, 2);
    }

    private LoopHarness NewHarness(Where where, int stop, ScriptedScheduler? script = null, int slots = 1, ManualResetEventSlim? let = null,
        ManualResetEventSlim? saved = null, IStopper? stopper = null)
    {
        var (hangs, never, first) = (new ManualResetEventSlim(), let ?? new ManualResetEventSlim(), 1);
        var harness = new LoopHarness
        {
            Trainable = new Hanging((trial, at) =>
            {
                if (trial == 0 && at == where && Interlocked.Exchange(ref first, 0) == 1)
                {
                    hangs.Set();
                    never.Wait(CancellationToken.None);
                    saved?.Set();
                }
                else if (trial == 1 && where == Where.BeforeItsNextReport)
                {
                    hangs.Wait(CancellationToken.None);
                }
            }),
            Scheduler = () => script is null ? new FifoScheduler() : script,
            Stoppers = () => [new MetricStopper(AutoMetrics.TrainingIteration, StopAt.Least(stop)), .. stopper is null ? (IStopper[])[] : [stopper]],
            Time = _time,
            Logger = _log,
            Started = _ => new Thread(() =>
            {
                // Time passes for the one that hangs, until it is given up: the others take no time.
                hangs.Wait(CancellationToken.None);
                while (!_log.Lines.Any(l => l.Text.Contains("is abandoned", StringComparison.Ordinal)))
                {
                    _time.Advance(TimeSpan.FromSeconds(1));
                    Thread.Sleep(1);
                }
            })
            { IsBackground = true }.Start(),
        };
        harness.Plan = harness.Plan with { NumSamples = 3, Slots = slots, TrainableCheckpoints = true };
        return harness;
    }

    private static void RunToTheEnd(LoopHarness harness)
    {
        var result = harness.Run();
        Assert.True(result is { Finished: true, Error: null }, result.ToString());
    }

    /// <summary>Says that its time has come and stops nothing.</summary>
    private sealed class Overdue : IStopper
    {
        public TimeSpan? Deadline => TimeSpan.Zero;

        public StopVerdict? Check(TrialReport report, TrialBoard board) => null;

        public void Observe(TrialReport report)
        {
        }
    }

    private sealed class Hanging(Action<int, Where> at) : TrainableDefinition
    {
        public override string Name => "hanging";

        public override bool Checkpoints => true;

        public override ITrainable Create(IServiceProvider services) => new Segment(at);

        private sealed class Segment(Action<int, Where> at) : ITrainable, IAsyncDisposable
        {
            private int _trial;

            public async ValueTask RunAsync(TrialContext trial, CancellationToken cancellationToken)
            {
                _trial = trial.Id.Number;
                var epoch = trial.Checkpoint?.ReadJson<int>("epoch.json") ?? 0;
                try
                {
                    while (true)
                    {
                        epoch++;
                        await trial.ReportAsync(new() { ["loss"] = 1.0 / epoch }, directory =>
                        {
                            at(_trial, Where.InTheSave);
                            directory.WriteJson("epoch.json", epoch);
                        });
                        at(_trial, Where.BeforeItsNextReport);
                    }
                }
                finally
                {
                    at(_trial, Where.AfterTheAnswer);
                }
            }

            public ValueTask DisposeAsync()
            {
                at(_trial, Where.WhileItIsDisposedOf);
                return ValueTask.CompletedTask;
            }
        }
    }
}
