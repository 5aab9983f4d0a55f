using System.Runtime.Intrinsics;
using static Tuning.Search.Numerics.Vector512Math;
using Vector = System.Runtime.Intrinsics.Vector512<double>;

namespace Tuning.Search.GaussianProcess;

/// <summary>Sums over rows, for eight points at once.</summary>
internal static unsafe class BatchSums
{
    /// <summary>Σᵢ values[i, lane] · weights[i].</summary>
    [MethodImpl(AggressiveOptimization)]
    public static void Weighted(double* values, double* weights, int count, double* result)
    {
        Vector even = Vector.Zero, odd = Vector.Zero;
        nint i = 0;
        for (; i + 2 <= count; i += 2)
        {
            even = Fma(Vector512.Load(values + (i * Lanes)), Vector512.Create(weights[i]), even);
            odd = Fma(Vector512.Load(values + ((i + 1) * Lanes)), Vector512.Create(weights[i + 1]), odd);
        }

        if (i < count)
        {
            even = Fma(Vector512.Load(values + (i * Lanes)), Vector512.Create(weights[i]), even);
        }

        (even + odd).Store(result);
    }

    /// <summary>Σᵢ values[i, lane]².</summary>
    [MethodImpl(AggressiveOptimization)]
    public static void Squares(double* values, int count, double* result)
    {
        Vector even = Vector.Zero, odd = Vector.Zero;
        nint i = 0;
        for (; i + 2 <= count; i += 2)
        {
            var (v, w) = (Vector512.Load(values + (i * Lanes)), Vector512.Load(values + ((i + 1) * Lanes)));
            (even, odd) = (Fma(v, v, even), Fma(w, w, odd));
        }

        if (i < count)
        {
            var v = Vector512.Load(values + (i * Lanes));
            even = Fma(v, v, even);
        }

        (even + odd).Store(result);
    }

    /// <summary>solved = (Σₛ a[s] solution[s] − 2 b solved) · slopes: what each row adds to a gradient.</summary>
    [MethodImpl(AggressiveOptimization)]
    public static void Coefficients(double* solved, double* slopes, double[][] solutions, double* a, double* b, int count)
    {
        var twice = Vector512.Load(b) * Vector512.Create(-2.0);
        for (nint i = 0; i < count; i++)
        {
            var sum = twice * Vector512.Load(solved + (i * Lanes));
            for (var s = 0; s < solutions.Length; s++)
            {
                sum = Fma(Vector512.Load(a + (s * Lanes)), Vector512.Create(solutions[s][i]), sum);
            }

            (sum * Vector512.Load(slopes + (i * Lanes))).Store(solved + (i * Lanes));
        }
    }
}
