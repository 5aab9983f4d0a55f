using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Vector = System.Runtime.Intrinsics.Vector512<float>;

namespace Tuning.Numerics;

/// <summary>
/// <see cref="Gemm"/> with the hyperbolic tangent, or its derivative, applied to a tile while it is in registers: what comes out is the same to
/// the last bit as the product followed by <see cref="Activation"/>, and the division of one tile runs beside the multiply-adds of the next.
/// </summary>
/// <remarks>Tiles are four rows by four vectors; what is left over goes the long way.</remarks>
internal static unsafe class TanhGemm
{
    private const int TileRows = 4;
    private const int TileColumns = 64;

    /// <summary>C[i, j] = tanh(start[j] + Σₚ A[i, p] · B[p, j]).</summary>
    /// <param name="a">The left factor, [rows, inner].</param>
    /// <param name="aRow">Stride of its rows.</param>
    /// <param name="b">The right factor, rows contiguous and 64-byte aligned.</param>
    /// <param name="bRow">Stride of its rows, a multiple of 16.</param>
    /// <param name="c">The result, rows contiguous and 64-byte aligned; <paramref name="columns"/> is also their stride.</param>
    /// <param name="rows">Number of rows i.</param>
    /// <param name="inner">Number of terms p.</param>
    /// <param name="columns">Number of columns j, a multiple of 16.</param>
    /// <param name="start">What each row starts from.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(float* a, nint aRow, float* b, nint bRow, float* c, int rows, int inner, int columns, float* start)
    {
        var whole = Vector512.IsHardwareAccelerated && columns % TileColumns == 0 ? rows - (rows % TileRows) : 0;
        for (var j = 0; j < columns && whole > 0; j += TileColumns)
        {
            ForwardTiles(a, aRow, b + j, bRow, c + j, columns, whole, inner, start + j);
        }

        if (whole < rows)
        {
            var rest = c + ((nint)whole * columns);
            Gemm.Multiply(a + (whole * aRow), aRow, 1, b, bRow, rest, columns, rows - whole, inner, columns, start);
            Activation.Apply(ActivationKind.Tanh, rest, rest, (rows - whole) * columns);
        }
    }

    /// <summary>C[i, j] = (1 − y[i, j]²) · Σₚ A[i·aRow + p·aStep] · B[p, j], and the sum of each column of the result.</summary>
    /// <param name="a">The left factor, addressed by two strides, so that it may be transposed.</param>
    /// <param name="aRow">Stride of its row index i.</param>
    /// <param name="aStep">Stride of its inner index p.</param>
    /// <param name="b">The right factor, rows contiguous and 64-byte aligned.</param>
    /// <param name="bRow">Stride of its rows, a multiple of 16.</param>
    /// <param name="y">The tangents, laid out as <paramref name="c"/>.</param>
    /// <param name="c">The result, rows contiguous and 64-byte aligned; <paramref name="columns"/> is also their stride.</param>
    /// <param name="rows">Number of rows i.</param>
    /// <param name="inner">Number of terms p.</param>
    /// <param name="columns">Number of columns j, a multiple of 16.</param>
    /// <param name="sums">Receives the sum of each column, row after row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(float* a, nint aRow, nint aStep, float* b, nint bRow, float* y, float* c, int rows, int inner, int columns, float* sums)
    {
        if (!Vector512.IsHardwareAccelerated || columns % TileColumns != 0 || rows % TileRows != 0)
        {
            Gemm.Multiply(a, aRow, aStep, b, bRow, c, columns, rows, inner, columns, null);
            Activation.Backward(ActivationKind.Tanh, y, y, c, rows, columns, sums);
            return;
        }

        for (var j = 0; j < columns; j += TileColumns)
        {
            BackwardTiles(a, aRow, aStep, b + j, bRow, y + j, c + j, columns, rows, inner, sums + j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ForwardTiles(float* a, nint aRow, float* b, nint bRow, float* c, nint cRow, int rows, int inner, float* start)
    {
        for (; rows > 0; rows -= TileRows)
        {
            Vector c00 = Vector512.Load(start), c01 = Vector512.Load(start + 16), c02 = Vector512.Load(start + 32), c03 = Vector512.Load(start + 48);
            Vector c10 = c00, c20 = c00, c30 = c00, c11 = c01, c21 = c01, c31 = c01, c12 = c02, c22 = c02, c32 = c02, c13 = c03, c23 = c03, c33 = c03;
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
                pa++;
                pb += bRow;
            }

            StoreTanh(c, c00, c01, c02, c03);
            StoreTanh(c + cRow, c10, c11, c12, c13);
            StoreTanh(c + (2 * cRow), c20, c21, c22, c23);
            StoreTanh(c + (3 * cRow), c30, c31, c32, c33);
            a += TileRows * aRow;
            c += TileRows * cRow;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BackwardTiles(float* a, nint aRow, nint aStep, float* b, nint bRow, float* y, float* c, nint cRow, int rows, int inner, float* sums)
    {
        Vector s0 = Vector.Zero, s1 = s0, s2 = s0, s3 = s0;
        for (; rows > 0; rows -= TileRows)
        {
            Vector c00 = Vector.Zero, c01 = c00, c02 = c00, c03 = c00, c10 = c00, c11 = c00, c12 = c00, c13 = c00;
            Vector c20 = c00, c21 = c00, c22 = c00, c23 = c00, c30 = c00, c31 = c00, c32 = c00, c33 = c00;
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

            (s0, s1, s2, s3) = StoreSlope(y, c, c00, c01, c02, c03, s0, s1, s2, s3);
            (s0, s1, s2, s3) = StoreSlope(y + cRow, c + cRow, c10, c11, c12, c13, s0, s1, s2, s3);
            (s0, s1, s2, s3) = StoreSlope(y + (2 * cRow), c + (2 * cRow), c20, c21, c22, c23, s0, s1, s2, s3);
            (s0, s1, s2, s3) = StoreSlope(y + (3 * cRow), c + (3 * cRow), c30, c31, c32, c33, s0, s1, s2, s3);
            a += TileRows * aRow;
            y += TileRows * cRow;
            c += TileRows * cRow;
        }

        s0.Store(sums);
        s1.Store(sums + 16);
        s2.Store(sums + 32);
        s3.Store(sums + 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector Fma(Vector a, Vector b, Vector c) => Vector512.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreTanh(float* c, Vector v0, Vector v1, Vector v2, Vector v3)
    {
        VectorMath.Tanh(v0).Store(c);
        VectorMath.Tanh(v1).Store(c + 16);
        VectorMath.Tanh(v2).Store(c + 32);
        VectorMath.Tanh(v3).Store(c + 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector S0, Vector S1, Vector S2, Vector S3) StoreSlope(float* y, float* c, Vector g0, Vector g1, Vector g2, Vector g3, Vector s0, Vector s1, Vector s2, Vector s3)
    {
        var (y0, y1, y2, y3) = (Vector512.Load(y), Vector512.Load(y + 16), Vector512.Load(y + 32), Vector512.Load(y + 48));
        (g0, g1, g2, g3) = (Fma(-(y0 * y0), g0, g0), Fma(-(y1 * y1), g1, g1), Fma(-(y2 * y2), g2, g2), Fma(-(y3 * y3), g3, g3));
        g0.Store(c);
        g1.Store(c + 16);
        g2.Store(c + 32);
        g3.Store(c + 48);
        return (s0 + g0, s1 + g1, s2 + g2, s3 + g3);
    }
}
