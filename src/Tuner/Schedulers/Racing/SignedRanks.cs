namespace Tuning.Schedulers.Racing;

/// <summary>Wilcoxon's signed-rank test, one-sided.</summary>
internal static class SignedRanks
{
    /// <summary>The most pairs for which the distribution is exact.</summary>
    public const int MostExact = 50;

    /// <summary>
    /// The probability that signs drawn by chance make the sum of the ranks of positive differences at least as great as it is. Zeros are ranked, and count
    /// half; ties share their mean rank. 1 for no differences, or none but zeros.
    /// </summary>
    public static double PGreater(ReadOnlySpan<double> differences)
    {
        // Twice the rank of each: whole numbers also where ties share one.
        var doubled = DoubledRanks(differences);
        var (sum, positive, n) = (0, 0, 0);
        var signed = new int[differences.Length];
        for (var i = 0; i < differences.Length; i++)
        {
            if (differences[i] != 0)
            {
                signed[n++] = doubled[i];
                sum += doubled[i];
                positive += differences[i] > 0 ? doubled[i] : 0;
            }
        }

        // Half of the zeros' ranks is on either side, whatever the signs of the others.
        return n <= MostExact ? Exact(signed.AsSpan(0, n), positive, sum) : Normal(signed.AsSpan(0, n), positive, sum);
    }

    private static double Exact(ReadOnlySpan<int> ranks, int positive, int sum)
    {
        // The share of the 2^n ways to draw signs that make each sum.
        var share = new double[sum + 1];
        share[0] = 1;
        var upTo = 0;
        foreach (var rank in ranks)
        {
            upTo += rank;
            for (var s = upTo; s >= 0; s--)
            {
                share[s] = (share[s] + (s >= rank ? share[s - rank] : 0)) / 2;
            }
        }

        var p = 0.0;
        for (var s = sum; s >= positive; s--)
        {
            p += share[s];
        }

        return Math.Min(1, p);
    }

    private static double Normal(ReadOnlySpan<int> ranks, int positive, int sum)
    {
        var squares = 0.0;
        foreach (var rank in ranks)
        {
            squares += (double)rank * rank;
        }

        return Tail((positive - (sum / 2.0)) / Math.Sqrt(squares / 4));
    }

    private static int[] DoubledRanks(ReadOnlySpan<double> differences)
    {
        var order = new int[differences.Length];
        var size = new double[differences.Length];
        for (var i = 0; i < order.Length; i++)
        {
            (order[i], size[i]) = (i, Math.Abs(differences[i]));
        }

        Array.Sort(size, order);
        var ranks = new int[order.Length];
        for (var from = 0; from < order.Length;)
        {
            var to = from + 1;
            while (to < order.Length && size[to] == size[from])
            {
                to++;
            }

            for (var i = from; i < to; i++)
            {
                ranks[order[i]] = from + 1 + to;
            }

            from = to;
        }

        return ranks;
    }

    // The upper tail of the standard normal distribution: a continued fraction far out, Taylor's series of the density's integral near 0 (Marsaglia, 2004).
    private static double Tail(double z)
    {
        if (Math.Abs(z) > 6)
        {
            var fraction = 0.0;
            for (var k = 60; k >= 1; k--)
            {
                fraction = k / (Math.Abs(z) + fraction);
            }

            var far = Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI) / (Math.Abs(z) + fraction);
            return z > 0 ? far : 1 - far;
        }

        var (sum, term) = (z, z);
        for (var k = 3; Math.Abs(term) > 1e-17; k += 2)
        {
            term *= z * z / k;
            sum += term;
        }

        return 0.5 - (sum * Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI));
    }
}
