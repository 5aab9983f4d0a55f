using Tuning.Randomness;
using Tuning.Schedulers;

namespace Tuning.Tests.Schedulers;

public sealed class OrderedScoresTests
{
    [Fact]
    public void Holds_what_a_sorted_list_holds()
    {
        var random = new RandomStream(3);
        var scores = new OrderedScores();
        var twin = new List<(double Score, int Trial)>();
        for (var i = 0; i < 4000; i++)
        {
            if (random.NextInt32(3) == 0 && twin.Count > 0)
            {
                var (score, trial) = twin[random.NextInt32(twin.Count)];
                Assert.True(scores.Remove(score, trial));
                Assert.False(scores.Remove(score, trial));
                twin.Remove((score, trial));
            }
            else
            {
                // Few different scores: ties are the rule.
                var score = random.NextInt32(40) / 4.0;
                scores.Add(score, i);
                twin.Add((score, i));
            }

            twin.Sort((a, b) => a.Score != b.Score ? a.Score.CompareTo(b.Score) : b.Trial.CompareTo(a.Trial));
            Assert.Equal(twin.Count, scores.Count);
            if (twin.Count > 0)
            {
                var place = random.NextInt32(twin.Count);
                Assert.Equal(twin[place], scores.At(place));
                Assert.Equal(place, scores.CountBefore(twin[place].Score, twin[place].Trial));
            }
        }

        Assert.Equal(twin, Enumerable.Range(0, scores.Count).Select(scores.At));
    }

    [Fact]
    public void Infinities_are_numbers()
    {
        var scores = new OrderedScores();
        scores.Add(double.PositiveInfinity, 0);
        scores.Add(1, 1);
        scores.Add(double.NegativeInfinity, 2);

        Assert.Equal([2, 1, 0], Enumerable.Range(0, 3).Select(i => scores.At(i).Trial));
        Assert.Throws<ArgumentOutOfRangeException>(() => scores.At(3));
    }
}
