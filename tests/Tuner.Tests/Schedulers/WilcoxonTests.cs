using Tuning.Randomness;
using Tuning.Schedulers;
using Tuning.Schedulers.Racing;

namespace Tuning.Tests.Schedulers;

public sealed class WilcoxonTests
{
    [Fact]
    public void Published_example_has_its_probability()
    {
        // Darwin's plants, as in R's and SciPy's manuals: the sum of positive ranks is 96, one-sided p = 0.0206.
        double[] differences = [6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75];
        Assert.Equal(676 / 32768.0, SignedRanks.PGreater(differences), 1e-12);
    }

    [Fact]
    public void Probability_is_the_share_of_all_signs_also_with_ties_and_zeros()
    {
        var random = new RandomStream(2);
        for (var i = 0; i < 200; i++)
        {
            var differences = Enumerable.Range(0, 1 + random.NextInt32(10)).Select(_ => (double)(random.NextInt32(9) - 4)).ToArray();
            Assert.Equal(Enumerated(differences), SignedRanks.PGreater(differences), 1e-12);
        }
    }

    [Fact]
    public void Normal_tail_goes_on_where_the_exact_one_ends()
    {
        var random = new RandomStream(4);
        for (var i = 0; i < 20; i++)
        {
            var fifty = Enumerable.Range(0, 50).Select(_ => random.NextDouble() - 0.4).ToArray();
            var more = (double[])[.. fifty, 1e-9, -1.1e-9];
            Assert.Equal(SignedRanks.PGreater(fifty), SignedRanks.PGreater(more), 0.01);
        }

        Assert.Equal(1, SignedRanks.PGreater(Enumerable.Repeat(-1.0, 60).ToArray()), 1e-9);
        Assert.InRange(SignedRanks.PGreater(Enumerable.Repeat(1.0, 60).ToArray()), 1e-16, 1e-13);
    }

    [Fact]
    public void Nothing_but_zeros_says_nothing()
    {
        Assert.Equal(1, SignedRanks.PGreater([0, 0, 0]));
        Assert.Equal(1, SignedRanks.PGreater([]));
    }

    [Fact]
    public void Trial_that_is_worse_in_all_instances_stops_once_that_is_unlikely()
    {
        var desk = new SchedulerDesk(new WilcoxonOptions { PValueThreshold = 0.05 }, Mode.Min);
        for (var fold = 1; fold <= 8; fold++)
        {
            desk.Ask(0, fold, fold);
        }

        desk.End(0);
        for (var fold = 1; fold <= 4; fold++)
        {
            Assert.Null(desk.Ask(1, fold, fold + 0.5 + (fold / 100.0)));
        }

        Assert.Equal("stopped after 5 instances: worse than trial 00000 in 5 of them, mean 3.53 against 3, p = 0.03125 is below 0.05", desk.Ask(1, 5, 5.55));
    }

    [Fact]
    public void Order_of_instances_does_not_matter_and_unknown_ones_do_not_count()
    {
        var desk = new SchedulerDesk(new WilcoxonOptions { PValueThreshold = 0.2 }, Mode.Max);
        for (var fold = 1; fold <= 3; fold++)
        {
            desk.Ask(0, fold, 10 * fold);
        }

        desk.End(0);
        Assert.Null(desk.Ask(1, 9, -1000));
        Assert.Null(desk.Ask(1, 3, 29));
        Assert.Null(desk.Ask(1, 2, double.NaN));
        Assert.Null(desk.Ask(1, 2, 18));
        Assert.Contains("p = 0.125", desk.Ask(1, 1, 7), StringComparison.Ordinal);
    }

    [Fact]
    public void Better_mean_is_not_stopped_however_the_ranks_lean()
    {
        var desk = new SchedulerDesk(new WilcoxonOptions { PValueThreshold = 0.45 }, Mode.Max);
        for (var fold = 1; fold <= 4; fold++)
        {
            desk.Ask(0, fold, 0);
        }

        desk.End(0);
        Assert.Null(desk.Ask(1, 1, 100));
        Assert.Null(desk.Ask(1, 2, -1));
        Assert.Null(desk.Ask(1, 3, -1));
        Assert.Null(desk.Ask(1, 4, -1));
    }

    [Fact]
    public void Incumbent_gives_way_to_a_trial_that_covers_its_instances_with_a_better_mean()
    {
        var desk = new SchedulerDesk(new WilcoxonOptions { PValueThreshold = 0.3 }, Mode.Max);
        void Whole(int trial, double value, int folds)
        {
            for (var fold = 1; fold <= folds; fold++)
            {
                desk.Ask(trial, fold, value);
            }

            desk.End(trial);
        }

        Whole(0, 5, 3);
        Whole(1, 7, 3);
        Whole(2, 9, 1);
        Assert.Null(desk.Ask(3, 1, 6));
        Assert.Contains("worse than trial 00001", desk.Ask(3, 2, 6), StringComparison.Ordinal);
    }

    private static double Enumerated(double[] differences)
    {
        var size = differences.Select(Math.Abs).ToArray();
        var rank = size.Select(s => size.Count(o => o < s) + ((1 + size.Count(o => o == s)) / 2.0)).ToArray();
        var zeros = Enumerable.Range(0, size.Length).Where(i => size[i] == 0).Sum(i => rank[i] / 2);
        double Sum(Func<int, bool> isPositive) => zeros + Enumerable.Range(0, size.Length).Where(i => size[i] != 0 && isPositive(i)).Sum(i => rank[i]);
        var observed = Sum(i => differences[i] > 0);
        return Enumerable.Range(0, 1 << size.Length).Count(signs => Sum(i => (signs >> i & 1) != 0) >= observed) / (double)(1 << size.Length);
    }
}
