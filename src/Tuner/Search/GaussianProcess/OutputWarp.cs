namespace Tuning.Search.GaussianProcess;

/// <summary>
/// Values, to be minimised, as targets of mean 0 and variance 1 that no bad tail distorts, and back. Monotone. Immutable.
/// </summary>
/// <remarks>
/// Where the worst is much farther from the median than the best, values worse than the median become quantiles of a half normal with the spread of the better
/// half, as the half-rank warping of Vizier does (Song et al., 2024): how bad they are says little about where the best is. Without a bad tail they keep their
/// distances, which tell noise from structure. Then all are standardised. Infinite values count as the worst or best of the others.
/// </remarks>
internal sealed class OutputWarp
{
    /// <summary>How many times farther the worst lies from the median than the best before it is a bad tail.</summary>
    private const double TailRatio = 4;

    private readonly double[] _sortedValues, _sortedTargets;
    private readonly double _scale;

    private OutputWarp(double[] values, double[] targets)
    {
        Targets = targets;
        _sortedValues = (double[])values.Clone();
        _sortedTargets = (double[])targets.Clone();
        Array.Sort(_sortedTargets, _sortedValues);
        _scale = Scale(_sortedValues, _sortedTargets);
    }

    /// <summary>The targets, in the order of the values.</summary>
    public double[] Targets { get; }

    /// <summary>Units of the values per unit of the targets, where values are good.</summary>
    public double UnitsPerTarget => _scale;

    /// <summary>Warps values.</summary>
    public static OutputWarp Of(ReadOnlySpan<double> losses)
    {
        var values = Finite(losses);
        var targets = (double[])values.Clone();
        if (HasBadTail(targets))
        {
            HalfRank(targets);
        }

        targets = OfUnitSize(targets);
        Standardise(targets);
        return new(values, targets);
    }

    /// <summary>The value that a target stands for.</summary>
    public double Value(double target)
    {
        var (values, targets) = (_sortedValues, _sortedTargets);
        var at = Array.BinarySearch(targets, target);
        at = at < 0 ? ~at : at;
        if (at == 0)
        {
            return values[0] + ((target - targets[0]) * _scale);
        }

        if (at == targets.Length)
        {
            return values[^1] + ((target - targets[^1]) * _scale);
        }

        var width = targets[at] - targets[at - 1];
        return width > 0 ? values[at - 1] + ((target - targets[at - 1]) / width * (values[at] - values[at - 1])) : values[at];
    }

    private static double Scale(double[] values, double[] targets)
    {
        var middle = (values.Length - 1) / 2;
        var (last, first) = targets[middle] > targets[0] ? (middle, 0) : (targets.Length - 1, 0);
        return targets[last] > targets[first] ? (values[last] - values[first]) / (targets[last] - targets[first]) : 1;
    }

    // By eighths, so that differences of the largest numbers are finite.
    private static bool HasBadTail(double[] values)
    {
        var sorted = (double[])values.Clone();
        Array.Sort(sorted);
        var median = sorted[(sorted.Length - 1) / 2];
        return (sorted[^1] / 8) - (median / 8) > TailRatio * ((median / 8) - (sorted[0] / 8));
    }

    private static double[] Finite(ReadOnlySpan<double> losses)
    {
        double worst = double.NegativeInfinity, best = double.PositiveInfinity;
        foreach (var v in losses)
        {
            if (double.IsFinite(v))
            {
                (worst, best) = (Math.Max(worst, v), Math.Min(best, v));
            }
        }

        var result = losses.ToArray();
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = double.IsFinite(result[i]) ? result[i] : result[i] < 0 ? best : worst;
            result[i] = double.IsFinite(result[i]) ? result[i] : 0;
        }

        return result;
    }

    // So that squares of 1e300 are finite.
    private static double[] OfUnitSize(double[] values)
    {
        var largest = values.Max(v => Math.Abs(v));
        return largest > 0 ? [.. values.Select(v => v / largest)] : (double[])values.Clone();
    }

    private static void HalfRank(double[] values)
    {
        var sorted = (double[])values.Clone();
        Array.Sort(sorted);
        var median = sorted[(sorted.Length - 1) / 2];
        var (spread, better) = (0.0, 0);
        for (; better < sorted.Length && sorted[better] <= median; better++)
        {
            var share = median > sorted[0] ? (sorted[better] - median) / (median - sorted[0]) : 0;
            spread += share * share;
        }

        spread = Math.Sqrt(spread / better) * (median - sorted[0]);
        if (!(spread > 0 && double.IsFinite(spread)) || better == sorted.Length)
        {
            return;
        }

        foreach (ref var value in values.AsSpan())
        {
            if (value > median)
            {
                var first = Array.BinarySearch(sorted, value);
                while (first > 0 && sorted[first - 1] == value)
                {
                    first--;
                }

                var rank = (first + 0.5 - better) / (sorted.Length - better);
                value = median + (spread * NormalTail.Quantile(0.5 + (0.5 * rank)));
            }
        }
    }

    private static void Standardise(double[] values)
    {
        var (mean, variance) = (0.0, 0.0);
        foreach (var v in values)
        {
            mean += v / values.Length;
        }

        foreach (var v in values)
        {
            variance += (v - mean) * (v - mean) / values.Length;
        }

        var scale = variance > 0 ? 1 / Math.Sqrt(variance) : 1;
        foreach (ref var v in values.AsSpan())
        {
            v = (v - mean) * scale;
        }
    }
}
