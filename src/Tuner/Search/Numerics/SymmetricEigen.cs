namespace Tuning.Search.Numerics;

/// <summary>
/// Eigenvalues and eigenvectors of a symmetric matrix: Householder's reduction to three diagonals, then QL steps with implicit shifts
/// (Golub and Van Loan, "Matrix Computations", 8.3). Works on rows throughout: an eigenvector is a row.
/// </summary>
internal static class SymmetricEigen
{
    private const int MostSteps = 60;

    /// <summary>Decomposes a matrix.</summary>
    /// <param name="matrix">n rows, each padded with zeros to a multiple of <see cref="Vector512Math.Lanes"/>; destroyed.</param>
    /// <param name="values">Takes the n eigenvalues, in no order.</param>
    /// <param name="vectors">Takes the n eigenvectors as rows, padded likewise.</param>
    /// <returns>Whether it converged; it does unless there is NaN.</returns>
    public static bool Decompose(Span<double> matrix, Span<double> values, Span<double> vectors)
    {
        var (n, stride) = (values.Length, Vector512Math.Padded(values.Length));
        Span<double> beside = stackalloc double[n];
        Reduce(matrix, n, stride, values, beside, vectors);
        return Iterate(n, stride, values, beside, vectors);
    }

    // Row k of the matrix becomes the reflection that empties it; factors say how strong.
    private static void Reduce(Span<double> matrix, int n, int stride, Span<double> diagonal, Span<double> beside, Span<double> vectors)
    {
        Span<double> factors = stackalloc double[n];
        Span<double> p = stackalloc double[stride];
        factors.Clear();
        p.Clear();
        beside.Clear();
        for (var k = 0; k < n - 1; k++)
        {
            var v = matrix.Slice(k * stride, stride);
            diagonal[k] = v[k];
            v[..(k + 1)].Clear();
            var norm = Math.Sqrt(RowMath.Dot(v, v));
            var first = v[k + 1];
            var alpha = first > 0 ? -norm : norm;
            beside[k] = alpha;
            v[k + 1] -= alpha;
            var square = 2 * norm * (norm + Math.Abs(first));
            if (square < 1e-300)
            {
                beside[k] = first;
                v.Clear();
                continue;
            }

            factors[k] = 2 / square;
            Reflect(matrix, n, stride, k, v, factors[k], p);
        }

        diagonal[n - 1] = matrix[((n - 1) * stride) + n - 1];
        Accumulate(matrix, n, stride, factors, vectors);
    }

    [MethodImpl(AggressiveOptimization)]
    private static void Reflect(Span<double> matrix, int n, int stride, int k, ReadOnlySpan<double> v, double factor, Span<double> p)
    {
        p.Clear();
        for (var i = k + 1; i < n; i++)
        {
            p[i] = factor * RowMath.Dot(matrix.Slice(i * stride, stride), v);
        }

        RowMath.Add(-0.5 * factor * RowMath.Dot(p, v), v, p);
        for (var i = k + 1; i < n; i++)
        {
            RowMath.Add(-v[i], p, -p[i], v, matrix.Slice(i * stride, stride));
        }
    }

    // Rows of the product of all reflections, transposed.
    [MethodImpl(AggressiveOptimization)]
    private static void Accumulate(Span<double> matrix, int n, int stride, ReadOnlySpan<double> factors, Span<double> vectors)
    {
        vectors.Clear();
        for (var i = 0; i < n; i++)
        {
            vectors[(i * stride) + i] = 1;
        }

        for (var k = n - 2; k >= 0; k--)
        {
            var v = matrix.Slice(k * stride, stride);
            for (var i = k + 1; i < n && factors[k] != 0; i++)
            {
                var row = vectors.Slice(i * stride, stride);
                RowMath.Add(-factors[k] * RowMath.Dot(row, v), v, row);
            }
        }
    }

    private static bool Iterate(int n, int stride, Span<double> d, Span<double> e, Span<double> vectors)
    {
        for (var l = 0; l < n; l++)
        {
            for (var step = 0; ; step++)
            {
                var m = l;
                while (m < n - 1 && !(Math.Abs(e[m]) <= double.Epsilon + (2.3e-16 * (Math.Abs(d[m]) + Math.Abs(d[m + 1])))))
                {
                    m++;
                }

                if (m == l)
                {
                    break;
                }

                if (step == MostSteps || double.IsNaN(d[l]))
                {
                    return false;
                }

                Shift(l, m, stride, d, e, vectors);
            }
        }

        return true;
    }

    // One QL step on rows l to m with Wilkinson's shift.
    [MethodImpl(AggressiveOptimization)]
    private static void Shift(int l, int m, int stride, Span<double> d, Span<double> e, Span<double> vectors)
    {
        var g = (d[l + 1] - d[l]) / (2 * e[l]);
        var r = double.Hypot(g, 1);
        g = d[m] - d[l] + (e[l] / (g + Math.CopySign(r, g)));
        var (s, c, p) = (1.0, 1.0, 0.0);
        for (var i = m - 1; i >= l; i--)
        {
            var (f, b) = (s * e[i], c * e[i]);
            r = Math.Sqrt((f * f) + (g * g));
            e[i + 1] = r;
            if (r == 0)
            {
                d[i + 1] -= p;
                e[m] = 0;
                return;
            }

            (s, c) = (f / r, g / r);
            g = d[i + 1] - p;
            r = ((d[i] - g) * s) + (2 * c * b);
            p = s * r;
            d[i + 1] = g + p;
            g = (c * r) - b;
            RowMath.Rotate(c, s, vectors.Slice(i * stride, stride), vectors.Slice((i + 1) * stride, stride));
        }

        d[l] -= p;
        e[l] = g;
        e[m] = 0;
    }
}
