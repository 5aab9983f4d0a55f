using static Tuning.Search.Numerics.Vector512Math;

namespace Tuning.Search.GaussianProcess;

/// <summary>Working memory for predictions at eight points. Not safe for concurrent use.</summary>
internal sealed class PredictionSpace(Posterior posterior)
{
    /// <summary>The features of the points, [features, 8].</summary>
    public double[] X { get; } = new double[posterior.Map.Count * Lanes];

    /// <summary>The kernel between rows and points, [rows, 8].</summary>
    public double[] Kernel { get; } = new double[posterior.Count * Lanes];

    /// <summary>Its derivatives by the squared distance.</summary>
    public double[] Slopes { get; } = new double[posterior.Count * Lanes];

    /// <summary>L⁻¹ times the kernel.</summary>
    public double[] Solved { get; } = new double[posterior.Count * Lanes];

    /// <summary>The means, [draws, 8].</summary>
    public double[] Means { get; } = new double[posterior.Draws * Lanes];

    /// <summary>The variances.</summary>
    public double[] Variances { get; } = new double[Lanes];

    /// <summary>The gradient by features, [features, 8].</summary>
    public double[] Gradient { get; } = new double[posterior.Map.Count * Lanes];

    /// <summary>Sets point <paramref name="lane"/>.</summary>
    public void Set(int lane, ReadOnlySpan<double> row) => posterior.Map.Write(row, X.AsSpan(lane), Lanes);
}
