using Tuning.Randomness;
using Tuning.Schedulers;
using Tuning.Schedulers.Halving;
using Tuning.Trials;

namespace Tuning.Tests.Schedulers;

[Trait("Lane", "Slow")]
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
            var rung = new FrontRung(1, 1000, 1);
            var all = new List<double[]>();
            for (var trial = 0; trial < 60; trial++)
            {
                var scores = Enumerable.Range(0, objectives).Select(_ => (double)random.NextInt32(12)).ToArray();
                var (before, front) = rung.Rank(scores, trial, int.MaxValue);
                all.Add(scores);
                var peeled = Peel(all);
                Assert.Equal(peeled[trial], front);
                Assert.InRange(before, Enumerable.Range(0, trial).Count(t => peeled[t] < front),
                    Enumerable.Range(0, trial + 1).Count(t => peeled[t] <= front) - 1);
                rung.Add(scores, trial);
                Assert.Equal(peeled.Max() + 1, rung.Fronts);
                Assert.Equal(trial + 1, rung.Count);
            }
        }
    }

    [Theory]
    [InlineData(2, 6)]
    [InlineData(2, 1000)]
    [InlineData(3, 5)]
    [InlineData(3, 1000)]
    [InlineData(5, 4)]
    public void Places_are_those_of_a_slow_twin(int objectives, int values)
    {
        var within = 0;
        for (var seed = 1UL; seed <= 20; seed++)
        {
            var random = new RandomStream(seed);
            var rung = new FrontRung(1, most: 1000, sampling: seed);
            var all = new List<double[]>();
            for (var trial = 0; trial < 120; trial++)
            {
                // Few values make equal vectors; asked for twice and in between, so that orders are kept and dropped.
                var scores = Scores(random, objectives, values);
                var enough = 1 + random.NextInt32(trial + 1);
                for (var question = 0; question < 3; question++)
                {
                    var (before, front) = SlowRank([.. all, scores]);
                    var rank = rung.Rank(scores, trial, enough);
                    Assert.Equal((Math.Min(before, enough), front), (Math.Min(rank.Before, enough), rank.Front));
                    within += before < enough ? 1 : 0;
                    scores = question == 0 ? Scores(random, objectives, values) : scores;
                }

                all.Add(scores);
                rung.Add(scores, trial);
            }
        }

        Assert.True(within > 1000, $"{within}");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Large_rung_keeps_a_sample_in_which_as_many_are_in_the_top_third(int objectives)
    {
        const int count = 3000;
        var random = new RandomStream(7);
        var (sampled, whole) = (new FrontRung(1, most: 500, sampling: 3), new FrontRung(1, most: count, sampling: 3));
        var (bySample, byAll) = (0, 0);
        for (var trial = 0; trial < count; trial++)
        {
            var scores = Scores(random, objectives, 1_000_000);
            if (trial >= 1000)
            {
                bySample += sampled.Rank(scores, trial, int.MaxValue).Before < sampled.Kept / 3 ? 1 : 0;
                byAll += whole.Rank(scores, trial, int.MaxValue).Before < whole.Kept / 3 ? 1 : 0;
            }
            else if (trial < 500)
            {
                Assert.Equal(whole.Rank(scores, trial, int.MaxValue), sampled.Rank(scores, trial, int.MaxValue));
            }

            sampled.Add(scores, trial);
            whole.Add(scores, trial);
            Assert.Equal(trial + 1, sampled.Count);
            Assert.InRange(sampled.Kept, trial < 500 ? trial + 1 : 200, 500);
        }

        Assert.Equal(count, whole.Kept);
        Assert.InRange(byAll, 550, 780);
        Assert.InRange(bySample, 550, 780);
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
        Assert.Equal("stopped at rung 1: acc 0.7, ms 20 is in front 3 of 3, with more than 1 of 3 trials before it",
            Assert.Single(Report(scheduler, 2, 0.7, 20)).Reason);
        Assert.Empty(Report(scheduler, 3, double.NaN, 1));
        Assert.Empty(Report(scheduler, 4, 0.99, 30));
    }

    [Fact]
    public void One_objective_is_an_error_that_names_asha() =>
        Assert.Contains("use asha", Assert.Throws<ArgumentException>(() => new MoAshaOptions().Create(new([new("a", Mode.Min)], SeedPath.Of(1)))).Message,
            StringComparison.Ordinal);

    private static IReadOnlyList<SchedulerDecision> Report(ITrialScheduler scheduler, int trial, double accuracy, double ms)
    {
        var report = new TrialReport(new(trial), 1, default, 1, 1, new Metrics { ["acc"] = accuracy, ["ms"] = ms });
        var decisions = scheduler.Decide(report, null!);
        scheduler.Observe(new SchedulerObservation.Reported(report, decisions));
        return decisions;
    }

    private static double[] Scores(RandomStream random, int objectives, int values) =>
        [.. Enumerable.Range(0, objectives).Select(_ => (double)random.NextInt32(values))];

    // The place of the last vector among all: by peeling, and the net of its front from the beginning.
    private static (int Before, int Front) SlowRank(List<double[]> all)
    {
        var fronts = Peel(all);
        List<(double[] Scores, int Trial)> own = [.. all.Select((scores, trial) => (scores, trial)).Where(m => fronts[m.trial] == fronts[^1])];
        return (fronts.Count(f => f < fronts[^1]) + EpsilonNet.PlaceOf(own, own.Count - 1, int.MaxValue), fronts[^1]);
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
