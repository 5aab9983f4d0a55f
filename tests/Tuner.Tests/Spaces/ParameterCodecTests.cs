using Tuning.Randomness;
using Tuning.Spaces;
using Tuning.Tests.Search.Contract;

namespace Tuning.Tests.Spaces;

public sealed class ParameterCodecTests
{
    private static readonly Domain[] _domains =
    [
        Domain.Uniform(-3, 5), Domain.LogUniform(1e-5, 1e-1), Domain.QUniform(0, 1, 0.1), Domain.QLogUniform(0.001, 0.1, 0.001), Domain.RandInt(-4, 9),
        Domain.LogRandInt(3, 300), Domain.QRandInt(10, 100, 5), Domain.QLogRandInt(16, 1024, 16), Domain.RandN(3, 2), Domain.QRandN(0, 1, 0.25),
            Domain.Choice("a", 2, null, true),
    ];

    public static IEnumerable<TheoryDataRow<int>> Numbers => Enumerable.Range(0, _domains.Length).Select(i => new TheoryDataRow<int>(i));

    [Theory, MemberData(nameof(Numbers))]
    public void Values_come_back_from_their_coordinates(int number)
    {
        var codec = new ParameterCodec(new SearchSpace().Add("p", _domains[number]), []);
        var (random, row) = (new RandomStream(1), new double[1]);
        for (var i = 0; i < 500; i++)
        {
            var value = _domains[number].Sample(random);
            Assert.True(codec.Encode(ParameterSet.Empty.With("p", value), row));
            var (from, to) = codec.Axes[0].Scale.Cell(row[0]);
            Assert.InRange(row[0], from, to);
            var back = codec.Decode(row, out _)["p"];
            Assert.True(_domains[number].Contains(back));
            if (value is double real)
            {
                Assert.Equal(real, (double)back!, 1e-9 * Math.Max(1, Math.Abs(real)));
            }
            else
            {
                Assert.Equal(value, back);
            }
        }
    }

    [Theory, MemberData(nameof(Numbers))]
    public void Even_coordinates_are_as_likely_as_draws(int number)
    {
        var codec = new ParameterCodec(new SearchSpace().Add("p", _domains[number]), []);
        const int n = 4000;
        var (random, row) = (new RandomStream(2), new double[1]);
        var drawn = Enumerable.Range(0, n).Select(_ => Rank(_domains[number].Sample(random))).Order().ToArray();
        var decoded = Enumerable.Range(0, n).Select(_ =>
        {
            codec.Sample(random, row);
            return Rank(codec.Decode(row, out var fault)["p"]);
        }).Order().ToArray();
        // Kolmogorov and Smirnov: two samples of one distribution differ by more than this once in ten thousand.
        var most = drawn.Distinct().Max(v => Math.Abs(drawn.Count(d => d <= v) - decoded.Count(d => d <= v)) / (double)n);
        Assert.InRange(most, 0, 0.05);
    }

    [Fact]
    public void Every_drawn_configuration_of_a_space_with_all_there_is_comes_back()
    {
        var space = ContractSpaces.Everything();
        var (codec, variants, random) = (new ParameterCodec(space, []), new VariantGenerator(space, [], []), new RandomStream(3));
        var row = new double[codec.Axes.Length];
        for (var i = 0; i < 300; i++)
        {
            var config = variants.Generate(i, new RandomStream((ulong)i)).Config;
            Assert.True(codec.Encode(config, row), config.ToString());
            var before = row.ToArray();
            Assert.True(codec.Settle(row, random));
            Assert.Equal(before, row);
            var back = codec.Decode(row, out _);
            ContractSpaces.IsInside(back);
            Assert.Equal(config.Flatten().Select(p => p.Key), back.Flatten().Select(p => p.Key));
        }
    }

    [Fact]
    public void Absent_parameters_have_no_coordinate_and_present_ones_get_one()
    {
        var space = new SearchSpace().Add("kind", Domain.Choice("a", "b")).Add("x", Domain.Uniform(0, 1).When("kind == \"a\""))
            .Add("y", Domain.Uniform(0, 1).When("x > 0.5"));
        var codec = new ParameterCodec(space, []);
        var random = new RandomStream(4);
        double[] row = [1, 0.3, 0.7];
        Assert.True(codec.Settle(row, random));
        Assert.Equal([1, double.NaN, double.NaN], row);
        row = [0, double.NaN, 0.25];
        Assert.True(codec.Settle(row, random));
        Assert.False(double.IsNaN(row[1]));
        Assert.Equal(row[1] > 0.5, !double.IsNaN(row[2]));
        Assert.All(codec.Axes.Skip(1), a => Assert.True(a.IsConditional));
    }

    [Fact]
    public void What_is_no_configuration_of_the_space_has_no_row()
    {
        var codec = new ParameterCodec(new SearchSpace().Add("x", Domain.Uniform(0, 1)).Add("c", Domain.Choice(1, 2)), []);
        var row = new double[2];
        Assert.False(codec.Encode(ParameterSet.Parse("""{"x": 2, "c": 1}"""), row));
        Assert.False(codec.Encode(ParameterSet.Parse("""{"x": 0.5}"""), row));
        Assert.True(codec.Encode(ParameterSet.Parse("""{"x": 0.5, "c": 2, "other": 7}"""), row));
        Assert.Equal([1, 0.5], row);
    }

    private static double Rank(object? value) => value switch { double d => d, long l => l, string => -1e6, null => -2e6, _ => -3e6 };
}
