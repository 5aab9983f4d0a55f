using Tuning.Spaces;

namespace Tuning.Search.Tpe;

/// <summary>How kernels spread.</summary>
/// <param name="PriorWeight">The weight of the uniform kernel; a trial's is about 1.</param>
/// <param name="WidthFactor">What the widths by Scott's rule are multiplied with.</param>
/// <param name="LeastWidth">The smallest width.</param>
internal readonly record struct Smoothing(double PriorWeight, double WidthFactor, double LeastWidth)
{
    /// <summary>The width of the kernels along an axis of numbers.</summary>
    /// <param name="means">Their means.</param>
    /// <param name="weights">Their weights.</param>
    /// <param name="sum">The sum of the weights.</param>
    /// <param name="shrink">By how much many kernels are narrower.</param>
    /// <param name="axis">The axis.</param>
    public double WidthOf(ReadOnlySpan<double> means, ReadOnlySpan<double> weights, double sum, double shrink, Axis axis)
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
        return Math.Clamp(WidthFactor * Math.Sqrt(variance) * shrink, Math.Max(LeastWidth, axis.Count > 0 ? 0.5 / axis.Count : 0), 1);
    }
}
