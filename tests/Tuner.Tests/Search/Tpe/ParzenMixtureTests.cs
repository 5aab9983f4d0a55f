using MathNet.Numerics.Distributions;
using Tuning.Randomness;
using Tuning.Search;
using Tuning.Search.Tpe;
using Tuning.Spaces;
using Tuning.Tests.Search.Contract;

namespace Tuning.Tests.Search.Tpe;

/// <summary>The density against one that is written straight from the formulas.</summary>
public sealed class ParzenMixtureTests
{
    private static readonly SearchSpace _space = new SearchSpace()
        .Add("x", Domain.Uniform(-1, 1)).Add("y", Domain.LogUniform(1e-4, 1)).Add("kind", Domain.Choice("a", "b", "c", "d"))
        .Add("n", Domain.RandInt(1, 7)).Add("m", Domain.LogRandInt(1, 30)).Add("batch", Domain.LogRandInt(1000, 1_000_000));

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(7, false)]
    [InlineData(40, false)]
    [InlineData(40, true)]
    public void Density_is_that_of_the_formulas(int trials, bool byNeighbours)
    {
        var (codec, archive) = Trials(trials, seed: 1);
        var (places, weights) = (Enumerable.Range(0, trials).ToArray(), Enumerable.Range(0, trials).Select(i => 0.5 + (i % 3)).ToArray());
        var smoothing = new Smoothing(0.8, 0.7, 0.02, byNeighbours);
        var mixture = new ParzenMixture(codec.Axes);
        mixture.Build(archive, places, weights, smoothing);
        var (random, width) = (new RandomStream(3), codec.Axes.Length);
        var (rows, densities) = (new double[4 * width], new double[4]);
        for (var round = 0; round < 10; round++)
        {
            for (var c = 0; c < 4; c++)
            {
                mixture.Draw(random, 1, rows.AsSpan(c * width, width));
            }

            mixture.LogDensities(rows, densities);
            for (var c = 0; c < 4; c++)
            {
                Assert.Equal(Twin(codec, archive, places, weights, smoothing, rows.AsSpan(c * width, width).ToArray()), densities[c], 1e-5);
            }
        }
    }

    [Fact]
    public void Draws_come_as_often_as_the_density_says()
    {
        var (codec, archive) = Trials(12, seed: 2);
        var kind = codec.Axes.Where(a => a.Path is "kind" or "n").ToList();
        var mixture = new ParzenMixture(kind);
        mixture.Build(archive, [0, 1, 2, 3, 4], [1, 1, 1, 1, 2], new(1, 0.7, 0.02, false));
        var (random, counts, densities) = (new RandomStream(4), new Dictionary<(double, double), int>(), new double[4]);
        var row = new double[codec.Axes.Length];
        const int Draws = 40_000;
        for (var i = 0; i < Draws; i++)
        {
            mixture.Draw(random, 1, row);
            var key = (row[kind[0].Index], row[kind[1].Index]);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        var total = 0.0;
        foreach (var ((first, second), count) in counts)
        {
            (row[kind[0].Index], row[kind[1].Index]) = (first, second);
            mixture.LogDensities([.. row, .. row, .. row, .. row], densities);
            var share = Math.Exp(densities[0]) / 24;
            total += share;

            // Five standard deviations: a false alarm in 10⁵ runs.
            Assert.Equal(share, (double)count / Draws, 5 * Math.Sqrt(share / Draws));
        }

        Assert.Equal(1, total, 1e-3);
    }

    [Fact]
    public void The_nearest_kernels_are_those_of_the_trials_there()
    {
        var (codec, archive) = Trials(30, seed: 5);
        var mixture = new ParzenMixture(codec.Axes);
        mixture.Build(archive, [.. Enumerable.Range(0, 30)], [.. Enumerable.Repeat(1.0, 30)], new(1, 0.3, 0.01, false));
        var nearest = new int[2];
        mixture.Nearest(archive.Row(17), nearest);
        Assert.Equal(17, nearest[0]);
        Assert.NotEqual(17, nearest[1]);
    }

    private static (ParameterCodec Codec, TrialArchive Archive) Trials(int count, ulong seed)
    {
        var drawn = new DrawnTrials(_space, count, seed: seed);
        for (var i = 0; i < count; i++)
        {
            drawn.Run.Tell(i, i);
        }

        return (drawn.Codec, drawn.Archive());
    }

    private static double Twin(ParameterCodec codec, TrialArchive archive, int[] places, double[] weights, Smoothing smoothing, double[] row)
    {
        var total = weights.Sum() + smoothing.PriorWeight;
        var density = smoothing.PriorWeight / total;
        for (var k = 0; k < places.Length; k++)
        {
            density += weights[k] / total * codec.Axes.Aggregate(1.0, (product, axis) => product
                * Kernel(axis, [.. places.Select(p => archive.Row(p)[axis.Index])], weights, k, smoothing, codec.Axes.Length, row[axis.Index]));
        }

        return Math.Log(density);
    }

    private static double Kernel(Axis axis, double[] means, double[] weights, int k, Smoothing smoothing, int axes, double at)
    {
        var (n, mean) = (means.Length, means[k]);
        if (axis.Kind == AxisKind.Category)
        {
            var extra = smoothing.PriorWeight / (n + 1);
            return axis.Count * ((at == mean ? 1 : 0) + extra) / (1 + (axis.Count * extra));
        }

        var isTable = axis.Count is > 0 and <= 48;
        var center = means.Zip(weights, (m, w) => m * w).Sum() / weights.Sum();
        var variance = means.Zip(weights, (m, w) => w * (m - center) * (m - center)).Sum() / weights.Sum();
        var effective = weights.Sum() * weights.Sum() / weights.Sum(w => w * w);
        var scott = smoothing.WidthFactor * Math.Sqrt(((variance * n) + (1 / 12.0)) / (n + 1)) * Math.Pow(effective + 1, -1.0 / (axes + 4));
        var least = 1.0 / Math.Min(100, 2 + n);
        var others = means.Where((_, i) => i != k).ToList();
        var gap = n == 1 ? 1 : Math.Max(mean - others.Where(m => m <= mean).DefaultIfEmpty(mean).Max(),
            others.Where(m => m > mean).DefaultIfEmpty(mean).Min() - mean);
        var width = !smoothing.ByNeighbours ? Math.Clamp(scott, Math.Max(smoothing.LeastWidth, axis.Count > 0 ? 0.5 / axis.Count : 0), 1)
            : isTable ? Math.Min(scott, Math.Max(1.0 / axis.Count, least))
            : Twins(means, mean) ? double.NaN : Math.Clamp(gap, least, 1);
        var (from, to) = axis.Scale.Cell(at);
        var inside = Normal.CDF(mean, width, 1) - Normal.CDF(mean, width, 0);
        return isTable ? (Normal.CDF(mean, width, to) - Normal.CDF(mean, width, from)) / inside / (to - from) : Normal.PDF(mean, width, at) / inside;
    }

    // Which of two kernels on one place has the gap on which side is not said by the formulas; these seeds have none.
    private static bool Twins(double[] means, double mean) => means.Count(m => m == mean) > 1;
}
