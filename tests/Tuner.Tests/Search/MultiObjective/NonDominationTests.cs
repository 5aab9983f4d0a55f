using Tuning.Randomness;
using Tuning.Search.MultiObjective;

namespace Tuning.Tests.Search.MultiObjective;

public sealed class NonDominationTests
{
    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(5)]
    public void Fronts_are_those_of_peeling(int objectives)
    {
        for (var seed = 0UL; seed < 30; seed++)
        {
            var losses = Losses(seed, objectives, 60, out _);
            var ranks = new int[60];
            var fronts = NonDomination.Rank(losses, objectives, ranks);

            Assert.Equal(Peel(losses, objectives), ranks);
            Assert.Equal(ranks.Max() + 1, fronts);
        }
    }

    [Fact]
    public void NaN_is_worst_and_equals_do_not_dominate()
    {
        var ranks = new int[4];
        NonDomination.Rank([1, 2, 1, 2, double.NaN, 2, 0, double.NegativeInfinity], 2, ranks);

        Assert.Equal([1, 1, 2, 0], ranks);
        Assert.False(NonDomination.Dominates([1, 2], [1, 2]));
        Assert.True(NonDomination.Dominates([1, 2], [double.NaN, 2]));
    }

    [Fact]
    public void Crowding_is_the_share_between_neighbours_and_infinite_at_the_ends()
    {
        var distances = new double[5];
        NonDomination.Crowd([0, 10, 2, 6, 2, 6, 5, 4, 10, 0], 2, [0, 1, 2, 3, 4], distances);

        Assert.Equal(double.PositiveInfinity, distances[0]);
        Assert.Equal(double.PositiveInfinity, distances[4]);
        Assert.Equal(0, distances[2]);
        Assert.Equal(0.8 + 0.6, distances[3], 1e-12); // from 2 to 10, from 6 to 0
    }

    internal static double[] Losses(ulong seed, int objectives, int count, out RandomStream random)
    {
        var stream = random = new RandomStream(seed);
        return [.. Enumerable.Range(0, count * objectives).Select(_ => seed % 2 == 0 ? stream.NextInt32(6) : stream.NextDouble())];
    }

    private static int[] Peel(double[] losses, int m)
    {
        var (rank, left, front) = (new int[losses.Length / m], Enumerable.Range(0, losses.Length / m).ToList(), 0);
        for (; left.Count > 0; front++)
        {
            var free = left.Where(i => !left.Exists(j => Beats(j, i))).ToList();
            free.ForEach(i => rank[i] = front);
            left = [.. left.Except(free)];
        }

        return rank;

        bool Beats(int a, int b) => Enumerable.Range(0, m).All(k => losses[(a * m) + k] <= losses[(b * m) + k])
            && Enumerable.Range(0, m).Any(k => losses[(a * m) + k] < losses[(b * m) + k]);
    }
}
