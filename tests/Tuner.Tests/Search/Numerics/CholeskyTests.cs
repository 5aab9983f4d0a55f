using Tuning.Randomness;
using Tuning.Search.Numerics;
using Tuning.Testing;

namespace Tuning.Tests.Search.Numerics;

public sealed class CholeskyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(13)]
    [InlineData(40)]
    [InlineData(77)]
    public void Factor_equals_the_textbook(int n)
    {
        var a = Matrix(n, 1);
        var expected = Naive(a);
        var factor = Factor(a, n);

        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                Assert.Equal(expected[i, j], factor.Elements[(i * factor.Stride) + j], 1e-10);
            }
        }

        Assert.Equal(Enumerable.Range(0, n).Sum(i => 2 * Math.Log(expected[i, i])), factor.LogDeterminant(), 1e-9);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(50)]
    [InlineData(75)]
    public void Factor_grown_by_rows_has_the_same_bits(int n)
    {
        var a = Matrix(n, 2);
        var whole = Factor(a, n);
        var grown = Factor(a, n, n / 3);
        for (var rows = (n / 3) + 1; rows <= n; rows++)
        {
            Assert.True(grown.Extend(rows));
        }

        for (var i = 0; i < n; i++)
        {
            Assert.Equal(whole.Row(i)[..(i + 1)].ToArray(), grown.Row(i)[..(i + 1)].ToArray());
        }
    }

    [Fact]
    public void Matrix_that_is_not_positive_definite_is_refused()
    {
        var a = Matrix(20, 3);
        a[15, 15] = -1;

        var factor = new Cholesky(20);
        Fill(factor, a, 20);

        Assert.False(factor.Extend(20));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(21)]
    [InlineData(64)]
    public void Solutions_fulfil_their_equations(int n)
    {
        var a = Matrix(n, 4);
        var factor = Factor(a, n);
        var random = new RandomStream(5);
        var x = Enumerable.Range(0, factor.Stride).Select(i => i < n ? random.NextGaussian() : 0).ToArray();
        var solved = (double[])x.Clone();

        factor.SolveLower(solved);
        factor.SolveUpper(solved);

        for (var i = 0; i < n; i++)
        {
            Assert.Equal(x[i], Enumerable.Range(0, n).Sum(k => a[i, k] * solved[k]), 1e-9);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(21)]
    [InlineData(64)]
    public void Eight_right_hand_sides_equal_one_by_one(int n)
    {
        var factor = Factor(Matrix(n, 6), n);
        var random = new RandomStream(7);
        var lanes = Enumerable.Range(0, n * 8).Select(_ => random.NextGaussian()).ToArray();
        var lower = (double[])lanes.Clone();
        BatchSolve.Lower(factor, lower);
        var upper = (double[])lanes.Clone();
        BatchSolve.Upper(factor, upper);

        for (var lane = 0; lane < 8; lane++)
        {
            var column = Column(lanes, lane, n, factor.Stride);
            factor.SolveLower(column);
            Assert.All(Enumerable.Range(0, n), i => Assert.Equal(column[i], lower[(i * 8) + lane], 1e-10));
            column = Column(lanes, lane, n, factor.Stride);
            factor.SolveUpper(column);
            Assert.All(Enumerable.Range(0, n), i => Assert.Equal(column[i], upper[(i * 8) + lane], 1e-10));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(29)]
    [InlineData(66)]
    public void Inverse_times_matrix_is_one(int n)
    {
        var a = Matrix(n, 8);
        var factor = Factor(a, n);
        var (u, inverse) = (new double[factor.Stride * factor.Stride], new double[factor.Stride * factor.Stride]);
        CholeskyInverse.Transposed(factor, u);
        CholeskyInverse.Gram(u, inverse, n, factor.Stride);
        double Inverse(int i, int j) => inverse[(Math.Max(i, j) * factor.Stride) + Math.Min(i, j)];

        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                Assert.Equal(i == j ? 1 : 0, Enumerable.Range(0, n).Sum(k => a[i, k] * Inverse(k, j)), 1e-9);
            }
        }
    }

    [Fact]
    public void Nothing_is_allocated_while_solving()
    {
        var factor = Factor(Matrix(64, 9), 64);
        var (x, lanes) = (new double[64], new double[64 * 8]);
        void Solve()
        {
            factor.SolveLower(x);
            factor.SolveUpper(x);
            BatchSolve.Lower(factor, lanes);
            BatchSolve.Upper(factor, lanes);
            factor.Truncate(0);
        }

        Solve();
        Assert.Equal(0, Allocations.Least(Solve));
    }

    private static double[] Column(double[] lanes, int lane, int n, int stride)
    {
        var column = new double[stride];
        for (var i = 0; i < n; i++)
        {
            column[i] = lanes[(i * 8) + lane];
        }

        return column;
    }

    private static Cholesky Factor(double[,] a, int n, int rows = -1)
    {
        var factor = new Cholesky(n);
        Fill(factor, a, n);
        Assert.True(factor.Extend(rows < 0 ? n : rows));
        return factor;
    }

    private static void Fill(Cholesky factor, double[,] a, int n)
    {
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                factor.Row(i)[j] = a[i, j];
            }
        }
    }

    /// <summary>B Bᵀ + 1/2 of random B.</summary>
    private static double[,] Matrix(int n, ulong seed)
    {
        var random = new RandomStream(seed);
        var (b, a) = (new double[n, n], new double[n, n]);
        for (var i = 0; i < n * n; i++)
        {
            b[i / n, i % n] = random.NextGaussian() / Math.Sqrt(n);
        }

        for (var i = 0; i < n * n; i++)
        {
            a[i / n, i % n] = (i / n == i % n ? 0.5 : 0) + Enumerable.Range(0, n).Sum(k => b[i / n, k] * b[i % n, k]);
        }

        return a;
    }

    private static double[,] Naive(double[,] a)
    {
        var n = a.GetLength(0);
        var l = new double[n, n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var s = a[i, j] - Enumerable.Range(0, j).Sum(k => l[i, k] * l[j, k]);
                l[i, j] = i == j ? Math.Sqrt(s) : s / l[j, j];
            }
        }

        return l;
    }
}
