using System.Globalization;
using System.Text.RegularExpressions;
using Tuning.Control;
using Tuning.Schedulers;
using Tuning.Tests.Schedulers.Contract;
using Tuning.Trials;

namespace Tuning.Tests.Schedulers;

/// <summary>The numbers in recorded reasons, computed again from the recorded reports alone, by slow twins. Smaller is better.</summary>
[Trait("Lane", "Slow")]
public sealed partial class RecordedReasonTests
{
    [Fact]
    public void Numbers_in_thousands_of_recorded_reasons_are_right()
    {
        var checkedReasons = Asha() + Promotion() + Median() + HyperBand();
        Assert.True(checkedReasons > 2000, $"{checkedReasons}");
    }

    private static SchedulerPlay Play(SchedulerOptions options, int trials) =>
        new SchedulerPlay(() => new SchedulerRow("", options).Create(), new Curves(11)) { Trials = trials, Slots = 8 }.Play();

    private static IEnumerable<(TrialReport Report, string? Reason)> Answers(SchedulerPlay play) => play.Record
        .Where(e => e.Event is ExperimentEvent.Reported)
        .Select(e => (((ExperimentEvent.Reported)e.Event).Report, e.Recorded.OfType<ExperimentCommand.Answer>().SingleOrDefault()?.Reason));

    private static double Loss(TrialReport report) => report.Value("loss")!.Value;

    private static int Asha()
    {
        var twin = new AshaTwin(1, 27, 3, stopsLast: true, isRay: false);
        var count = 0;
        foreach (var (report, reason) in Answers(Play(new AshaOptions { MaxTime = 27, ReductionFactor = 3 }, 1000)))
        {
            var expected = twin.Report(report.Trial.Number, report.Number, -Loss(report));
            Assert.Equal(expected is null, reason is null);
            if (expected is { Trials: > 0 } e)
            {
                Numbers(reason!, Stopped(), e.Rung, Loss(report), -e.Cutoff, e.Trials);
                count++;
            }
        }

        return count;
    }

    private static int Median()
    {
        var twin = new MedianTwin(3, 3, isRay: false);
        var count = 0;
        foreach (var (report, reason) in Answers(Play(new MedianStoppingOptions { TimeAttribute = "training_iteration", GracePeriod = 3 }, 600)))
        {
            var expected = twin.Report(report.Trial.Number, report.Number, -Loss(report));
            Assert.Equal(expected is null, reason is null);
            if (expected is { } e)
            {
                Numbers(reason!, StoppedByMedian(), report.Number, -e.Best, -e.Median, e.Others);
                count++;
            }
        }

        return count;
    }

    private static int Promotion()
    {
        var play = Play(new AshaOptions { MaxTime = 27, ReductionFactor = 3, Variant = AshaVariant.Promotion }, 500);
        var rungs = new Dictionary<int, List<(double Loss, int Trial)>> { [1] = [], [3] = [], [9] = [] };
        var count = 0;
        foreach (var (e, recorded) in play.Record)
        {
            if (e is ExperimentEvent.Reported { Report: var report } && rungs.TryGetValue(report.Number, out var rung))
            {
                rung.Add((Loss(report), report.Trial.Number));
                var reason = recorded.OfType<ExperimentCommand.Answer>().Single().Reason!;
                Numbers(reason, Paused(), report.Number, Loss(report), rung.Order().ToList().IndexOf(rung[^1]) + 1, rung.Count);
                count++;
            }

            foreach (var start in recorded.OfType<ExperimentCommand.StartTrial>().Where(s => s.Reason is not null))
            {
                var milestone = start.From!.Value.AfterReport;
                var own = rungs[milestone].Single(r => r.Trial == start.Trial.Number);
                var place = rungs[milestone].Order().ToList().IndexOf(own) + 1;
                Numbers(start.Reason!, Promoted(), milestone, own.Loss, place, rungs[milestone].Count, rungs[milestone].Count / 3);
                Assert.True(place <= rungs[milestone].Count / 3);
                count++;
            }
        }

        return count;
    }

    private static int HyperBand()
    {
        // Five bands of 4, 6, 12 and 27 trials.
        int[] sizes = [4, 6, 12, 27];
        var bracketOf = Enumerable.Range(0, 5).SelectMany(band => sizes.SelectMany((n, s) => Enumerable.Repeat((band * 4) + s, n))).ToArray();
        var play = Play(new HyperBandOptions { MaxTime = 27 }, bracketOf.Length);
        var losses = Answers(play).ToDictionary(a => (a.Report.Trial.Number, a.Report.Number), a => Loss(a.Report));
        var stops = play.Commands<ExperimentCommand.Answer>().Where(a => a.Verdict == Verdict.Stop).Select(a => (a.Trial, a.Reason!))
            .Concat(play.Commands<ExperimentCommand.Redirect>().Select(r => (r.Trial, r.Reason)));
        var count = 0;
        foreach (var (trial, reason) in stops.Where(s => Stopped().IsMatch(s.Item2)))
        {
            var rung = int.Parse(Stopped().Match(reason).Groups[1].Value, CultureInfo.InvariantCulture);
            var ranked = losses.Where(l => l.Key.Item2 == rung && bracketOf[l.Key.Item1] == bracketOf[trial.Number]).Select(l => l.Value).Order().ToList();
            Numbers(reason, Stopped(), rung, losses[(trial.Number, rung)], ranked[((ranked.Count + 2) / 3) - 1], ranked.Count);
            count++;
        }

        Assert.True(count > 150, $"{count}");
        return count;
    }

    private static void Numbers(string reason, Regex form, params double[] expected)
    {
        var match = form.Match(reason);
        Assert.True(match.Success, reason);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], double.Parse(match.Groups[i + 1].Value, CultureInfo.InvariantCulture), Math.Abs(expected[i]) * 1e-3);
        }
    }

    [GeneratedRegex(@"^stopped at rung (\S+): (\S+) is above the cutoff (\S+) of (\d+) trials?$")]
    private static partial Regex Stopped();

    [GeneratedRegex(@"^stopped at training_iteration (\S+): the best value (\S+) is above the median (\S+) of (\d+) trials$")]
    private static partial Regex StoppedByMedian();

    [GeneratedRegex(@"^paused at rung (\S+): (\S+) is in place (\d+) of (\d+) trials?, of which the top 1/3 go on$")]
    private static partial Regex Paused();

    [GeneratedRegex(@"^promoted from rung (\S+): (\S+) is in place (\d+) of (\d+) trials, of which the top (\d+) go on$")]
    private static partial Regex Promoted();
}
