using Tuning.Randomness;
using static Benchmarks.Problems.Dimension;

namespace Benchmarks.Problems;

/// <summary>A function of categories alone: a drawn part for each of them, and one for each pair of neighbours.</summary>
internal static class CategoryTable
{
    public static Problem Problem(string name, int count, int values)
    {
        var random = (SeedPath.Of(7) / name).Stream();
        var single = Table(count, values, random, 1);
        var pairs = Table(count, values * values, random, 1.5);
        return new(name, Enumerable.Range(0, count).Select(i => Category("x" + i, [.. Enumerable.Range(0, values).Select(v => (object)("v" + v))])),
            Least(single, pairs, count, values), p =>
        {
            var sum = 0.0;
            for (var i = 0; i < count; i++)
            {
                var (here, next) = ((int)p["x" + i], (int)p["x" + ((i + 1) % count)]);
                sum += single[i][here] + pairs[i][(here * values) + next];
            }

            return sum;
        });
    }

    private static double[][] Table(int rows, int columns, RandomStream random, double scale) =>
        [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, columns).Select(_ => scale * random.NextDouble()).ToArray())];

    // Along the ring of pairs, for each value of the first category.
    private static double Least(double[][] single, double[][] pairs, int count, int values)
    {
        var least = double.PositiveInfinity;
        for (var first = 0; first < values; first++)
        {
            var best = Enumerable.Range(0, values).Select(v => v == first ? single[0][v] : double.PositiveInfinity).ToArray();
            for (var i = 1; i < count; i++)
            {
                best = [.. Enumerable.Range(0, values)
                    .Select(v => single[i][v] + Enumerable.Range(0, values).Min(u => best[u] + pairs[i - 1][(u * values) + v]))];
            }

            least = Math.Min(least, Enumerable.Range(0, values).Min(v => best[v] + pairs[count - 1][(v * values) + first]));
        }

        return least;
    }
}
