using Tuning.Randomness;
using Tuning.Search.GaussianProcess;

namespace Tuning.Tests.Search.GaussianProcess;

/// <summary>Rows of a space of every kind: two numbers, a category, and below one of its values a number and a category.</summary>
internal static class Rows
{
    public static readonly Dimension[] Dimensions =
    [
        new(DimensionKind.Numeric, 0, false),
        new(DimensionKind.Category, 3, false),
        new(DimensionKind.Numeric, 0, true),
        new(DimensionKind.Category, 2, true),
        new(DimensionKind.Numeric, 7, false),
    ];

    public static readonly FeatureMap Map = new(Dimensions);

    public static readonly KernelSettings Settings = new([2.5, 0.7, 1.3, 0.4, 5], 1.7, 0.03);

    public static double[] Next(RandomStream random)
    {
        var kind = random.NextInt32(3);
        return
        [
            random.NextDouble(), kind, kind == 1 ? random.NextDouble() : double.NaN, kind == 1 ? random.NextInt32(2)
                : double.NaN, (random.NextInt32(7) + 0.5) / 7,
        ];
    }

    public static double[][] Many(int count, ulong seed)
    {
        var random = new RandomStream(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Next(random))];
    }

    public static double[] Normals(int count, ulong seed)
    {
        var random = new RandomStream(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextGaussian())];
    }

    /// <summary>The kernel by its formula, with distances of an arc of a right angle and of radius 2/π about absence.</summary>
    public static double Kernel(double[] a, double[] b, KernelSettings settings)
    {
        var r2 = 0.0;
        for (var d = 0; d < a.Length; d++)
        {
            var (x, y) = (a[d], b[d]);
            var squared = Dimensions[d].Kind == DimensionKind.Category ? x.Equals(y) ? 0 : 1
                : double.IsNaN(x) && double.IsNaN(y) ? 0
                : double.IsNaN(x) || double.IsNaN(y) ? 4 / (Math.PI * Math.PI)
                : Dimensions[d].IsConditional ? Math.Pow(4 / Math.PI * Math.Sin(Math.PI / 4 * (x - y)), 2)
                : (x - y) * (x - y);
            r2 += settings.Weights[d] * squared;
        }

        var r = Math.Sqrt(r2);
        return settings.Scale * (1 + (Math.Sqrt(5) * r) + (5 * r2 / 3)) * Math.Exp(-Math.Sqrt(5) * r);
    }

    /// <summary>The solution of A x = b by elimination.</summary>
    public static double[] Solve(double[,] a, double[] b)
    {
        var (n, m, x) = (b.Length, (double[,])a.Clone(), (double[])b.Clone());
        for (var p = 0; p < n; p++)
        {
            for (var i = p + 1; i < n; i++)
            {
                var f = m[i, p] / m[p, p];
                for (var k = p; k < n; k++)
                {
                    m[i, k] -= f * m[p, k];
                }

                x[i] -= f * x[p];
            }
        }

        for (var i = n - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < n; k++)
            {
                x[i] -= m[i, k] * x[k];
            }

            x[i] /= m[i, i];
        }

        return x;
    }

    public static double[,] Matrix(double[][] rows, KernelSettings settings, Func<int, double> diagonal)
    {
        var matrix = new double[rows.Length, rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            for (var j = 0; j < rows.Length; j++)
            {
                matrix[i, j] = Kernel(rows[i], rows[j], settings) + (i == j ? diagonal(i) : 0);
            }
        }

        return matrix;
    }
}
