namespace Tuning.Search.Tpe;

/// <summary>How kernels spread.</summary>
/// <remarks>
/// By Scott's rule all kernels have the same width along an axis: the weighted standard deviation of their means, times a power
/// of their number, so that the density narrows as the trials that it is made of draw together (Scott, "Multivariate Density Estimation", 1992).
/// By neighbours each is as wide as the larger gap to the next mean on either side (Bergstra et al. 2011), which tells dense places from
/// others, but says little along many axes at once.
/// </remarks>
/// <param name="PriorWeight">The weight of the uniform kernel; a trial's is about 1.</param>
/// <param name="WidthFactor">What widths by Scott's rule are multiplied with.</param>
/// <param name="LeastWidth">The smallest width by Scott's rule.</param>
/// <param name="ByNeighbours">Whether widths are by neighbours.</param>
internal readonly record struct Smoothing(double PriorWeight, double WidthFactor, double LeastWidth, bool ByNeighbours)
{
    /// <summary>Sets the widths of the kernels along an axis.</summary>
    /// <param name="means">Their means.</param>
    /// <param name="weights">Their weights.</param>
    /// <param name="sum">The sum of the weights.</param>
    /// <param name="shrink">By how much many kernels are narrower by Scott's rule.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="widths">Receives the widths.</param>
    public void SetWidths(ReadOnlySpan<double> means, ReadOnlySpan<double> weights, double sum, double shrink, Axis axis, Span<double> widths)
    {
        if (ByNeighbours)
        {
            SetGaps(means, widths);
        }
        else
        {
            widths.Fill(CommonWidth(means, weights, sum, shrink, axis));
        }
    }

    /// <summary>The width of all kernels by Scott's rule; by neighbours, that of values in a table, which lie a step apart.</summary>
    public double CommonWidth(ReadOnlySpan<double> means, ReadOnlySpan<double> weights, double sum, double shrink, Axis axis)
    {
        var (mean, square) = (0.0, 0.0);
        for (var i = 0; i < means.Length; i++)
        {
            mean += weights[i] * means[i];
            square += weights[i] * means[i] * means[i];
        }

        var count = means.Length;
        var variance = count == 0 ? 0 : Math.Max(0, (square / sum) - (mean / sum * (mean / sum)));

        // One more kernel stands for the uniform distribution, whose variance is a twelfth.
        variance = ((variance * count) + (1 / 12.0)) / (count + 1);
        var width = WidthFactor * Math.Sqrt(variance) * shrink;
        return ByNeighbours
            ? Math.Min(width, Math.Max(1.0 / axis.Count, LeastGap(count)))
            : Math.Clamp(width, Math.Max(LeastWidth, axis.Count > 0 ? 0.5 / axis.Count : 0), 1);
    }

    private static double LeastGap(int count) => 1.0 / Math.Min(100, 2 + count);

    private static void SetGaps(ReadOnlySpan<double> means, Span<double> widths)
    {
        var count = means.Length;
        var (sorted, order) = (means.ToArray(), new int[count]);
        for (var i = 0; i < count; i++)
        {
            order[i] = i;
        }

        sorted.AsSpan().Sort(order.AsSpan());
        for (var i = 0; i < count; i++)
        {
            var below = i > 0 ? sorted[i] - sorted[i - 1] : 0;
            var above = i < count - 1 ? sorted[i + 1] - sorted[i] : 0;
            widths[order[i]] = count == 1 ? 1 : Math.Clamp(Math.Max(below, above), LeastGap(count), 1);
        }
    }
}
