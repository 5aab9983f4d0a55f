using FsCheck;
using FsCheck.Fluent;
using Tuning.Environments;
using Tuning.Randomness;

namespace Tuning.Tests.Environments;

public sealed class SpaceTests
{
    public static TheoryData<Space> All =>
    [
        new Box(-1, 1),
        new Box(0, 255, 4, 3),
        new Box([-1, float.NegativeInfinity, 0, float.NegativeInfinity], [1, float.PositiveInfinity, float.PositiveInfinity, 5]),
        new Box(2, 2, 1),
        new Discrete(1),
        new Discrete(17),
        new MultiDiscrete(3, 1, 5),
    ];

    [Theory]
    [MemberData(nameof(All))]
    public void Samples_are_in_the_space(Space space)
    {
        var random = new RandomStream(1);
        var value = new float[space.Size];
        for (var i = 0; i < 500; i++)
        {
            space.Sample(random, value);
            Assert.True(space.Contains(value), string.Join(", ", value));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Parameters_round_trip(Space space)
    {
        var again = Space.Parse(ParameterSet.Parse(space.ToParameters().ToString()));

        Assert.Equal(space, again);
        Assert.Equal(space.GetHashCode(), again.GetHashCode());
        Assert.Equal(space.ToString(), again.ToString());
    }

    [Fact]
    public void Boxes_of_any_bounds_round_trip() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<float[]>().Filter(a => a.Length > 0 && !Array.Exists(a, float.IsNaN)),
            low =>
            {
                var box = new Box(low, [.. low.Select(l => float.IsInfinity(l) ? float.PositiveInfinity : l + Math.Abs(l))]);
                return box.Equals(Space.Parse(ParameterSet.Parse(box.ToParameters().ToString())));
            })
            .Check(Config.QuickThrowOnFailure.WithReplay(7, 9));

    [Fact]
    public void Contains_is_exact_about_bounds_length_and_choices()
    {
        var box = new Box([-1, 0], [1, float.PositiveInfinity]);
        Assert.True(box.Contains([-1, 1e30f]));
        Assert.False(box.Contains([-1.0001f, 0]));
        Assert.False(box.Contains([0, float.NaN]));
        Assert.False(box.Contains([0]));

        var choice = new Discrete(3);
        Assert.True(choice.Contains([2]));
        Assert.False(choice.Contains([3]));
        Assert.False(choice.Contains([-1]));
        Assert.False(choice.Contains([0.5f]));
        Assert.False(choice.Contains([float.NaN]));

        var several = new MultiDiscrete(2, 3);
        Assert.True(several.Contains([1, 2]));
        Assert.False(several.Contains([2, 2]));
        Assert.False(several.Contains([1]));
    }

    [Fact]
    public void Discrete_samples_are_uniform()
    {
        // Chi-square with 4 degrees of freedom: 18.5 is passed by chance once in 1,000 seeds; the seed is fixed.
        var space = new Discrete(5);
        var random = new RandomStream(4);
        var counts = new int[5];
        var value = new float[1];
        for (var i = 0; i < 5000; i++)
        {
            space.Sample(random, value);
            counts[(int)value[0]]++;
        }

        Assert.True(counts.Sum(c => (c - 1000.0) * (c - 1000.0) / 1000) < 18.5);
    }

    [Fact]
    public void Sizes_count_numbers_and_alternatives()
    {
        Assert.Equal((12, 12), (new Box(0, 1, 4, 3).Size, new Box(0, 1, 4, 3).EncodedSize));
        Assert.Equal((1, 4), (new Discrete(4).Size, new Discrete(4).EncodedSize));
        Assert.Equal((2, 5), (new MultiDiscrete(2, 3).Size, new MultiDiscrete(2, 3).EncodedSize));
        Assert.True(new Box(0, 1).IsBounded);
        Assert.False(new Box(0, float.PositiveInfinity).IsBounded);
    }

    [Fact]
    public void Bad_spaces_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new Box(1, -1));
        Assert.Throws<ArgumentException>(() => new Box(float.NaN, 1));
        Assert.Throws<ArgumentException>(() => new Box([0, 0], [1]));
        Assert.Throws<ArgumentException>(() => new Box([0, 0], [1, 1], [3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Discrete(0));
        Assert.Throws<ArgumentException>(() => new MultiDiscrete());
        Assert.Throws<ArgumentOutOfRangeException>(() => new MultiDiscrete(2, 0));
        Assert.Contains("box, discrete", Assert.Throws<ArgumentException>(() => Space.Parse(ParameterSet.Empty.With("kind", "ball"))).Message);
    }
}
