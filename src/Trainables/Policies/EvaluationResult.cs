namespace Tuning.Policies;

/// <summary>The returns of some episodes, and what they say of the policy.</summary>
/// <param name="Returns">The sum of rewards of each episode, in the order of their seeds.</param>
/// <param name="Lengths">The steps of each.</param>
internal sealed record EvaluationResult(IReadOnlyList<double> Returns, IReadOnlyList<long> Lengths)
{
    /// <summary>How often <see cref="Interval"/> draws the episodes again.</summary>
    public const int Resamples = 2_000;

    /// <summary>The mean return.</summary>
    public double Mean => Returns.Average();

    /// <summary>The standard deviation over the episodes, dividing by n, as <c>evaluate_policy</c> of Stable-Baselines3.</summary>
    public double StandardDeviation
    {
        get
        {
            var mean = Mean;
            return Math.Sqrt(Returns.Average(r => (r - mean) * (r - mean)));
        }
    }

    /// <summary>
    /// The mean of the middle half (Agarwal et al., "Deep reinforcement learning at the edge of the statistical precipice", 2021): ⌊n/4⌋ episodes
    /// are left out at either end.
    /// </summary>
    public double InterquartileMean => MiddleHalf([.. Returns]);

    /// <summary>A 95 % interval of <see cref="InterquartileMean"/>: percentiles of <see cref="Resamples"/> draws with replacement.</summary>
    /// <param name="seed">The seed of the draws.</param>
    public (double Low, double High) Interval(ulong seed)
    {
        var random = (SeedPath.Of(seed) / "bootstrap").Stream();
        var means = new double[Resamples];
        var draw = new double[Returns.Count];
        for (var i = 0; i < means.Length; i++)
        {
            foreach (ref var value in draw.AsSpan())
            {
                value = Returns[random.NextInt32(draw.Length)];
            }

            means[i] = MiddleHalf(draw);
        }

        Array.Sort(means);
        return (Percentile(means, 0.025), Percentile(means, 0.975));
    }

    // Sorts what it is given.
    private static double MiddleHalf(double[] values)
    {
        Array.Sort(values);
        var cut = values.Length / 4;
        return values.AsSpan(cut, values.Length - (2 * cut)).ToArray().Average();
    }

    // Linear between neighbours, as NumPy's default.
    private static double Percentile(double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        return below + 1 < sorted.Length ? sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }
}
