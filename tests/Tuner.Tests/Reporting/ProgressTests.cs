using Tuning.Reporting;
using Tuning.Testing;
using static Tuning.Tests.Reporting.SomeProgress;

namespace Tuning.Tests.Reporting;

public sealed class ProgressTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void Plain_lines_say_what_happened_and_why()
    {
        var text = Run(new(), reporter =>
        {
            reporter.OnTrialStart(Trial(0));
            Report(reporter, 0, 1, 0.5);
            _clock.Advance(TimeSpan.FromSeconds(2));
            Report(reporter, 0, 2, 0.25);
            reporter.OnTrialComplete(Trial(0, TrialStatus.Terminated, 2, 0.25, "stop: loss <= 0.3"));
            reporter.OnTrialStart(Trial(1));
            reporter.OnTrialError(Trial(1, TrialStatus.Failed, 0, null, "boom\n   at Train()"), "boom");
        });

        Assert.Equal(
            [
                "mine: 4 trials, 2 at once, in /results/mine",
                "00000 started: lr=0.1",
                "00000 completed after 2 reports, 2.0 s, loss=0.25: stop: loss <= 0.3",
                "00001 started: lr=0.1",
                "00001 failed: boom",
                "[2.0 s, about 2.0 s left, 1 results/s] 1 completed, 1 failed of 4 trials; best 00000 loss=0.25 with lr=0.1",
            ],
            Lines(text));
    }

    [Fact]
    public void A_summary_comes_once_per_interval()
    {
        var text = Run(new(), reporter =>
        {
            reporter.OnTrialStart(Trial(0));
            for (var i = 1; i <= 100; i++)
            {
                _clock.Advance(TimeSpan.FromSeconds(0.1));
                Report(reporter, 0, i, 1);
            }
        });
        Assert.Equal(2, Lines(text).Count(l => l.StartsWith('[')));
    }

    [Fact]
    public void Resumed_session_knows_earlier_trials_and_has_only_the_rest_of_its_time()
    {
        var model = new ProgressModel(_clock);
        model.Begin(Experiment(6) with
        {
            TimeBudget = TimeSpan.FromSeconds(100),
            Ends = [("training_iteration", 10)],
            IsResumed = true,
            Earlier = new()
            {
                Elapsed = TimeSpan.FromSeconds(80),
                Ended = [0, 0, 0, 0, 0, 0, 3, 0, 0, 1],
                Best = Trial(2, TrialStatus.Terminated, 10, 0.5) with { Standing = 0.25 },
            },
        });
        _clock.Advance(TimeSpan.FromSeconds(5));
        model.Changed(Trial(4));

        var snapshot = model.Take(10);

        Assert.Equal(TimeSpan.FromSeconds(15), snapshot.Left);
        Assert.Equal("1 running, 3 completed, 1 failed of 6 trials", snapshot.CountsText());
        Assert.Equal("best 00002 loss=0.25 with lr=0.1", snapshot.BestText());

        // One trial that takes ten seconds is half done, one has not begun: fifteen seconds on two slots at least five, on average 7.5.
        _clock.Advance(TimeSpan.FromSeconds(5));
        model.Reported(Trial(4, TrialStatus.Running, 5, 1), new(new(4), 5, default, 5, 1, new() { ["loss"] = 1 }));
        Assert.Equal(TimeSpan.FromSeconds(7.5), model.Take(10).Left);
    }

    [Fact]
    public void Trial_that_is_tried_again_is_told_with_its_error()
    {
        var text = Run(new(), reporter =>
        {
            for (var i = 0; i < 100; i++)
            {
                reporter.OnTrialStart(Trial(i));
            }

            reporter.OnTrialRecover(Trial(3, TrialStatus.Pending, 1, 0.5, "try 1 of 2: boom") with { Failures = 1 }, "boom");
        });
        Assert.Contains(Lines(text), l => l.StartsWith("00003 ", StringComparison.Ordinal) && l.Contains("boom", StringComparison.Ordinal));
    }

    [Fact]
    public void Very_many_trials_do_not_flood_the_output()
    {
        var text = Run(new(), reporter =>
        {
            for (var i = 0; i < 5000; i++)
            {
                reporter.OnTrialStart(Trial(i));
                reporter.OnTrialComplete(Trial(i, TrialStatus.Terminated, 1, 1, "completed"));
            }

            reporter.OnTrialError(Trial(5000, TrialStatus.Failed, 0, null, "boom"), "boom");
        });
        var lines = Lines(text);
        Assert.InRange(lines.Length, 10, 30);
        Assert.Contains(lines, l => l == "00005000 failed: boom" || l == "05000 failed: boom");
        Assert.EndsWith("; 9,980 changes not shown", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Verbose_prints_every_report()
    {
        var text = Run(new() { Detail = ProgressDetail.Verbose }, reporter =>
        {
            reporter.OnTrialStart(Trial(0));
            Report(reporter, 0, 1, 0.125);
            Report(reporter, 0, 2, double.NaN);
        });
        Assert.Contains("00000 #1 loss=0.125", Lines(text));
        Assert.Contains("00000 #2 loss=nan", Lines(text));
    }

    [Fact]
    public void Verbose_prints_losses_wherever_they_stand()
    {
        var text = Run(new() { Detail = ProgressDetail.Verbose }, reporter =>
        {
            reporter.OnTrialStart(Trial(0));
            var metrics = new Metrics();
            for (var i = 0; i < 10; i++)
            {
                metrics[$"m{i}"] = i;
            }

            metrics["learners/default_policy/policy_loss"] = 0.5;
            metrics["learners/default_policy/entropy"] = 0.25;
            reporter.OnTrialResult(Trial(0, TrialStatus.Running, 1), new(new(0), 1, default, 1, 1, metrics), null);
        });
        Assert.Contains("00000 #1 m0=0 m1=1 m2=2 m3=3 m4=4 m5=5 learners/default_policy/policy_loss=0.5 and 5 more", Lines(text));
    }

    [Fact]
    public void Quiet_prints_nothing()
    {
        Assert.Empty(Run(new() { Detail = ProgressDetail.None }, reporter =>
        {
            reporter.OnTrialStart(Trial(0));
            reporter.OnTrialError(Trial(0, TrialStatus.Failed, 0, null, "boom"), "boom");
        }));
    }

    [Fact]
    public void Time_left_of_a_single_trial_follows_its_counter()
    {
        var model = new ProgressModel(_clock);
        model.Begin(Experiment(1) with { Ends = [("num_env_steps_sampled_lifetime", 1000)] });
        Assert.Null(model.Take(20).Left);
        _clock.Advance(TimeSpan.FromSeconds(10));
        model.Reported(Trial(0, TrialStatus.Running, 1), new(new(0), 1, default, 10, 10, new() { ["num_env_steps_sampled_lifetime"] = 250 }));
        Assert.Equal(30, model.Take(20).Left!.Value.TotalSeconds, 6);
    }

    [Fact]
    public void Time_left_is_at_most_the_budget()
    {
        var model = new ProgressModel(_clock);
        model.Begin(Experiment(null) with { TimeBudget = TimeSpan.FromSeconds(60) });
        _clock.Advance(TimeSpan.FromSeconds(45));
        Assert.Equal(15, model.Take(20).Left!.Value.TotalSeconds, 6);
    }

    [Fact]
    public void A_session_that_is_resumed_counts_on_and_has_the_rest_of_the_budget()
    {
        var model = new ProgressModel(_clock);
        model.Begin(Experiment(4) with
        {
            TimeBudget = TimeSpan.FromSeconds(60),
            Earlier = new()
            {
                Ended = [0, 0, 0, 0, 0, 0, 2, 0, 0, 1],
                Best = Trial(1, TrialStatus.Terminated, 3, 0.5) with { Standing = 0.25 },
                Elapsed = TimeSpan.FromSeconds(40)
            }
        });
        _clock.Advance(TimeSpan.FromSeconds(5));

        var snapshot = model.Take(20);
        Assert.Equal("2 completed, 1 failed of 4 trials", snapshot.CountsText());
        Assert.Equal("best 00001 loss=0.25 with lr=0.1", snapshot.BestText());
        Assert.Equal(15, snapshot.Left!.Value.TotalSeconds, 6);

        model.Changed(Trial(3, TrialStatus.Terminated, 1, 1, "completed"));
        Assert.Null(model.Take(20).Left);
    }

    [Fact]
    public void Of_equal_trials_the_older_is_the_best_whichever_reported_first()
    {
        var model = new ProgressModel(_clock);
        model.Begin(Experiment(2));
        foreach (var id in new[] { 1, 0, 2 })
        {
            model.Reported(Trial(id, TrialStatus.Running, 1, 5), new(new(id), 1, default, 1, 1, new() { ["loss"] = 5 }));
        }

        Assert.Equal(0, model.Take(1).Best!.Id.Number);
    }

    [Fact]
    public void Nothing_is_kept_of_trials_that_ended()
    {
        var model = new ProgressModel(_clock);
        model.Begin(Experiment(1000));
        for (var i = 0; i < 1000; i++)
        {
            model.Changed(Trial(i));
            model.Changed(Trial(i, TrialStatus.Terminated, 1, 1, "completed"));
        }

        var snapshot = model.Take(2000);
        Assert.Equal(1000, snapshot.Counts[6]);
        Assert.Equal(20, snapshot.Rows.Count);
        Assert.Equal("… and 980 more completed", snapshot.HiddenText());
    }

    private static void Report(ProgressReporter reporter, int id, int number, double loss) =>
        reporter.OnTrialResult(Trial(id, TrialStatus.Running, number, loss), new(new(id), number, default, number, 1, new() { ["loss"] = loss }), null);

    private static string[] Lines(string text) => text.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private string Run(ProgressOptions options, Action<ProgressReporter> events)
    {
        var output = new StringWriter();
        using var reporter = new ProgressReporter(options with { Output = output, IsLive = false }, _clock);
        reporter.Setup(Experiment(4));
        events(reporter);
        reporter.OnExperimentEnd(true, "all trials have ended");
        return output.ToString();
    }
}
