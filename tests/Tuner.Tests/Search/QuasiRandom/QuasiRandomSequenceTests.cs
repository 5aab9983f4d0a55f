using Tuning.Randomness;
using Tuning.Search.QuasiRandom;

namespace Tuning.Tests.Search.QuasiRandom;

public sealed class QuasiRandomSequenceTests
{
    [Fact]
    public void Direction_numbers_are_what_the_search_finds()
    {
        var text = SobolDirectionSearch.Encode(SobolDirectionSearch.Run(20));
        var bytes = Convert.FromBase64String(text);

        Assert.Equal(bytes.AsSpan(0, bytes.Length - 1), SobolDirections.Table().AsSpan(0, bytes.Length - 1));
    }

    [Fact]
    public void There_are_as_many_primitive_polynomials_as_theory_says()
    {
        var byDegree = SobolDirections.Polynomials().GroupBy(SobolDirections.Degree).Select(g => g.Count());

        Assert.Equal([1, 1, 2, 2, 6, 6, 18, 16, 48, 60, 176, 144, 630], byDegree); // φ(2ⁿ - 1) / n
        Assert.Equal(SobolDirections.MostDimensions - 1, SobolDirections.Polynomials().Count());
    }

    [Theory, InlineData(0), InlineData(77)]
    public void Every_stratum_of_every_coordinate_holds_one_point_of_a_power_of_the_base(ulong seed)
    {
        Span<double> point = stackalloc double[40];
        var (sobol, halton) = (new SobolSequence(40, seed), new HaltonSequence(40, seed));
        var (strata, threes) = (new int[40, 256], new int[243]);
        for (var i = 0; i < 256; i++)
        {
            sobol.Point(i, point);
            for (var d = 0; d < 40; d++)
            {
                strata[d, (int)(point[d] * 256)]++;
            }
        }

        for (var i = 0; i < 243; i++)
        {
            halton.Point(i, point);
            threes[(int)(point[1] * 243)]++;
        }

        Assert.All(strata.Cast<int>(), n => Assert.Equal(1, n));
        Assert.All(threes, n => Assert.Equal(1, n));
    }

    [Theory, InlineData(1UL), InlineData(2UL)]
    public void The_first_two_dimensions_are_a_net(ulong seed)
    {
        var sobol = new SobolSequence(2, seed);
        var points = Points(sobol, 64);
        for (var split = 0; split <= 6; split++)
        {
            var boxes = points.Select(p => ((int)(p[0] * (1 << split)), (int)(p[1] * (64 >> split)))).ToHashSet();

            Assert.Equal(64, boxes.Count);
        }
    }

    [Fact]
    public void All_dimensions_are_stratified_and_differ()
    {
        var sobol = new SobolSequence(SobolDirections.MostDimensions + 3, 5);
        var points = Points(sobol, 64);
        for (var d = 0; d < SobolDirections.MostDimensions; d++)
        {
            Assert.Equal(64, points.Select(p => (int)(p[d] * 64)).Distinct().Count());
        }

        Assert.Equal(sobol.Dimensions, Enumerable.Range(0, sobol.Dimensions).Select(d => points[9][d]).Distinct().Count());
    }

    [Theory, InlineData(SequenceKind.Sobol), InlineData(SequenceKind.Halton)]
    public void Cubes_are_covered_more_evenly_than_by_random_points(SequenceKind kind)
    {
        // 20 seeds; random points have a mean squared discrepancy near 2⁻⁵(1 - (2/3)⁵)/n, these a third of it.
        var (ours, random) = (0.0, 0.0);
        for (var seed = 0UL; seed < 20; seed++)
        {
            ours += Discrepancy(Points(QuasiRandomSequence.Create(kind, 5, seed), 128));
            var stream = new RandomStream(seed);
            random += Discrepancy([.. Enumerable.Range(0, 128).Select(_ => Enumerable.Range(0, 5).Select(_ => stream.NextDouble()).ToArray())]);
        }

        Assert.True(ours < 0.45 * random, $"{ours / random}");
    }

    [Theory, InlineData(SequenceKind.Sobol), InlineData(SequenceKind.Halton)]
    public void Means_over_seeds_are_those_of_uniform_points(SequenceKind kind)
    {
        Span<double> point = stackalloc double[30];
        Span<double> sum = stackalloc double[30];
        Span<double> square = stackalloc double[30];
        for (var seed = 0UL; seed < 4000; seed++)
        {
            QuasiRandomSequence.Create(kind, 30, seed).Point(11, point);
            for (var d = 0; d < 30; d++)
            {
                sum[d] += point[d] / 4000;
                square[d] += point[d] * point[d] / 4000;
            }
        }

        for (var d = 0; d < 30; d++)
        {
            Assert.Equal(0.5, sum[d], 0.0206); // 4.5 standard errors
            Assert.Equal(1.0 / 3, square[d], 0.0213);
        }
    }

    [Theory, InlineData(SequenceKind.Sobol), InlineData(SequenceKind.Halton)]
    public void Points_are_fixed_by_seed_and_index(SequenceKind kind)
    {
        var (first, second) = (QuasiRandomSequence.Create(kind, 7, 3), QuasiRandomSequence.Create(kind, 7, 3));
        var (a, b) = (new double[7], new double[7]);
        first.Point(4_000_000_000, a);
        second.Point(4_000_000_000, b);

        Assert.Equal(a, b);
        Assert.All(a, x => Assert.InRange(x, double.Epsilon, 1 - double.Epsilon));
        QuasiRandomSequence.Create(kind, 7, 4).Point(4_000_000_000, b);
        Assert.NotEqual(a, b);
        Assert.Throws<ArgumentOutOfRangeException>(() => first.Point(1L << 32, a));
    }

    private static double[][] Points(QuasiRandomSequence sequence, int count)
    {
        var points = new double[count][];
        for (var i = 0; i < count; i++)
        {
            points[i] = new double[sequence.Dimensions];
            sequence.Point(i, points[i]);
        }

        return points;
    }

    // Warnock's formula of the squared L2 star discrepancy.
    private static double Discrepancy(double[][] points)
    {
        var (n, d) = (points.Length, points[0].Length);
        var sum = Math.Pow(3, -d);
        foreach (var x in points)
        {
            sum -= 2.0 / n * x.Aggregate(1.0, (p, v) => p * (1 - (v * v)) / 2);
            foreach (var y in points)
            {
                var product = 1.0 / n / n;
                for (var i = 0; i < d; i++)
                {
                    product *= 1 - Math.Max(x[i], y[i]);
                }

                sum += product;
            }
        }

        return sum;
    }
}
