using Tuning.Search.GaussianProcess;

namespace Tuning.Tests.Search.GaussianProcess;

public sealed class OutputWarpTests
{
    [Fact]
    public void Bad_tail_does_not_squeeze_the_good_values()
    {
        double[] values = [1, 2, 3, 4, 5, 6, 7, 1e9, double.PositiveInfinity, 1e300];

        var targets = OutputWarp.Of(values).Targets;

        Assert.True(targets[1] - targets[0] > 0.1);
        Assert.All(targets, t => Assert.InRange(t, -5, 5));
        Assert.Equal(targets[..8].Order(), targets[..8]);
        Assert.Equal(0, targets.Average(), 1e-12);
        Assert.Equal(1, targets.Average(t => t * t), 1e-12);
    }

    [Fact]
    public void Value_of_a_target_is_the_value_that_it_came_from()
    {
        double[] values = [0.5, 12, 7, 3, 3, 1, 90, 0.25, 4];

        var warp = OutputWarp.Of(values);

        Assert.All(Enumerable.Range(0, values.Length), i => Assert.Equal(values[i], warp.Value(warp.Targets[i]), 1e-9));
        Assert.Equal(0.25 - (2 * warp.UnitsPerTarget), warp.Value(warp.Targets[7] - 2), 1e-9);
    }

    [Fact]
    public void Values_without_a_bad_tail_keep_their_distances()
    {
        var targets = OutputWarp.Of([-3, 0, 0.5, 1, 2, 3, 6]).Targets;

        Assert.Equal((targets[6] - targets[5]) / 3, (targets[1] - targets[0]) / 3, 1e-12);
    }

    [Fact]
    public void Largest_numbers_on_both_sides_do_no_harm() =>
        Assert.All(OutputWarp.Of([1e308, -1e308, -1e307, 5, 7, double.NegativeInfinity]).Targets, t => Assert.InRange(t, -5, 5));

    [Fact]
    public void Equal_values_are_all_zero() => Assert.Equal([0, 0, 0], OutputWarp.Of([4, 4, 4]).Targets);

    [Fact]
    public void Weights_of_objectives_sum_to_one_and_pull_to_their_ends()
    {
        Assert.Equal(9, Scalarisation.Weights(2).Length);
        Assert.Equal(15, Scalarisation.Weights(3).Length);
        Assert.All(Scalarisation.Weights(3), w => Assert.Equal(1, w.Sum(), 1e-12));

        // By hand: places (0, 1), (0.5, 0.25), (1, 0) between best and worst.
        var norms = Scalarisation.Of([[2, 9], [4, 3], [6, 1]], [0.25, 0.75]);
        Assert.Equal([0.75 + 0.0375, 0.1875 + 0.05 * (0.125 + 0.1875), 0.25 + 0.0125], norms.Select(n => Math.Round(n, 12)));
    }
}
