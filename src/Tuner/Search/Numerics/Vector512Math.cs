using System.Runtime.Intrinsics;
using Vector = System.Runtime.Intrinsics.Vector512<double>;

namespace Tuning.Search.Numerics;

/// <summary>
/// Functions over eight doubles. Eight lanes on every machine, in halves where registers are shorter, and fused operations throughout:
/// results are the same bits everywhere.
/// </summary>
internal static class Vector512Math
{
    /// <summary>Number of doubles in a vector; arrays are padded to multiples of it.</summary>
    public const int Lanes = 8;

    private const double LnTwoHigh = 6.93147180369123816490e-01;
    private const double LnTwoLow = 1.90821492927058770002e-10;

    /// <summary>The next multiple of eight.</summary>
    public static int Padded(int length) => (length + Lanes - 1) & -Lanes;

    /// <summary>a·b + c, rounded once.</summary>
    [MethodImpl(AggressiveInlining)]
    public static Vector Fma(Vector a, Vector b, Vector c) => Vector512.FusedMultiplyAdd(a, b, c);

    /// <summary>The sum of the lanes, always in the same order: halves onto halves.</summary>
    [MethodImpl(AggressiveInlining)]
    public static double Sum(Vector v)
    {
        var four = v.GetLower() + v.GetUpper();
        var two = four.GetLower() + four.GetUpper();
        return two.GetElement(0) + two.GetElement(1);
    }

    /// <summary>eˣ with a relative error below 1e-15; 0 below −708, for x up to 700.</summary>
    /// <remarks>x = n ln 2 + r with |r| ≤ ln 2 / 2; the series of eʳ to the twelfth power; 2ⁿ through the exponent.</remarks>
    [MethodImpl(AggressiveInlining)]
    public static Vector Exp(Vector x)
    {
        var clamped = Vector512.Max(x, Vector512.Create(-708.0));
        var shift = Vector512.Create(6755399441055744.0); // 1.5 · 2⁵²: adding it rounds to whole numbers
        var biased = Fma(clamped, Vector512.Create(1.4426950408889634), shift);
        var n = biased - shift;
        var r = Fma(n, Vector512.Create(-LnTwoHigh), clamped);
        r = Fma(n, Vector512.Create(-LnTwoLow), r);
        var p = Vector512.Create(1.0 / 479001600);
        p = Fma(p, r, Vector512.Create(1.0 / 39916800));
        p = Fma(p, r, Vector512.Create(1.0 / 3628800));
        p = Fma(p, r, Vector512.Create(1.0 / 362880));
        p = Fma(p, r, Vector512.Create(1.0 / 40320));
        p = Fma(p, r, Vector512.Create(1.0 / 5040));
        p = Fma(p, r, Vector512.Create(1.0 / 720));
        p = Fma(p, r, Vector512.Create(1.0 / 120));
        p = Fma(p, r, Vector512.Create(1.0 / 24));
        p = Fma(p, r, Vector512.Create(1.0 / 6));
        p = Fma(p, r, Vector512.Create(0.5));
        p = Fma(p, r, Vector.One);
        p = Fma(p, r, Vector.One);
        var power = (biased.AsInt64() + Vector512.Create(1023L)) << 52;
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(-708.0)), Vector.Zero, p * power.AsDouble());
    }
}
