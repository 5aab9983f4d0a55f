using System.Diagnostics;
using Vector = System.Runtime.Intrinsics.Vector512<float>;

namespace Tuning.Numerics;

/// <summary>
/// Products of small matrices. One element of the result is one chain of fused multiply-adds in the order of the inner index, whatever
/// the tile it falls into: the result does not depend on vector width, position or the number of rows.
/// </summary>
/// <remarks>
/// A tile keeps 16 accumulators of 512 bits in registers: enough to hide the latency of the multiply-add, few enough loads for it to be
/// the only limit. Without 512-bit registers a tile of four halves each. These methods are compiled optimised at once: the first second of a
/// training run would otherwise be spent in unoptimised code. A hyperbolic tangent, or its slope, is applied to a tile while it is in registers: the division
/// of one tile runs beside the multiply-adds of the next, and the result is the same to the last bit as that of the product followed by
/// <see cref="Activations"/>.
/// </remarks>
internal static unsafe class Gemm
{
    private const int TileColumns = 64;

    /// <summary>C[i, j] = start[j] + Σₚ A[i·aRow + p·aStep] · B[p·bRow + j].</summary>
    /// <param name="a">The left factor, addressed by two strides, so that it may be transposed.</param>
    /// <param name="aRow">Stride of its row index i.</param>
    /// <param name="aStep">Stride of its inner index p.</param>
    /// <param name="b">The right factor, rows contiguous and 64-byte aligned.</param>
    /// <param name="bRow">Stride of its inner index p, a multiple of 16.</param>
    /// <param name="c">The result, rows contiguous and 64-byte aligned.</param>
    /// <param name="cRow">Stride of its row index i, a multiple of 16.</param>
    /// <param name="rows">Number of rows i.</param>
    /// <param name="inner">Number of terms p.</param>
    /// <param name="columns">Number of columns j, a multiple of 16.</param>
    /// <param name="start">What each row starts from; none for zero.</param>
    [MethodImpl(AggressiveOptimization)]
    public static void Multiply(Floats a, nint aRow, nint aStep, Floats b, nint bRow, Floats c, nint cRow, int rows, int inner, int columns,
        Floats start = default)
    {
        float* left = a.Room(rows, aRow, inner, aStep), right = b.Room(inner, bRow, columns), result = c.Room(rows, cRow, columns);
        var first = start.IsNone ? null : start.Room(columns);
        Debug.Assert(columns % 16 == 0 && bRow % 16 == 0 && cRow % 16 == 0, "Rows are padded to whole vectors.");
        var j = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; j <= columns - TileColumns; j += TileColumns)
            {
                Columns64<Plain>(left, aRow, aStep, right + j, bRow, result + j, cRow, rows, inner, first is null ? null : first + j, null, null);
            }

