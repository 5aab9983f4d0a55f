namespace Tuning.Tests.Randomness;

/// <summary>
/// Tests of goodness of fit. Each has a false-alarm rate of 1e-6 for a random seed; since seeds are fixed, a test that passes once
/// passes always, until the numbers drawn change.
/// </summary>
internal static class Statistics
{
    /// <summary>Pearson's chi-square test against equal shares.</summary>
    public static void AssertUniform(IReadOnlyList<long> counts) => AssertShares(counts, [.. counts.Select(_ => 1.0)]);

    /// <summary>Pearson's chi-square test against given shares, which need not sum to one.</summary>
    public static void AssertShares(IReadOnlyList<long> counts, IReadOnlyList<double> shares)
    {
        double total = counts.Sum(), whole = shares.Sum();
        var statistic = counts.Zip(shares).Sum(p => Math.Pow(p.First - (total * p.Second / whole), 2) / (total * p.Second / whole));
        Assert.True(statistic <= ChiSquareLimit(counts.Count - 1), $"chi-square {statistic:F1} over {counts.Count} classes: {string.Join(" ", counts)}");
    }

    /// <summary>Kolmogorov and Smirnov's test against a continuous distribution.</summary>
    public static void AssertDistributed(double[] values, Func<double, double> cdf)
    {
        Array.Sort(values);
        var distance = values.Select((v, i) => Math.Max(cdf(v) - ((double)i / values.Length), ((i + 1.0) / values.Length) - cdf(v))).Max();

        // 2 exp(-2 n d^2) = 1e-6.
        Assert.True(distance <= Math.Sqrt(Math.Log(2e6) / (2 * values.Length)), $"distance {distance:F4} over {values.Length} values");
    }

    /// <summary>The standard normal distribution; error below 1.5e-7 (Abramowitz and Stegun 7.1.26).</summary>
    public static double NormalCdf(double x)
    {
        var t = 1 / (1 + (0.3275911 * Math.Abs(x) / Math.Sqrt(2)));
        var erf = 1 - (((((((((1.061405429 * t) - 1.453152027) * t) + 1.421413741) * t) - 0.284496736) * t) + 0.254829592) * t * Math.Exp(-x * x / 2));
        return x >= 0 ? (1 + erf) / 2 : (1 - erf) / 2;
    }

    // Wilson and Hilferty's approximation at 1 - 1e-6 (z = 4.753), a little wide for few classes.
    private static double ChiSquareLimit(int freedom) => freedom == 0 ? 1e-9
        : freedom * Math.Pow(1 - (2.0 / (9 * freedom)) + (4.753 * Math.Sqrt(2.0 / (9 * freedom))), 3);
}
