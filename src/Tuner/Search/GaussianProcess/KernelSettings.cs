namespace Tuning.Search.GaussianProcess;

/// <summary>The hyper-parameters of a Gaussian process.</summary>
/// <param name="Weights">Per dimension, the inverse of the squared length scale.</param>
/// <param name="Scale">The variance of the function.</param>
/// <param name="Noise">The variance of the noise.</param>
internal sealed record KernelSettings(double[] Weights, double Scale, double Noise)
{
    /// <summary>The length scale of a dimension, in units of its range.</summary>
    public double LengthScale(int dimension) => 1 / Math.Sqrt(Weights[dimension]);
}
