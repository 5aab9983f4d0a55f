using Tuning.Control;
using Tuning.Schedulers;
using Tuning.Tests.Control;

namespace Tuning.Tests.Schedulers.Contract;

/// <summary>What every scheduler holds. A new one is a line in <see cref="SchedulerRow.All"/>.</summary>
[Trait("Lane", "Slow")]
public sealed class SchedulerContractTests
{
    public static TheoryData<string> Names => [.. SchedulerRow.All.Select(r => r.Name)];

    public static TheoryData<string> Better => [.. SchedulerRow.All.Where(r => r.BeatsFifo is not null).Select(r => r.Name)];

    private static SchedulerRow Row(string name) => SchedulerRow.All.Single(r => r.Name == name);

    private static SchedulerPlay Play(SchedulerRow row, ulong seed = 1, bool isRough = false, int trials = 40, Mode mode = Mode.Min) =>
        new(
            () => new StrictScheduler(row.Create(mode)),
            new Curves(seed) { Names = row.Metrics, NaNs = isRough ? 8 : 0, Missing = isRough ? 8 : 0, IsMirrored = mode == Mode.Max })
        {
            Trials = Math.Min(trials, row.MostTrials),
            Order = seed,
            Mode = mode,
            Failures = isRough ? 12 : 0,
            Crashes = isRough ? 4 : 0,
        };

    [Theory]
    [MemberData(nameof(Names))]
    public void Ends_and_leaves_every_trial_with_a_reason(string name)
    {
        var row = Row(name);
        foreach (var trials in new[] { 1, 2, 7, 40, 100 }.Select(t => Math.Min(t, row.MostTrials)).Distinct())
        {
            var play = Play(row, seed: (ulong)trials, trials: trials).Play();

            Assert.True(play.Controller.IsFinished);
            Assert.False(play.Controller.IsFailed, play.Controller.EndReason);
            Assert.Equal(trials, play.Controller.Board.CountOf(TrialStatus.Terminated));
            Assert.All(play.Commands<ExperimentCommand.EndTrial>(), e => Assert.NotEmpty(e.Reason));
            Assert.DoesNotContain(play.Commands<ExperimentCommand.EndTrial>(), e => e.Reason.Contains("starts it no more", StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Survives_NaN_missing_metrics_failures_retries_and_crashes(string name)
    {
        for (var seed = 1UL; seed <= 4; seed++)
        {
            var play = Play(Row(name), seed, isRough: true).Play();

            Assert.True(play.Controller.IsFinished);
            Assert.False(play.Controller.IsFailed, play.Controller.EndReason);
            Assert.Empty(play.Controller.Board.Live);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Decides_the_same_again(string name)
    {
        var row = Row(name);
        Assert.Equal(Play(row, isRough: true).Play().Record.SelectMany(e => e.Recorded), Play(row, isRough: true).Play().Record.SelectMany(e => e.Recorded));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Verifies_against_its_journal(string name)
    {
        for (var seed = 1UL; seed <= 3; seed++)
        {
            var play = Play(Row(name), seed, isRough: seed > 1).Play();
            var verifying = play.New();
            Assert.All(play.Record, entry => Assert.Null(verifying.Verify(entry.Event, entry.Recorded)));
            Assert.Equal(StateText.Of(play.Controller), StateText.Of(verifying));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Goes_on_from_any_event_as_if_nothing_had_happened(string name)
    {
        var play = Play(Row(name), seed: 5, isRough: true, trials: 15).Play();
        for (var from = 1; from < play.Record.Count; from += 37)
        {
            var resumed = play.New();
            foreach (var (e, recorded) in play.Record.Take(from))
            {
                resumed.Replay(e, recorded);
            }

            foreach (var (e, recorded) in play.Record.Skip(from))
            {
                Assert.Equal(recorded, resumed.Handle(e).Where(c => c.IsRecorded));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Maximizing_mirrors_minimizing(string name)
    {
        var row = Row(name);
        var least = Play(row, seed: 3, isRough: true).Play();
        var most = Play(row, seed: 3, isRough: true, mode: Mode.Max).Play();

        Assert.Equal(Kinds(least), Kinds(most));

        static IEnumerable<string> Kinds(SchedulerPlay play) => play.Record.SelectMany(e => e.Recorded).Select(c => c switch
        {
            ExperimentCommand.Answer a => $"answer {a.Trial} {a.Report} {a.Verdict}",
            ExperimentCommand.Redirect r => $"redirect {r.Trial} {r.Verdict}",
            ExperimentCommand.StartTrial s => $"start {s.Trial} {s.From}",
            ExperimentCommand.EndTrial e => $"end {e.Trial} {e.Status}",
            _ => c.GetType().Name,
        });
    }

    // Learning curves whose limits differ, 540 reports in all: 20 whole trials.
    [Theory]
    [MemberData(nameof(Better))]
    public void Finds_better_trials_than_first_come_first_served_in_the_same_time(string name)
    {
        var row = Row(name);
        var fifo = Enumerable.Range(1, 20).Average(seed => Regret(new FifoOptions(), row, (ulong)seed));
        var own = Enumerable.Range(1, 20).Average(seed => Regret(row.Options, row, (ulong)seed));

        Assert.True(own <= row.BeatsFifo * fifo, $"{name}: {own:F4} against {fifo:F4}, {own / fifo:F2} of it");
    }

    // The least limit of a trial that went through, 0 being the best there is.
    private static double Regret(SchedulerOptions options, SchedulerRow row, ulong seed)
    {
        var curves = new Curves(seed) { Names = row.Metrics };
        var play = new SchedulerPlay(() => (row with { Options = options }).Create(), curves) { Trials = -1, Order = seed, MostReports = 540 }.Play();
        return play.Controller.Views().Where(t => t.TrainingIteration >= 27)
            .Select(t => Enumerable.Range(0, row.Objectives).Average(m => curves.Limit(t.Id.Number, m))).DefaultIfEmpty(1).Min();
    }
}
