using System.Runtime.Intrinsics;

namespace Tuning.Search.Tpe;

/// <summary>
/// Sums over kernels, eight at a time. The same bits on every machine: always eight lanes, multiplications and additions fused.
/// </summary>
/// <remarks>Spans of kernels have a length that is a multiple of <see cref="Vector512Math.Lanes"/>.</remarks>
internal static class DensityKernels
{
    // Abramowitz and Stegun 7.1.26: 1 - erf(x) for x >= 0 within 1.5e-7.
    private static readonly double[] _error = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592];

    /// <summary>The share of the standard normal distribution below x, within 1e-7.</summary>
    [MethodImpl(AggressiveInlining)]
    public static Vector512<double> NormalShare(Vector512<double> x)
    {
        var size = Vector512.Abs(x) * Vector512.Create(0.70710678118654752);
        var t = Vector512<double>.One / Vector512.FusedMultiplyAdd(size, Vector512.Create(0.3275911), Vector512<double>.One);
        var sum = Vector512.Create(_error[0]);
        for (var i = 1; i < 5; i++)
        {
            sum = Vector512.FusedMultiplyAdd(sum, t, Vector512.Create(_error[i]));
        }

        var tail = Vector512.Create(0.5) * sum * t * Vector512Math.Exp(-(size * size));
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<double>.Zero), tail, Vector512<double>.One - tail);
    }

    /// <summary>
    /// Multiplies each kernel's <paramref name="shares"/> by how much of a normal distribution about its mean lies in the unit interval.
    /// </summary>
    /// <param name="means">The means, in widths.</param>
    /// <param name="inverseWidths">One by the width.</param>
    /// <param name="shares">The products.</param>
    public static void MultiplyInside(ReadOnlySpan<double> means, ReadOnlySpan<double> inverseWidths, Span<double> shares)
    {
        var all = MemoryMarshal.Cast<double, Vector512<double>>(shares);
        var centers = MemoryMarshal.Cast<double, Vector512<double>>(means);
        var tops = MemoryMarshal.Cast<double, Vector512<double>>(inverseWidths);
        for (var i = 0; i < all.Length; i++)
        {
            all[i] *= NormalShare(tops[i] - centers[i]) - NormalShare(-centers[i]);
        }
    }

    /// <summary>Subtracts half the square of each kernel's distance from a point, for four points at once.</summary>
    /// <param name="means">The means by axis and kernel, in widths: <c>[axes, kernels]</c>.</param>
    /// <param name="axes">How many axes.</param>
    /// <param name="points">The points in widths: <c>[4, axes]</c>.</param>
    /// <param name="logs">The sums: <c>[4, kernels]</c>.</param>
    public static void SubtractDistances(ReadOnlySpan<double> means, int axes, ReadOnlySpan<double> points, Span<double> logs)
    {
        var kernels = logs.Length / 4;
        ref var mean = ref MemoryMarshal.GetReference(means);
        ref var point = ref MemoryMarshal.GetReference(points);
        ref var log = ref MemoryMarshal.GetReference(logs);
        var half = Vector512.Create(-0.5);
        for (var k = 0; k < kernels; k += Vector512Math.Lanes)
        {
            var (s0, s1, s2, s3) = (Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero);
            for (var a = 0; a < axes; a++)
            {
                var center = Vector512.LoadUnsafe(ref mean, (nuint)((a * kernels) + k));
                var d0 = Vector512.Create(Unsafe.Add(ref point, a)) - center;
                var d1 = Vector512.Create(Unsafe.Add(ref point, axes + a)) - center;
                var d2 = Vector512.Create(Unsafe.Add(ref point, (2 * axes) + a)) - center;
                var d3 = Vector512.Create(Unsafe.Add(ref point, (3 * axes) + a)) - center;
                s0 = Vector512.FusedMultiplyAdd(d0, d0, s0);
                s1 = Vector512.FusedMultiplyAdd(d1, d1, s1);
                s2 = Vector512.FusedMultiplyAdd(d2, d2, s2);
                s3 = Vector512.FusedMultiplyAdd(d3, d3, s3);
            }

            Add(ref log, k, half * s0);
            Add(ref log, kernels + k, half * s1);
            Add(ref log, (2 * kernels) + k, half * s2);
            Add(ref log, (3 * kernels) + k, half * s3);
        }
    }

    /// <summary>Subtracts half the square of each kernel's distance from a point along one axis, where kernels differ in width.</summary>
    /// <param name="means">The means, in widths.</param>
    /// <param name="inverseWidths">One by the width.</param>
    /// <param name="point">The coordinate.</param>
    /// <param name="logs">The sums.</param>
    public static void SubtractDistance(ReadOnlySpan<double> means, ReadOnlySpan<double> inverseWidths, double point, Span<double> logs)
    {
        var all = MemoryMarshal.Cast<double, Vector512<double>>(logs);
        var centers = MemoryMarshal.Cast<double, Vector512<double>>(means);
        var inverses = MemoryMarshal.Cast<double, Vector512<double>>(inverseWidths);
        var (at, half) = (Vector512.Create(point), Vector512.Create(-0.5));
        for (var i = 0; i < all.Length; i++)
        {
            var distance = Vector512Math.Fma(at, inverses[i], -centers[i]);
            all[i] = Vector512Math.Fma(half * distance, distance, all[i]);
        }
    }

    /// <summary>Multiplies each kernel's value by its factor.</summary>
    public static void Multiply(Span<double> values, ReadOnlySpan<double> factors)
    {
        var all = MemoryMarshal.Cast<double, Vector512<double>>(values);
        var others = MemoryMarshal.Cast<double, Vector512<double>>(factors);
        for (var i = 0; i < all.Length; i++)
        {
            all[i] *= others[i];
        }
    }

    /// <summary>Adds to each kernel.</summary>
    public static void Add(Span<double> logs, ReadOnlySpan<double> more)
    {
        var all = MemoryMarshal.Cast<double, Vector512<double>>(logs);
        var others = MemoryMarshal.Cast<double, Vector512<double>>(more);
        for (var i = 0; i < all.Length; i++)
        {
            all[i] += others[i];
        }
    }

    /// <summary>The logarithm of the sum of exponentials, of all kernels and one more.</summary>
    public static double LogSum(ReadOnlySpan<double> logs, double one)
    {
        var all = MemoryMarshal.Cast<double, Vector512<double>>(logs);
        var largest = Vector512.Create(one);
        foreach (var log in all)
        {
            largest = Vector512.Max(largest, log);
        }

        var most = one;
        for (var i = 0; i < Vector512Math.Lanes; i++)
        {
            most = Math.Max(most, largest[i]);
        }

        var sums = Vector512<double>.Zero;
        var shift = Vector512.Create(most);
        foreach (var log in all)
        {
            sums += Vector512Math.Exp(log - shift);
        }

        return most + Math.Log(Math.Exp(one - most) + Vector512Math.Sum(sums));
    }

    [MethodImpl(AggressiveInlining)]
    private static void Add(ref double logs, int at, Vector512<double> more) =>
        (Vector512.LoadUnsafe(ref logs, (nuint)at) + more).StoreUnsafe(ref logs, (nuint)at);
}
