namespace Tuning.Search.GaussianProcess;

/// <summary>The hyper-parameters of a Gaussian process.</summary>
/// <param name="Weights">Per dimension, the inverse of the squared length scale.</param>
/// <param name="Scale">The variance of the function.</param>
/// <param name="Noise">The variance of the noise.</param>
internal sealed record KernelSettings(double[] Weights, double Scale, double Noise)
{
}
