using Tuning.Randomness;

namespace Tuning.Tests.Randomness;

public sealed class RandomStreamTests
{
    [Fact]
    public void Numbers_follow_the_authors_algorithm()
    {
        // State 1, 2, 3, 4 through xoshiro256** by hand: rotl(2 * 5, 7) * 9 = 11520, then 0, then 1509978240.
        var stream = new RandomStream(new RandomState(1, 2, 3, 4));

        Assert.Equal([11520UL, 0UL, 1509978240UL, 1215971899390074240UL], Enumerable.Range(0, 4).Select(_ => stream.NextUInt64()));
    }

    [Fact]
    public void Random_of_a_stream_draws_from_it_alone()
    {
        var (stream, same) = (new RandomStream(7), new RandomStream(7));
        Assert.Equal(Draws(stream.ToRandom()), Draws(same.ToRandom()));
        Assert.Equal(same.Save(), stream.Save());

        var state = stream.Save();
        var next = Draws(stream.ToRandom());
        stream.Restore(state);
        Assert.Equal(next, Draws(stream.ToRandom()));
        Assert.NotEqual(next, Draws(new RandomStream(8).ToRandom()));
    }

    [Fact]
    public void Random_of_a_stream_keeps_its_bounds()
    {
        var random = new RandomStream(3).ToRandom();
        for (var i = 0; i < 200; i++)
        {
            Assert.InRange(random.Next(), 0, int.MaxValue - 1);
            Assert.InRange(random.Next(-3, 4), -3, 3);
            Assert.InRange(random.Next(int.MinValue, int.MaxValue), int.MinValue, int.MaxValue - 1);
            Assert.InRange(random.NextInt64(long.MinValue, 5), long.MinValue, 4);
            Assert.InRange(random.NextDouble(), 0, 0.9999999999999999);
            Assert.InRange(random.NextSingle(), 0, 0.99999994f);
        }

        Assert.Equal(0, random.Next(0));
        Assert.Equal(9, random.Next(9, 9));
        Assert.Throws<ArgumentOutOfRangeException>(() => random.Next(-1));
        Assert.Equal(7, Enumerable.Range(0, 500).Select(_ => random.Next(-3, 4)).Distinct().Count());
        Assert.All(Enumerable.Range(0, 17), length => Assert.Equal(length, Bytes(random, length).Length));
        Assert.Equal([0, 1, 2, 3], random.GetItems([0, 1, 2, 3], 100).Distinct().Order());
    }

    // Everything that Random has: none of it may come from elsewhere.
    private static List<object> Draws(Random random)
    {
        int[] items = [.. Enumerable.Range(0, 30)];
        random.Shuffle(items);
        return
        [
            random.Next(), random.Next(7), random.Next(-5, 5), random.NextInt64(), random.NextInt64(9), random.NextInt64(-9, long.MaxValue),
                random.NextDouble(),
            random.NextSingle(), Convert.ToHexString(Bytes(random, 13)), string.Join(',', items), string.Join(',', random.GetItems(items, 9)),
            random.GetHexString(9), random.GetString("abcdef", 9),
        ];
    }

    private static byte[] Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    [Fact]
    public void State_restored_draws_the_same()
    {
        var stream = new RandomStream(7);
        stream.NextGaussian();
        var state = RandomState.Parse(stream.Save().ToString());
        var expected = Enumerable.Range(0, 5).Select(_ => stream.NextUInt64()).ToList();

        Assert.Equal(expected, Enumerable.Range(0, 5).Select(_ => 0).Aggregate((new RandomStream(state), new List<ulong>()), (a, _) =>
        {
            a.Item2.Add(a.Item1.NextUInt64());
            return a;
        }).Item2);
        Assert.Throws<ArgumentException>(() => new RandomStream(default(RandomState)));
        Assert.Throws<FormatException>(() => RandomState.Parse("12"));
        Assert.Throws<FormatException>(() => RandomState.Parse(new string('x', 64)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    public void Whole_numbers_are_uniform(int bound)
    {
        var counts = new long[bound];
        var stream = new RandomStream(11);
        for (var i = 0; i < 10_000 * bound; i++)
        {
            counts[stream.NextInt64(bound)]++;
        }

        Statistics.AssertUniform(counts);
    }

    [Fact]
    public void Large_bounds_are_without_bias()
    {
        // With bound 3 * 2^61 plain multiplication would favour some thirds by a third.
        const long bound = 3L << 61;
        var counts = new long[3];
        var stream = new RandomStream(12);
        for (var i = 0; i < 30_000; i++)
        {
            counts[stream.NextInt64(bound) % 3]++;
        }

        Statistics.AssertUniform(counts);
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.NextInt64(0));
    }

    [Fact]
    public void Doubles_are_uniform_and_below_one()
    {
        var stream = new RandomStream(13);
        var values = Enumerable.Range(0, 20_000).Select(_ => stream.NextDouble()).ToArray();

        Assert.All(values, v => Assert.InRange(v, 0, Math.BitDecrement(1.0)));
        Statistics.AssertDistributed(values, x => x);
        Statistics.AssertDistributed([.. Enumerable.Range(0, 20_000).Select(_ => (double)stream.NextSingle())], x => x);
    }

    [Fact]
    public void Gaussians_are_normal()
    {
        var stream = new RandomStream(14);

        Statistics.AssertDistributed([.. Enumerable.Range(0, 20_000).Select(_ => stream.NextGaussian())], Statistics.NormalCdf);
    }

    [Fact]
    public void Shuffle_gives_every_order_equally_often()
    {
        var stream = new RandomStream(15);
        var counts = new Dictionary<string, long>();
        for (var i = 0; i < 24_000; i++)
        {
            var letters = "abcd".ToCharArray();
            stream.Shuffle(letters.AsSpan());
            counts[new(letters)] = counts.GetValueOrDefault(new(letters)) + 1;
        }

        Assert.Equal(24, counts.Count);
        Statistics.AssertUniform([.. counts.Values]);
    }

    [Fact]
    public void Seed_paths_have_streams_of_their_own()
    {
        var root = SeedPath.Of(42);

        Assert.Equal((root / "trial" / 7).Seed, (SeedPath.Of(42) / "trial/7").Seed);
        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(i => (root / "trial" / i).Seed).Distinct().Count());
        Assert.NotEqual((root / "a").Seed, (SeedPath.Of(43) / "a").Seed);
        Assert.Equal("42:trial/7", (root / "trial" / 7).ToString());
        Assert.Equal((root / "x").Stream().NextUInt64(), (root / "x").Stream().NextUInt64());
        Assert.Throws<ArgumentException>(() => root / "");
    }

    [Fact]
    public void Seed_of_a_path_never_changes() =>
        Assert.Equal(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData([42, 0, 0, 0, 0, 0, 0, 0, (byte)'a'])[..8].Reverse().ToArray()),
            (SeedPath.Of(42) / "a").Seed.ToString("X16"));
}
