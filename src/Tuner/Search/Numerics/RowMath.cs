using System.Runtime.Intrinsics;

namespace Tuning.Search.Numerics;

/// <summary>Operations on rows of doubles whose lengths are multiples of <see cref="Vector512Math.Lanes"/>.</summary>
internal static class RowMath
{
    /// <summary>The scalar product.</summary>
    [MethodImpl(AggressiveOptimization)]
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var a = MemoryMarshal.Cast<double, Vector512<double>>(x);
        var b = MemoryMarshal.Cast<double, Vector512<double>>(y);
        var sum = Vector512<double>.Zero;
        for (var i = 0; i < a.Length; i++)
        {
            sum = Vector512.FusedMultiplyAdd(a[i], b[i], sum);
        }

        return Vector512Math.Sum(sum);
    }

    /// <summary>y += factor · x.</summary>
    [MethodImpl(AggressiveOptimization)]
    public static void Add(double factor, ReadOnlySpan<double> x, Span<double> y)
    {
        var a = MemoryMarshal.Cast<double, Vector512<double>>(x);
        var b = MemoryMarshal.Cast<double, Vector512<double>>(y);
        var f = Vector512.Create(factor);
        for (var i = 0; i < a.Length; i++)
        {
            b[i] = Vector512.FusedMultiplyAdd(f, a[i], b[i]);
        }
    }

    /// <summary>z += factor · x + other · y.</summary>
    [MethodImpl(AggressiveOptimization)]
    public static void Add(double factor, ReadOnlySpan<double> x, double other, ReadOnlySpan<double> y, Span<double> z)
    {
        var a = MemoryMarshal.Cast<double, Vector512<double>>(x);
        var b = MemoryMarshal.Cast<double, Vector512<double>>(y);
        var c = MemoryMarshal.Cast<double, Vector512<double>>(z);
        var (f, g) = (Vector512.Create(factor), Vector512.Create(other));
        for (var i = 0; i < a.Length; i++)
        {
            c[i] = Vector512.FusedMultiplyAdd(f, a[i], Vector512.FusedMultiplyAdd(g, b[i], c[i]));
        }
    }

    /// <summary>x *= factor.</summary>
    [MethodImpl(AggressiveOptimization)]
    public static void Scale(double factor, Span<double> x)
    {
        var f = Vector512.Create(factor);
        foreach (ref var a in MemoryMarshal.Cast<double, Vector512<double>>(x))
        {
            a *= f;
        }
    }

    /// <summary>(x, y) becomes (c x - s y, s x + c y).</summary>
    [MethodImpl(AggressiveOptimization)]
    public static void Rotate(double cosine, double sine, Span<double> x, Span<double> y)
    {
        var a = MemoryMarshal.Cast<double, Vector512<double>>(x);
        var b = MemoryMarshal.Cast<double, Vector512<double>>(y);
        var (c, s) = (Vector512.Create(cosine), Vector512.Create(sine));
        for (var i = 0; i < a.Length; i++)
        {
            var (old, other) = (a[i], b[i]);
            a[i] = (c * old) - (s * other);
            b[i] = (s * old) + (c * other);
        }
    }
}
