using MathNet.Numerics;

namespace Tuning.Search.Numerics;

/// <summary>Logarithms of integrals of the normal density, accurate far into the tail, where the integrals themselves are zero in doubles.</summary>
internal static class NormalTail
{
    private const double LogRootTwoPi = 0.91893853320467274178;

    /// <summary>Where the continued fraction takes over: left of it, it has converged, and right of it, nothing cancels.</summary>
    private const double Border = -3;

    /// <summary>ln h(z), where h(z) = φ(z) + z Φ(z) is the expected improvement in units of σ, and its derivative Φ(z) / h(z).</summary>
    /// <remarks>
    /// Ament et al., "Unexpected improvements to expected improvement" (2023). Where they use erfcx, the tail here is a continued fraction: with
    /// Φ(z)/φ(z) = 1/(x + c), x = −z, h is φ c/(x + c), and nothing is subtracted.
    /// </remarks>
    public static double LogImprovement(double z, out double derivative)
    {
        if (z > Border)
        {
            var below = 0.5 * SpecialFunctions.Erfc(-z / Constants.Sqrt2);
            var h = Math.Exp((-0.5 * z * z) - LogRootTwoPi) + (z * below);
            derivative = below / h;
            return Math.Log(h);
        }

        var c = Fraction(-z);
        derivative = 1 / c;
        return (-0.5 * z * z) - LogRootTwoPi + Math.Log(c / (c - z));
    }

    /// <summary>ln Φ(z), and its derivative φ(z) / Φ(z).</summary>
    public static double LogProbability(double z, out double derivative)
    {
        var logDensity = (-0.5 * z * z) - LogRootTwoPi;
        if (z > Border)
        {
            var below = 0.5 * SpecialFunctions.Erfc(-z / Constants.Sqrt2);
            derivative = Math.Exp(logDensity) / below;
            return Math.Log(below);
        }

        derivative = Fraction(-z) - z;
        return logDensity - Math.Log(derivative);
    }

    /// <summary>The z with Φ(z) = <paramref name="probability"/>, which lies in (0, 1).</summary>
    public static double Quantile(double probability) => -Constants.Sqrt2 * SpecialFunctions.ErfcInv(2 * probability);

    /// <summary>c in Φ(−x)/φ(x) = 1/(x + c): 1/(x + 2/(x + 3/(x + …))), Laplace's fraction without its first level.</summary>
    private static double Fraction(double x)
    {
        // The error shrinks as exp(−2 x √terms), roughly; these terms make it less than 1e-15.
        var terms = (int)Math.Ceiling(20 + (500 / (x * x)));
        var tail = x;
        for (var k = terms; k >= 2; k--)
        {
            tail = x + (k / tail);
        }

        return 1 / tail;
    }
}
