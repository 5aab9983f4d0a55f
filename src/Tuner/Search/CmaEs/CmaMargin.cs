using MathNet.Numerics.Distributions;

namespace Tuning.Search.CmaEs;

/// <summary>
/// Keeps steps alive: a coordinate whose values are counted is given at least a small probability of leaving the value that its mean is at
/// (CMA-ES with margin, Hamano et al., 2022, with α = 1/(n λ)). Without it the deviation falls below a step, and nothing moves any more.
/// </summary>
internal static class CmaMargin
{
    /// <summary>Moves the mean and widens the deviation of a coordinate where its margin is too small.</summary>
    public static void Correct(CmaDistribution distribution, int coordinate, Axis axis, double margin)
    {
        ref var mean = ref distribution.Mean[coordinate];
        mean = Math.Clamp(mean, 0, 1);
        var (low, high) = axis.Scale.Cell(mean);
        var deviation = distribution.Deviation(coordinate);
        if (low <= 0 || high >= 1)
        {
            // One neighbour only: the mean goes as near as the margin asks for.
            var reach = -Quantile(margin) * deviation;
            mean = low <= 0 ? Math.Max(mean, Math.Min(high, high - reach)) : Math.Min(mean, Math.Max(low, low + reach));
            mean = Math.Clamp(mean, 0, 1);
            if (reach > 1)
            {
                return;
            }

            // A deviation so small that the mean would stand on the edge is widened to a quarter of the cell.
            Widen(distribution, coordinate, deviation, 0.25 * (high - low) / -Quantile(margin));
            return;
        }

        var (below, above) = (Normal.CDF(mean, deviation, low), 1 - Normal.CDF(mean, deviation, high));
        var half = margin / 2;
        if (below >= half && above >= half)
        {
            return;
        }

        var (wantBelow, wantAbove) = (Math.Max(half, below), Math.Max(half, above));
        var inside = 1 - below - above;
        var spare = wantBelow + wantAbove + inside - (3 * half);
        var excess = 1 - wantBelow - wantAbove - inside;
        (wantBelow, wantAbove) = (wantBelow + (excess / spare * (wantBelow - half)), wantAbove + (excess / spare * (wantAbove - half)));
        var (left, right) = (-Quantile(Math.Min(0.499, wantBelow)), -Quantile(Math.Min(0.499, wantAbove)));
        mean = ((low * right) + (high * left)) / (left + right);
        distribution.Margins[coordinate] *= (high - low) / (left + right) / deviation;
    }

    /// <summary>A point of the cell that a value stands for, as the distribution would have drawn it.</summary>
    /// <param name="distribution">The distribution.</param>
    /// <param name="coordinate">Which of its coordinates.</param>
    /// <param name="axis">What the coordinate means.</param>
    /// <param name="value">The value's coordinate.</param>
    /// <param name="share">A number in (0, 1) that stands for chance.</param>
    public static double Within(CmaDistribution distribution, int coordinate, Axis axis, double value, double share)
    {
        var (low, high) = axis.Scale.Cell(value);
        var (mean, deviation) = (distribution.Mean[coordinate], distribution.Deviation(coordinate));
        var from = low <= 0 ? 0 : Normal.CDF(mean, deviation, low);
        var to = high >= 1 ? 1 : Normal.CDF(mean, deviation, high);
        if (!(to - from > 1e-9))
        {
            return mean < low ? low : mean > high ? high : mean;
        }

        var probability = from + (share * (to - from));
        return mean + (deviation * Quantile(Math.Clamp(probability, 1e-12, 1 - 1e-12)));
    }

    private static void Widen(CmaDistribution distribution, int coordinate, double deviation, double least) =>
        distribution.Margins[coordinate] *= deviation < least ? least / deviation : 1;

    private static double Quantile(double probability) => Normal.InvCDF(0, 1, probability);
}
