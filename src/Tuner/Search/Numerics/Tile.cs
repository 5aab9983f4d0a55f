using System.Runtime.Intrinsics;
using static Tuning.Search.Numerics.Vector512Math;
using Vector = System.Runtime.Intrinsics.Vector512<double>;

namespace Tuning.Search.Numerics;

/// <summary>
/// Inner products of rows: all that the factorisation and its inverse consist of. One product is one chain of eight-lane
/// multiply-adds in the order of the index, whatever tile it falls into, so a row appended later gets the same bits.
/// </summary>
internal static unsafe class Tile
{
    /// <summary>result[4 r + c] = Σ a[r, k] · b[c, k] over k in [from, to), both multiples of eight.</summary>
    [MethodImpl(AggressiveOptimization)]
    public static void Dot4x4(double* a, nint aRow, double* b, nint bRow, int from, int to, double* result)
    {
        Vector c00 = Vector.Zero, c01 = Vector.Zero, c02 = Vector.Zero, c03 = Vector.Zero;
        Vector c10 = Vector.Zero, c11 = Vector.Zero, c12 = Vector.Zero, c13 = Vector.Zero;
        Vector c20 = Vector.Zero, c21 = Vector.Zero, c22 = Vector.Zero, c23 = Vector.Zero;
        Vector c30 = Vector.Zero, c31 = Vector.Zero, c32 = Vector.Zero, c33 = Vector.Zero;
        double* a1 = a + aRow, a2 = a + (2 * aRow), a3 = a + (3 * aRow), b1 = b + bRow, b2 = b + (2 * bRow), b3 = b + (3 * bRow);
        for (nint k = from; k < to; k += Lanes)
        {
            var (y0, y1, y2, y3) = (Vector512.Load(b + k), Vector512.Load(b1 + k), Vector512.Load(b2 + k), Vector512.Load(b3 + k));
            var x = Vector512.Load(a + k);
            (c00, c01, c02, c03) = (Fma(x, y0, c00), Fma(x, y1, c01), Fma(x, y2, c02), Fma(x, y3, c03));
            x = Vector512.Load(a1 + k);
            (c10, c11, c12, c13) = (Fma(x, y0, c10), Fma(x, y1, c11), Fma(x, y2, c12), Fma(x, y3, c13));
            x = Vector512.Load(a2 + k);
            (c20, c21, c22, c23) = (Fma(x, y0, c20), Fma(x, y1, c21), Fma(x, y2, c22), Fma(x, y3, c23));
            x = Vector512.Load(a3 + k);
            (c30, c31, c32, c33) = (Fma(x, y0, c30), Fma(x, y1, c31), Fma(x, y2, c32), Fma(x, y3, c33));
        }

        (result[0], result[1], result[2], result[3]) = (Sum(c00), Sum(c01), Sum(c02), Sum(c03));
        (result[4], result[5], result[6], result[7]) = (Sum(c10), Sum(c11), Sum(c12), Sum(c13));
        (result[8], result[9], result[10], result[11]) = (Sum(c20), Sum(c21), Sum(c22), Sum(c23));
        (result[12], result[13], result[14], result[15]) = (Sum(c30), Sum(c31), Sum(c32), Sum(c33));
    }

    /// <summary>Σ a[k] · b[k] over k in [from, to), both multiples of eight: one element of a tile.</summary>
    [MethodImpl(AggressiveOptimization)]
    public static double Dot(double* a, double* b, int from, int to)
    {
        var sum = Vector.Zero;
        for (nint k = from; k < to; k += Lanes)
        {
            sum = Fma(Vector512.Load(a + k), Vector512.Load(b + k), sum);
        }

        return Sum(sum);
    }

    /// <summary>An eight by eight block of products, row-major into 64 doubles: result[8 r + c] = Σ a[r, k] · b[c, k].</summary>
    public static void Dot8x8(double* a, nint aRow, double* b, nint bRow, int from, int to, double* result)
    {
        var tile = stackalloc double[16];
        for (var r = 0; r < Lanes; r += 4)
        {
            for (var c = 0; c < Lanes; c += 4)
            {
                Dot4x4(a + (r * aRow), aRow, b + (c * bRow), bRow, from, to, tile);
                for (var i = 0; i < 4; i++)
                {
                    var row = result + ((r + i) * Lanes) + c;
                    (row[0], row[1], row[2], row[3]) = (tile[4 * i], tile[(4 * i) + 1], tile[(4 * i) + 2], tile[(4 * i) + 3]);
                }
            }
        }
    }
}
