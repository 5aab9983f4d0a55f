namespace Tuning.Search.Numerics;

/// <summary>
/// The factor L of a positive definite matrix A = L Lᵀ, rows in an array of a fixed stride. Grows by rows: a factor that grew and one made
/// at once have the same bits. Not safe for concurrent use.
/// </summary>
/// <remarks>Blocks of eight columns; within a row, an element is its tile product (see <see cref="Tile"/>) followed by at most seven scalar steps.</remarks>
internal sealed unsafe class Cholesky
{
    private const int RowsAtOnce = 32;

    /// <summary>Room for <paramref name="capacity"/> rows.</summary>
    public Cholesky(int capacity)
    {
        Stride = Vector512Math.Padded(Math.Max(capacity, 1));
        Elements = GC.AllocateArray<double>(Stride * Stride, pinned: true);
    }

    /// <summary>Elements from one row to the next: the capacity, a multiple of eight.</summary>
    public int Stride { get; }

    /// <summary>Rows that are factored.</summary>
    public int Count { get; private set; }

    /// <summary>The factor; right of the diagonal anything.</summary>
    public double[] Elements { get; }

    /// <summary>A row to write the matrix into, up to and with the diagonal, before <see cref="Extend"/>.</summary>
    public Span<double> Row(int row) => Elements.AsSpan(row * Stride, Stride);

    /// <summary>Forgets rows from <paramref name="count"/> on.</summary>
    public void Truncate(int count) => Count = Math.Min(Count, count);

    /// <summary>Takes rows back that <see cref="Truncate"/> left out; they were factored and are still there.</summary>
    public void Restore(int count) => Count = count;

    /// <summary>
    /// Factors rows up to <paramref name="count"/>, which hold the matrix, in place. False, with the rows undefined, when the matrix is not positive definite.
    /// </summary>
    public bool Extend(int count)
    {
        fixed (double* l = Elements)
        {
            var first = Count;
            var block = stackalloc double[64];
            for (var row = first; row < count && row % Vector512Math.Lanes != 0; row++)
            {
                if (!FactorRow(l, row))
                {
                    return false;
                }

                first = row + 1;
            }

            var whole = count - (count % Vector512Math.Lanes);
            for (var i = first; i < whole; i += RowsAtOnce)
            {
                if (!FactorRows(l, i, Math.Min(i + RowsAtOnce, whole), block))
                {
                    return false;
                }
            }

            for (var row = Math.Max(first, whole); row < count; row++)
            {
                if (!FactorRow(l, row))
                {
                    return false;
                }
            }
        }

        Count = count;
        return true;
    }

    /// <summary>ln det A.</summary>
    public double LogDeterminant()
    {
        var sum = 0.0;
        for (var i = 0; i < Count; i++)
        {
            sum += Math.Log(Elements[(i * Stride) + i]);
        }

        return 2 * sum;
    }

    /// <summary>x = L⁻¹ x, for the rows from <paramref name="from"/> on; those before are solved already. x has room for a multiple of eight.</summary>
    public void SolveLower(Span<double> x, int from = 0)
    {
        fixed (double* l = Elements, v = x)
        {
            for (var i = from; i < Count; i++)
            {
                var row = l + ((nint)i * Stride);
                var whole = i - (i % Vector512Math.Lanes);
                var s = v[i] - Tile.Dot(row, v, 0, whole);
                for (var k = whole; k < i; k++)
                {
                    s -= row[k] * v[k];
                }

                v[i] = s / row[i];
            }
        }
    }

    /// <summary>x = L⁻ᵀ x.</summary>
    [MethodImpl(AggressiveOptimization)]
    public void SolveUpper(Span<double> x)
    {
        for (var i = Count - 1; i >= 0; i--)
        {
            var value = x[i] / Elements[(i * Stride) + i];
            x[i] = value;
            var row = Elements.AsSpan(i * Stride, i);
            for (var k = 0; k < row.Length; k++)
            {
                x[k] -= value * row[k];
            }
        }
    }

    private bool FactorRows(double* l, int begin, int end, double* block)
    {
        nint stride = Stride;
        for (var j = 0; j < end; j += Vector512Math.Lanes)
        {
            for (var i = Math.Max(j, begin); i < end; i += Vector512Math.Lanes)
            {
                Tile.Dot8x8(l + (i * stride), stride, l + (j * stride), stride, 0, j, block);
                for (var r = 0; r < Vector512Math.Lanes; r++)
                {
                    if (!FinishRow(l, i + r, j, Math.Min(j + Vector512Math.Lanes, i + r + 1), block + (r * Vector512Math.Lanes)))
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }

    private bool FactorRow(double* l, int row)
    {
        nint stride = Stride;
        var products = stackalloc double[Vector512Math.Lanes];
        for (var j = 0; j <= row; j += Vector512Math.Lanes)
        {
            var end = Math.Min(j + Vector512Math.Lanes, row + 1);
            for (var c = j; c < end; c++)
            {
                products[c - j] = Tile.Dot(l + (row * stride), l + (c * stride), 0, j);
            }

            if (!FinishRow(l, row, j, end, products))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The elements [from, to) of a row, given their products over the columns before <paramref name="from"/>.</summary>
    private bool FinishRow(double* l, int row, int from, int to, double* products)
    {
        var own = l + ((nint)row * Stride);
        for (var j = from; j < to; j++)
        {
            var other = l + ((nint)j * Stride);
            var s = own[j] - products[j - from];
            for (var k = from; k < j; k++)
            {
                s -= own[k] * other[k];
            }

            if (j == row)
            {
                if (!(s > 0) || !double.IsFinite(s))
                {
                    return false;
                }

                own[j] = Math.Sqrt(s);
            }
            else
            {
                own[j] = s / other[j];
            }
        }

        return true;
    }
}
