using System.Runtime.Intrinsics;
using static Tuning.Search.Numerics.Vector512Math;
using Vector = System.Runtime.Intrinsics.Vector512<double>;

namespace Tuning.Search.Numerics;

/// <summary>
/// Triangular solves for eight right-hand sides at once, one per lane: element i of all eight is one vector. Each element of the factor is read
/// once for all of them, so that the work and not the memory is the limit.
/// </summary>
internal static unsafe class BatchSolve
{
    /// <summary>x = L⁻¹ x for x of [rows, 8].</summary>
    [MethodImpl(AggressiveOptimization)]
    public static void Lower(Cholesky factor, Span<double> x)
    {
        nint stride = factor.Stride;
        var count = factor.Count;
        fixed (double* l = factor.Elements, v = x)
        {
            var i = 0;
            for (; i + 4 <= count; i += 4)
            {
                double* r0 = l + (i * stride), r1 = r0 + stride, r2 = r1 + stride, r3 = r2 + stride, p = v + (i * Lanes), q = v;
                Vector s0 = Vector512.Load(p), s1 = Vector512.Load(p + 8), s2 = Vector512.Load(p + 16), s3 = Vector512.Load(p + 24);
                Vector t0 = Vector.Zero, t1 = Vector.Zero, t2 = Vector.Zero, t3 = Vector.Zero;
                for (nint k = 0; k < i; k += 2, q += 16)
                {
                    var y = Vector512.Load(q);
                    (s0, s1, s2, s3) = (Minus(r0[k], y, s0), Minus(r1[k], y, s1), Minus(r2[k], y, s2), Minus(r3[k], y, s3));
                    y = Vector512.Load(q + 8);
                    (t0, t1, t2, t3) = (Minus(r0[k + 1], y, t0), Minus(r1[k + 1], y, t1), Minus(r2[k + 1], y, t2), Minus(r3[k + 1], y, t3));
                }

                var x0 = (s0 + t0) / Vector512.Create(r0[i]);
                var x1 = Minus(r1[i], x0, s1 + t1) / Vector512.Create(r1[i + 1]);
                var x2 = Minus(r2[i + 1], x1, Minus(r2[i], x0, s2 + t2)) / Vector512.Create(r2[i + 2]);
                var x3 = Minus(r3[i + 2], x2, Minus(r3[i + 1], x1, Minus(r3[i], x0, s3 + t3))) / Vector512.Create(r3[i + 3]);
                x0.Store(p);
                x1.Store(p + 8);
                x2.Store(p + 16);
                x3.Store(p + 24);
            }

            for (; i < count; i++)
            {
                var row = l + (i * stride);
                var s = Vector512.Load(v + (i * Lanes));
                for (nint k = 0; k < i; k++)
                {
                    s = Minus(row[k], Vector512.Load(v + (k * Lanes)), s);
                }

                (s / Vector512.Create(row[i])).Store(v + (i * Lanes));
            }
        }
    }

    /// <summary>x = L⁻ᵀ x for x of [rows, 8].</summary>
    [MethodImpl(AggressiveOptimization)]
    public static void Upper(Cholesky factor, Span<double> x)
    {
        nint stride = factor.Stride;
        var i = factor.Count;
        fixed (double* l = factor.Elements, v = x)
        {
            for (; i >= 4; i -= 4)
            {
                double* r3 = l + ((i - 1) * stride), r2 = r3 - stride, r1 = r2 - stride, r0 = r1 - stride, p = v + ((i - 4) * Lanes), q = v;
                var x3 = Vector512.Load(p + 24) / Vector512.Create(r3[i - 1]);
                var x2 = Minus(r3[i - 2], x3, Vector512.Load(p + 16)) / Vector512.Create(r2[i - 2]);
                var x1 = Minus(r2[i - 3], x2, Minus(r3[i - 3], x3, Vector512.Load(p + 8))) / Vector512.Create(r1[i - 3]);
                var x0 = Minus(r1[i - 4], x1, Minus(r2[i - 4], x2, Minus(r3[i - 4], x3, Vector512.Load(p)))) / Vector512.Create(r0[i - 4]);
                x0.Store(p);
                x1.Store(p + 8);
                x2.Store(p + 16);
                x3.Store(p + 24);
                for (nint k = 0; k < i - 4; k++, q += Lanes)
                {
                    Minus(r0[k], x0, Minus(r1[k], x1, Minus(r2[k], x2, Minus(r3[k], x3, Vector512.Load(q))))).Store(q);
                }
            }

            for (i--; i >= 0; i--)
            {
                var row = l + (i * stride);
                var value = Vector512.Load(v + (i * Lanes)) / Vector512.Create(row[i]);
                value.Store(v + (i * Lanes));
                for (nint k = 0; k < i; k++)
                {
                    Minus(row[k], value, Vector512.Load(v + (k * Lanes))).Store(v + (k * Lanes));
                }
            }
        }
    }

    [MethodImpl(AggressiveInlining)]
    private static Vector Minus(double a, Vector x, Vector c) => Fma(Vector512.Create(-a), x, c);
}
