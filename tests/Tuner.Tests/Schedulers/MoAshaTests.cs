using Tuning.Randomness;
using Tuning.Schedulers;
using Tuning.Schedulers.Halving;
using Tuning.Trials;

namespace Tuning.Tests.Schedulers;

public sealed class MoAshaTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Fronts_are_those_of_peeling(int objectives)
    {
        for (var seed = 1UL; seed <= 30; seed++)
        {
            var random = new RandomStream(seed);
            var rung = new FrontRung(1);
            var all = new List<double[]>();
            for (var trial = 0; trial < 60; trial++)
            {
                var scores = Enumerable.Range(0, objectives).Select(_ => (double)random.NextInt32(12)).ToArray();
                var (before, front) = rung.Rank(scores, trial, int.MaxValue);
                all.Add(scores);
                var peeled = Peel(all);
                Assert.Equal(peeled[trial], front);
                Assert.InRange(before, Enumerable.Range(0, trial).Count(t => peeled[t] < front), Enumerable.Range(0, trial + 1).Count(t => peeled[t] <= front) - 1);
                rung.Add(scores, trial);
                Assert.Equal(peeled.Max() + 1, rung.Fronts);
                Assert.Equal(trial + 1, rung.Count);
            }
        }
    }

    [Fact]
    public void Net_begins_with_the_best_in_the_first_objective_and_goes_to_the_farthest()
    {
        List<(double[], int)> front = [([0, 10], 0), ([4, 6], 1), ([5, 5], 2), ([10, 0], 3)];
        Assert.Equal([1, 3, 2, 0], Enumerable.Range(0, 4).Select(member => EpsilonNet.PlaceOf(front, member, 4)));

        // Units do not matter.
        List<(double[], int)> scaled = [([0, 10e6], 0), ([4, 6e6], 1), ([5, 5e6], 2), ([10, 0], 3)];
        Assert.Equal([1, 3, 2, 0], Enumerable.Range(0, 4).Select(member => EpsilonNet.PlaceOf(scaled, member, 4)));
    }

    [Fact]
    public void Dominated_trial_stops_and_says_its_front()
    {
        var scheduler = new MoAshaOptions { ReductionFactor = 3 }.Create(new([new("acc", Mode.Max), new("ms", Mode.Min)], SeedPath.Of(1)));
        Assert.Empty(Report(scheduler, 0, 0.9, 10));
        Assert.Empty(Report(scheduler, 1, 0.95, 5));
        Assert.Equal("stopped at rung 1: acc 0.7, ms 20 is in front 3 of 3, with more than 1 of 3 trials before it", Assert.Single(Report(scheduler, 2, 0.7, 20)).Reason);
        Assert.Empty(Report(scheduler, 3, double.NaN, 1));
        Assert.Empty(Report(scheduler, 4, 0.99, 30));
    }

    [Fact]
    public void One_objective_is_an_error_that_names_asha() =>
        Assert.Contains("use asha", Assert.Throws<ArgumentException>(() => new MoAshaOptions().Create(new([new("a", Mode.Min)], SeedPath.Of(1)))).Message, StringComparison.Ordinal);

    private static IReadOnlyList<SchedulerDecision> Report(ITrialScheduler scheduler, int trial, double accuracy, double ms)
    {
        var report = new TrialReport(new(trial), 1, default, 1, 1, new Metrics { ["acc"] = accuracy, ["ms"] = ms });
        var decisions = scheduler.Decide(report, null!);
        scheduler.Observe(new SchedulerObservation.Reported(report, decisions));
        return decisions;
    }

    private static int[] Peel(List<double[]> all)
    {
        var front = Enumerable.Repeat(-1, all.Count).ToArray();
        for (var number = 0; front.Contains(-1); number++)
        {
            var rest = Enumerable.Range(0, all.Count).Where(i => front[i] < 0).ToList();
            foreach (var i in rest.Where(i => !rest.Exists(j => FrontRung.Dominates(all[j], all[i]))).ToList())
            {
                front[i] = number;
            }
        }

        return front;
    }
}
