namespace Tuning.Search.Numerics;

/// <summary>The inverse of a factored matrix, by the same tiles: A⁻¹ = U Uᵀ with U = L⁻ᵀ. Two thirds of n³ multiply-adds in all.</summary>
internal static unsafe class CholeskyInverse
{
    /// <summary>
    /// U = L⁻ᵀ: row i of it is column i of L⁻¹, zero left of the diagonal.
    /// </summary>
    /// <param name="factor">L.</param>
    /// <param name="u">Receives U in rows of the factor's stride; columns from the count to its multiple of eight become zero.</param>
    public static void Transposed(Cholesky factor, double[] u)
    {
        var (count, stride) = (factor.Count, factor.Stride);
        var padded = Vector512Math.Padded(count);
        fixed (double* l = factor.Elements, target = u)
        {
            var block = stackalloc double[64];
            for (var i = 0; i < padded; i += Vector512Math.Lanes)
            {
                new Span<double>(target + ((nint)i * stride), ((Vector512Math.Lanes - 1) * stride) + padded).Clear();
                for (var j = i; j < padded; j += Vector512Math.Lanes)
                {
                    // Rows of L beyond the count are never finished; what the tile reads of them is not used.
                    Tile.Dot8x8(target + ((nint)i * stride), stride, l + ((nint)j * stride), stride, i, j, block);
                    for (var r = i; r < Math.Min(i + Vector512Math.Lanes, count); r++)
                    {
                        Finish(l, target + ((nint)r * stride), r, j, Math.Min(j + Vector512Math.Lanes, count), stride, block + ((r - i) * Vector512Math.Lanes));
                    }
                }
            }
        }
    }

    /// <summary>The lower triangle, with the diagonal, of A⁻¹ = U Uᵀ; and more right of it, up to whole blocks.</summary>
    public static void Gram(double[] u, double[] inverse, int count, int stride)
    {
        var padded = Vector512Math.Padded(count);
        fixed (double* source = u, target = inverse)
        {
            var block = stackalloc double[64];
            for (var i = 0; i < padded; i += Vector512Math.Lanes)
            {
                for (var j = 0; j <= i; j += Vector512Math.Lanes)
                {
                    Tile.Dot8x8(source + ((nint)i * stride), stride, source + ((nint)j * stride), stride, i, padded, block);
                    for (var r = 0; r < Vector512Math.Lanes; r++)
                    {
                        new ReadOnlySpan<double>(block + (r * Vector512Math.Lanes), Vector512Math.Lanes)
                            .CopyTo(new Span<double>(target + ((nint)(i + r) * stride) + j, Vector512Math.Lanes));
                    }
                }
            }
        }
    }

    private static void Finish(double* l, double* own, int row, int from, int to, int stride, double* products)
    {
        for (var k = Math.Max(from, row); k < to; k++)
        {
            var other = l + ((nint)k * stride);
            var s = (k == row ? 1 : 0) - products[k - from];
            for (var j = Math.Max(from, row); j < k; j++)
            {
                s -= own[j] * other[j];
            }

            own[k] = s / other[k];
        }
    }
}
