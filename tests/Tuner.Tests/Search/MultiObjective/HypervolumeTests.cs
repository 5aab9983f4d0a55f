using System.Numerics;
using Tuning.Search.MultiObjective;

namespace Tuning.Tests.Search.MultiObjective;

public sealed class HypervolumeTests
{
    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(6)]
    public void Is_what_inclusion_and_exclusion_make(int objectives)
    {
        for (var seed = 0UL; seed < 40; seed++)
        {
            var losses = NonDominationTests.Losses(seed, objectives, 9, out _);
            var reference = Enumerable.Repeat(seed % 2 == 0 ? 5.0 : 0.9, objectives).ToArray();

            Assert.Equal(Slow(losses, reference), Hypervolume.Of(losses, reference), 1e-9);
        }
    }

    [Theory, InlineData(2), InlineData(3), InlineData(4)]
    public void A_large_front_has_the_volume_that_draws_estimate(int objectives)
    {
        var losses = NonDominationTests.Losses(1, objectives, 80, out var random);
        var hits = 0;
        for (var draw = 0; draw < 20_000; draw++)
        {
            var point = Enumerable.Range(0, objectives).Select(_ => random.NextDouble()).ToArray();
            hits += Enumerable.Range(0, 80).Any(i => Enumerable.Range(0, objectives).All(k => losses[(i * objectives) + k] <= point[k])) ? 1 : 0;
        }

        Assert.Equal(hits / 20_000.0, Hypervolume.Of(losses, [.. Enumerable.Repeat(1.0, objectives)]), 0.016); // 4.5 standard errors
    }

    [Theory, InlineData(2), InlineData(3), InlineData(4)]
    public void What_a_vector_adds_is_the_difference_that_it_makes(int objectives)
    {
        for (var seed = 0UL; seed < 20; seed++)
        {
            var losses = NonDominationTests.Losses(seed, objectives, 10, out _);
            var reference = Enumerable.Repeat(seed % 2 == 0 ? 5.5 : 1.0, objectives).ToArray();
            var added = new double[10];
            Hypervolume.Contributions(losses, reference, added);

            for (var i = 0; i < 10; i++)
            {
                var without = losses[..(i * objectives)].Concat(losses[((i + 1) * objectives)..]).ToArray();
                Assert.Equal(Hypervolume.Of(losses, reference) - Hypervolume.Of(without, reference), added[i], 1e-9);
            }
        }
    }

    [Fact]
    public void Greedy_picks_the_one_that_adds_most_each_time()
    {
        for (var seed = 1UL; seed < 20; seed += 2)
        {
            var losses = NonDominationTests.Losses(seed, 3, 15, out _);
            double[] reference = [1, 1, 1], chosen = [];
            foreach (var place in Hypervolume.Greedy(losses, reference, 6))
            {
                var most = Enumerable.Range(0, 15).Max(i => Hypervolume.Of([.. chosen, .. losses[(3 * i)..(3 * (i + 1))]], reference));
                chosen = [.. chosen, .. losses[(3 * place)..(3 * (place + 1))]];
                Assert.Equal(most, Hypervolume.Of(chosen, reference), 1e-12);
            }
        }
    }

    [Fact]
    public void What_is_not_below_the_reference_adds_nothing_and_infinities_are_told()
    {
        Assert.Equal(0, Hypervolume.Of([2, 0, 1, 1, double.NaN, 0], [1, 1]));
        Assert.Equal(double.PositiveInfinity, Hypervolume.Of([double.NegativeInfinity, 0, 0.5, 0.5], [1, 1]));
        Assert.Equal(0, Hypervolume.Of([], [1, 1, 1]));
        Assert.Equal([0, 1], Hypervolume.Greedy([0.5, 0.5, 0.5, 0.5], [1, 1], 5).Order());
    }

    private static double Slow(double[] losses, double[] reference)
    {
        var (m, n, volume) = (reference.Length, losses.Length / reference.Length, 0.0);
        for (var subset = 1u; subset < 1u << n; subset++)
        {
            var product = 1.0;
            for (var k = 0; k < m; k++)
            {
                var worst = Enumerable.Range(0, n).Where(i => (subset >> i & 1) != 0).Max(i => losses[(i * m) + k]);
                product *= Math.Max(0, reference[k] - worst);
            }

            volume += BitOperations.PopCount(subset) % 2 == 1 ? product : -product;
        }

        return volume;
    }
}
