using static Tuning.Search.Numerics.Vector512Math;

namespace Tuning.Search.GaussianProcess;

/// <summary>An acquisition value plus the logarithm of the probability that a row is feasible: that a process over violations is below 0.</summary>
/// <param name="violations">The process.</param>
/// <param name="inner">What is added to; null for the probability alone.</param>
internal sealed class LogFeasibility(Posterior violations, IAcquisition? inner) : IAcquisition
{
    private readonly PredictionSpace _space = new(violations);
    private readonly double[] _byMean = new double[violations.Draws * Lanes], _byVariance = new double[Lanes], _added = new double[Lanes];

    /// <inheritdoc/>
    public void Evaluate(ReadOnlySpan<double[]> rows, Span<double> values, Span<double> gradients)
    {
        values.Clear();
        gradients.Clear();
        inner?.Evaluate(rows, values, gradients);
        for (var lane = 0; lane < Lanes; lane++)
        {
            _space.Set(lane, rows[Math.Min(lane, rows.Length - 1)]);
        }

        violations.Predict(_space, !gradients.IsEmpty);
        for (var lane = 0; lane < Lanes; lane++)
        {
            var sigma = Math.Sqrt(_space.Variances[lane]);
            var z = -_space.Means[lane] / sigma;
            _added[lane] = NormalTail.LogProbability(z, out var slope);
            (_byMean[lane], _byVariance[lane]) = (-slope / sigma, -slope * z * 0.5 / _space.Variances[lane]);
        }

        for (var lane = 0; lane < rows.Length; lane++)
        {
            values[lane] += _added[lane];
        }

        if (!gradients.IsEmpty)
        {
            violations.Gradient(_space, _byMean, _byVariance);
            violations.AddGradients(_space, rows, gradients);
        }
    }
}
