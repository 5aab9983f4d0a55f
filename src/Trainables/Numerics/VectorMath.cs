using Vector = System.Runtime.Intrinsics.Vector512<float>;

namespace Tuning.Numerics;

/// <summary>Functions of 16 floats at a time, made of exactly rounded operations only: the same bits on every machine and vector width.</summary>
internal static class VectorMath
{
    /// <summary>
    /// tanh(x) = x·P(x²)/Q(x²), the minimax fraction of degrees 3 and 4 on |x| ≤ 7.9 (relative error 1.3e-7 before rounding), constant
    /// beyond, where tanh is 1 − 2.7e-7. Relative error below 6e-7 in all. NaN stays NaN.
    /// </summary>
    [MethodImpl(AggressiveInlining)]
    public static Vector Tanh(Vector x)
    {
        // The order of the operands lets NaN through.
        x = Vector512.MaxNative(Vector512.Create(-7.9f), Vector512.MinNative(Vector512.Create(7.9f), x));
        var t = x * x;
        var p = Fma(t, Vector512.Create(1.15318193209e-5f), Vector512.Create(0.00296047327282f));
        p = Fma(t, p, Vector512.Create(0.129344183747f));
        p = Fma(t, p, Vector512.Create(0.999999869686f));
        var q = Fma(t, Vector512.Create(2.49253799935e-7f), Vector512.Create(0.000240011931869f));
        q = Fma(t, q, Vector512.Create(0.0238540853292f));
        q = Fma(t, q, Vector512.Create(0.462676451868f));
        q = Fma(t, q, Vector.One);
        return x * p / q;
    }

    /// <summary>
    /// eˣ by reduction to |r| ≤ ½ ln 2 and a polynomial of degree 6; relative error below 2e-7. Below −87.3 it is 0, above 88.7 infinite. NaN stays NaN.
    /// </summary>
    [MethodImpl(AggressiveInlining)]
    public static Vector Exp(Vector x)
    {
        // Adding 1.5·2²³ rounds to a whole number, which then stands in the low bits.
        var magic = Vector512.Create(12582912f);
        var clamped = Vector512.MaxNative(Vector512.Create(-87.3f), Vector512.MinNative(Vector512.Create(88.7f), x));
        var shifted = Fma(clamped, Vector512.Create(1.44269504f), magic);
        var n = shifted - magic;
        var r = Fma(n, Vector512.Create(-0.693359375f), clamped);
        r = Fma(n, Vector512.Create(2.12194440e-4f), r);
        var p = Fma(r, Vector512.Create(1.3888889e-3f), Vector512.Create(8.3333333e-3f));
        p = Fma(r, p, Vector512.Create(4.1666668e-2f));
        p = Fma(r, p, Vector512.Create(0.16666667f));
        p = Fma(r, p, Vector512.Create(0.5f));
        p = Fma(r, p, Vector.One);
        p = Fma(r, p, Vector.One);

        // Two factors, because 2¹²⁸ is none.
        var exponent = shifted.AsInt32() - magic.AsInt32();
        var half = Vector512.ShiftRightArithmetic(exponent, 1);
        var result = p * PowerOfTwo(half) * PowerOfTwo(exponent - half);
        result = Vector512.ConditionalSelect(Vector512.GreaterThan(x, Vector512.Create(88.7228f)), Vector512.Create(float.PositiveInfinity), result);
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(-87.3f)), Vector.Zero, result);
    }

    /// <summary>
    /// ln x for positive normal x: x = m·2ᵉ with m from √½ to √2, then Cephes' polynomial for ln m. Relative error below 3e-7.
    /// </summary>
    [MethodImpl(AggressiveInlining)]
    public static Vector Log(Vector x)
    {
        // Taking the bits of √½ away first puts the border between exponents there.
        var bits = x.AsInt32() - Vector512.Create(0x3F3504F3);
        var exponent = Vector512.ShiftRightArithmetic(bits, 23);
        var m = (x.AsInt32() - Vector512.ShiftLeft(exponent, 23)).AsSingle() - Vector.One;
        var e = Vector512.ConvertToSingle(exponent);
        var z = m * m;
        var p = Fma(m, Vector512.Create(7.0376836292e-2f), Vector512.Create(-1.1514610310e-1f));
        p = Fma(m, p, Vector512.Create(1.1676998740e-1f));
        p = Fma(m, p, Vector512.Create(-1.2420140846e-1f));
        p = Fma(m, p, Vector512.Create(1.4249322787e-1f));
        p = Fma(m, p, Vector512.Create(-1.6668057665e-1f));
        p = Fma(m, p, Vector512.Create(2.0000714765e-1f));
        p = Fma(m, p, Vector512.Create(-2.4999993993e-1f));
        p = Fma(m, p, Vector512.Create(3.3333331174e-1f));
        var y = m * z * p;
        y = Fma(e, Vector512.Create(-2.12194440e-4f), y);
        y = Fma(z, Vector512.Create(-0.5f), y);
        return Fma(e, Vector512.Create(0.693359375f), m + y);
    }

    /// <summary>The sum of all lanes: halves are added until one is left.</summary>
    [MethodImpl(AggressiveInlining)]
    public static float Sum(Vector v)
    {
        var four = Quarter(v);
        return four[0] + four[2] + (four[1] + four[3]);
    }

    /// <summary>The lanes that are four apart, added up as <see cref="Sum"/> does.</summary>
    [MethodImpl(AggressiveInlining)]
    public static Vector128<float> Quarter(Vector v)
    {
        var eight = v.GetLower() + v.GetUpper();
        return eight.GetLower() + eight.GetUpper();
    }

    /// <summary>a·b + c, rounded once.</summary>
    [MethodImpl(AggressiveInlining)]
    public static Vector Fma(Vector a, Vector b, Vector c) => Vector512.FusedMultiplyAdd(a, b, c);

    private static Vector PowerOfTwo(Vector512<int> exponent) => Vector512.ShiftLeft(exponent + Vector512.Create(127), 23).AsSingle();
}