            for (; j <= columns - 32; j += 32)
            {
                Columns32(left, aRow, aStep, right + j, bRow, result + j, cRow, rows, inner, first is null ? null : first + j);
            }
        }

        for (; j < columns; j += 16)
        {
            Columns16(left, aRow, aStep, right + j, bRow, result + j, cRow, rows, inner, first is null ? null : first + j);
        }
    }

    /// <summary>C[i, j] = tanh(start[j] + Σₚ A[i, p] · B[p, j]), where <paramref name="columns"/> is also the stride of C.</summary>
    /// <inheritdoc cref="Multiply"/>
    [MethodImpl(AggressiveOptimization)]
    public static void Tanh(Floats a, nint aRow, Floats b, nint bRow, Floats c, int rows, int inner, int columns, Floats start)
    {
        if (!Vector512.IsHardwareAccelerated || columns % TileColumns != 0)
        {
            Multiply(a, aRow, 1, b, bRow, c, columns, rows, inner, columns, start);
            Activations.Apply(Activation.Tanh, c, c, rows * columns);
            return;
        }

        float* left = a.Room(rows, aRow, inner), right = b.Room(inner, bRow, columns), result = c.Room(rows, columns, columns), first = start.Room(columns);
        for (var j = 0; j < columns; j += TileColumns)
        {
            Columns64<Tangent>(left, aRow, 1, right + j, bRow, result + j, columns, rows, inner, first + j, null, null);
        }
    }

    /// <summary>C[i, j] = (1 − y[i, j]²) · Σₚ A[i·aRow + p·aStep] · B[p, j], and the sum of each column of the result, row after row. The tangents y are laid
    /// out as C, whose stride is <paramref name="columns"/>.</summary>
    /// <inheritdoc cref="Multiply"/>
    [MethodImpl(AggressiveOptimization)]
    public static void TanhSlope(Floats a, nint aRow, nint aStep, Floats b, nint bRow, Floats y, Floats c, int rows, int inner, int columns, Floats sums)
    {
        float* left = a.Room(rows, aRow, inner, aStep), right = b.Room(inner, bRow, columns), result = c.Room(rows, columns, columns);
        float* tangents = y.Room(rows, columns, columns), totals = sums.Room(columns);
        if (!Vector512.IsHardwareAccelerated || columns % TileColumns != 0)
        {
            Multiply(a, aRow, aStep, b, bRow, c, columns, rows, inner, columns);
            Activations.Backward(Activation.Tanh, y, y, c, rows, columns, sums);
            return;
        }

        for (var j = 0; j < columns; j += TileColumns)
        {
            Columns64<Slope>(left, aRow, aStep, right + j, bRow, result + j, columns, rows, inner, null, tangents + j, totals + j);
        }
    }

    [MethodImpl(AggressiveOptimization)]
    private static void Columns64<TTile>(float* a, nint aRow, nint aStep, float* b, nint bRow, float* c, nint cRow, int rows, int inner, float* start, float* y,
        float* sums)
        where TTile : struct, ITile
    {
        var (s0, s1, s2, s3) = start is null
            ? (Vector.Zero, Vector.Zero, Vector.Zero, Vector.Zero)
            : (Vector512.Load(start), Vector512.Load(start + 16), Vector512.Load(start + 32), Vector512.Load(start + 48));
        var total = (Vector.Zero, Vector.Zero, Vector.Zero, Vector.Zero);
        for (; rows >= 4; rows -= 4)
        {
            Vector c00 = s0, c10 = s0, c20 = s0, c30 = s0, c01 = s1, c11 = s1, c21 = s1, c31 = s1;
            Vector c02 = s2, c12 = s2, c22 = s2, c32 = s2, c03 = s3, c13 = s3, c23 = s3, c33 = s3;
            float* pa = a, pb = b;
            for (var p = inner; p > 0; p--)
            {
                var (b0, b1, b2, b3) = (Vector512.Load(pb), Vector512.Load(pb + 16), Vector512.Load(pb + 32), Vector512.Load(pb + 48));
                var x = Vector512.Create(pa[0]);
                (c00, c01, c02, c03) = (Fma(x, b0, c00), Fma(x, b1, c01), Fma(x, b2, c02), Fma(x, b3, c03));
                x = Vector512.Create(pa[aRow]);
                (c10, c11, c12, c13) = (Fma(x, b0, c10), Fma(x, b1, c11), Fma(x, b2, c12), Fma(x, b3, c13));
                x = Vector512.Create(pa[2 * aRow]);
                (c20, c21, c22, c23) = (Fma(x, b0, c20), Fma(x, b1, c21), Fma(x, b2, c22), Fma(x, b3, c23));
                x = Vector512.Create(pa[3 * aRow]);
                (c30, c31, c32, c33) = (Fma(x, b0, c30), Fma(x, b1, c31), Fma(x, b2, c32), Fma(x, b3, c33));
                pa += aStep;
                pb += bRow;
            }

            total = TTile.Store(y, c, (c00, c01, c02, c03), total);
            total = TTile.Store(y + cRow, c + cRow, (c10, c11, c12, c13), total);
            total = TTile.Store(y + (2 * cRow), c + (2 * cRow), (c20, c21, c22, c23), total);
            total = TTile.Store(y + (3 * cRow), c + (3 * cRow), (c30, c31, c32, c33), total);
            a += 4 * aRow;
            c += 4 * cRow;
            y += 4 * cRow;
        }

        for (; rows > 0; rows--)
        {
            var (c0, c1, c2, c3) = (s0, s1, s2, s3);
            float* pa = a, pb = b;
            for (var p = inner; p > 0; p--)
            {
                var x = Vector512.Create(pa[0]);
                c0 = Fma(x, Vector512.Load(pb), c0);
                c1 = Fma(x, Vector512.Load(pb + 16), c1);
                c2 = Fma(x, Vector512.Load(pb + 32), c2);
                c3 = Fma(x, Vector512.Load(pb + 48), c3);
                pa += aStep;
                pb += bRow;
            }

            total = TTile.Store(y, c, (c0, c1, c2, c3), total);
            a += aRow;
            c += cRow;
            y += cRow;
        }

        if (sums is not null)
        {
            Plain.Store(null, sums, total, total);
        }
    }

    [MethodImpl(AggressiveOptimization)]
    private static void Columns32(float* a, nint aRow, nint aStep, float* b, nint bRow, float* c, nint cRow, int rows, int inner, float* start)
    {
        var (s0, s1) = start is null ? (Vector.Zero, Vector.Zero) : (Vector512.Load(start), Vector512.Load(start + 16));
        for (; rows >= 8; rows -= 8)
        {
            Vector c00 = s0, c10 = s0, c20 = s0, c30 = s0, c40 = s0, c50 = s0, c60 = s0, c70 = s0;
            Vector c01 = s1, c11 = s1, c21 = s1, c31 = s1, c41 = s1, c51 = s1, c61 = s1, c71 = s1;
            float* pa = a, pa4 = a + (4 * aRow), pb = b;
            for (var p = inner; p > 0; p--)
            {
                var (b0, b1) = (Vector512.Load(pb), Vector512.Load(pb + 16));
                var x = Vector512.Create(pa[0]);
                (c00, c01) = (Fma(x, b0, c00), Fma(x, b1, c01));
                x = Vector512.Create(pa[aRow]);
                (c10, c11) = (Fma(x, b0, c10), Fma(x, b1, c11));
                x = Vector512.Create(pa[2 * aRow]);
                (c20, c21) = (Fma(x, b0, c20), Fma(x, b1, c21));
                x = Vector512.Create(pa[3 * aRow]);
                (c30, c31) = (Fma(x, b0, c30), Fma(x, b1, c31));
                x = Vector512.Create(pa4[0]);
                (c40, c41) = (Fma(x, b0, c40), Fma(x, b1, c41));
                x = Vector512.Create(pa4[aRow]);
                (c50, c51) = (Fma(x, b0, c50), Fma(x, b1, c51));
                x = Vector512.Create(pa4[2 * aRow]);
                (c60, c61) = (Fma(x, b0, c60), Fma(x, b1, c61));
                x = Vector512.Create(pa4[3 * aRow]);
                (c70, c71) = (Fma(x, b0, c70), Fma(x, b1, c71));
                pa += aStep;
                pa4 += aStep;
                pb += bRow;
            }

            Store2(c, c00, c01);
            Store2(c + cRow, c10, c11);
            Store2(c + (2 * cRow), c20, c21);
            Store2(c + (3 * cRow), c30, c31);
            Store2(c + (4 * cRow), c40, c41);
            Store2(c + (5 * cRow), c50, c51);
            Store2(c + (6 * cRow), c60, c61);
            Store2(c + (7 * cRow), c70, c71);
            a += 8 * aRow;
            c += 8 * cRow;
        }

        if (rows > 0)
        {
            Columns16(a, aRow, aStep, b, bRow, c, cRow, rows, inner, start);
            Columns16(a, aRow, aStep, b + 16, bRow, c + 16, cRow, rows, inner, start is null ? null : start + 16);
        }
    }

    [MethodImpl(AggressiveOptimization)]
    private static void Columns16(float* a, nint aRow, nint aStep, float* b, nint bRow, float* c, nint cRow, int rows, int inner, float* start)
    {
        var s = start is null ? Vector.Zero : Vector512.Load(start);
        for (; rows >= 4; rows -= 4)
        {
            Vector c0 = s, c1 = s, c2 = s, c3 = s;
            float* pa = a, pb = b;
            for (var p = inner; p > 0; p--)
            {
                var x = Vector512.Load(pb);
                c0 = Fma(Vector512.Create(pa[0]), x, c0);
                c1 = Fma(Vector512.Create(pa[aRow]), x, c1);
                c2 = Fma(Vector512.Create(pa[2 * aRow]), x, c2);
                c3 = Fma(Vector512.Create(pa[3 * aRow]), x, c3);
                pa += aStep;
                pb += bRow;
            }

            c0.Store(c);
            c1.Store(c + cRow);
            c2.Store(c + (2 * cRow));
            c3.Store(c + (3 * cRow));
            a += 4 * aRow;
            c += 4 * cRow;
        }

        for (; rows > 0; rows--)
        {
            var c0 = s;
            float* pa = a, pb = b;
            for (var p = inner; p > 0; p--)
            {
                c0 = Fma(Vector512.Create(pa[0]), Vector512.Load(pb), c0);
                pa += aStep;
                pb += bRow;
            }

            c0.Store(c);
            a += aRow;
            c += cRow;
        }
    }

    [MethodImpl(AggressiveInlining)]
    private static Vector Fma(Vector a, Vector b, Vector c) => Vector512.FusedMultiplyAdd(a, b, c);

    [MethodImpl(AggressiveInlining)]
    private static void Store2(float* c, Vector v0, Vector v1)
    {
        v0.Store(c);
        v1.Store(c + 16);
    }

    /// <summary>What becomes of four vectors of a row.</summary>
    private interface ITile
    {
        /// <summary>Writes them, and adds to the sums of columns where those are wanted.</summary>
        static abstract (Vector V0, Vector V1, Vector V2, Vector V3) Store(float* y, float* c, (Vector V0, Vector V1, Vector V2, Vector V3) v,
            (Vector V0, Vector V1, Vector V2, Vector V3) sums);
    }

    private readonly struct Plain : ITile
    {
        [MethodImpl(AggressiveInlining)]
        public static (Vector V0, Vector V1, Vector V2, Vector V3) Store(float* y, float* c, (Vector V0, Vector V1, Vector V2, Vector V3) v,
            (Vector V0, Vector V1, Vector V2, Vector V3) sums)
        {
            Store2(c, v.V0, v.V1);
            Store2(c + 32, v.V2, v.V3);
            return sums;
        }
    }

    private readonly struct Tangent : ITile
    {
        [MethodImpl(AggressiveInlining)]
        public static (Vector V0, Vector V1, Vector V2, Vector V3) Store(float* y, float* c, (Vector V0, Vector V1, Vector V2, Vector V3) v,
            (Vector V0, Vector V1, Vector V2, Vector V3) sums)
        {
            Store2(c, VectorMath.Tanh(v.V0), VectorMath.Tanh(v.V1));
            Store2(c + 32, VectorMath.Tanh(v.V2), VectorMath.Tanh(v.V3));
            return sums;
        }
    }

    private readonly struct Slope : ITile
    {
        [MethodImpl(AggressiveInlining)]
        public static (Vector V0, Vector V1, Vector V2, Vector V3) Store(float* y, float* c, (Vector V0, Vector V1, Vector V2, Vector V3) v,
            (Vector V0, Vector V1, Vector V2, Vector V3) sums)
        {
            var (y0, y1, y2, y3) = (Vector512.Load(y), Vector512.Load(y + 16), Vector512.Load(y + 32), Vector512.Load(y + 48));
            var (g0, g1, g2, g3) = (Fma(-(y0 * y0), v.V0, v.V0), Fma(-(y1 * y1), v.V1, v.V1), Fma(-(y2 * y2), v.V2, v.V2), Fma(-(y3 * y3), v.V3, v.V3));
            Store2(c, g0, g1);
            Store2(c + 32, g2, g3);
            return (sums.V0 + g0, sums.V1 + g1, sums.V2 + g2, sums.V3 + g3);
        }
    }
}
