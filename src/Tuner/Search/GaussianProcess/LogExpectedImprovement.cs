using static Tuning.Search.Numerics.Vector512Math;

namespace Tuning.Search.GaussianProcess;

/// <summary>
/// The logarithm of the expected improvement over the best value, a minimum, averaged over the draws at pending rows. Not safe for concurrent use.
/// </summary>
/// <param name="posterior">The process.</param>
/// <param name="best">Per draw, the value to improve on.</param>
internal sealed class LogExpectedImprovement(Posterior posterior, double[] best) : IAcquisition
{
    private readonly PredictionSpace _space = new(posterior);
    private readonly double[] _byMean = new double[posterior.Draws * Lanes], _byVariance = new double[Lanes], _logs = new double[posterior.Draws],
        _slopes = new double[posterior.Draws];

    /// <inheritdoc/>
    public void Evaluate(ReadOnlySpan<double[]> rows, Span<double> values, Span<double> gradients)
    {
        for (var lane = 0; lane < Lanes; lane++)
        {
            _space.Set(lane, rows[Math.Min(lane, rows.Length - 1)]);
        }

        posterior.Predict(_space, !gradients.IsEmpty);
        for (var lane = 0; lane < Lanes; lane++)
        {
            var value = Average(lane);
            if (lane < rows.Length)
            {
                values[lane] = value;
            }
        }

        if (gradients.IsEmpty)
        {
            return;
        }

        posterior.Gradient(_space, _byMean, _byVariance);
        gradients.Clear();
        posterior.AddGradients(_space, rows, gradients);
    }

    /// <summary>ln mean exp of the draws' values, and its derivatives by their means and the variance.</summary>
    private double Average(int lane)
    {
        var sigma = Math.Sqrt(_space.Variances[lane]);
        var largest = double.NegativeInfinity;
        for (var s = 0; s < best.Length; s++)
        {
            var z = (best[s] - _space.Means[(s * Lanes) + lane]) / sigma;
            _logs[s] = NormalTail.LogImprovement(z, out _slopes[s]);
            largest = Math.Max(largest, _logs[s]);
        }

        var sum = 0.0;
        for (var s = 0; s < best.Length; s++)
        {
            _logs[s] = Math.Exp(_logs[s] - largest);
            sum += _logs[s];
        }

        _byVariance[lane] = 0.5 / _space.Variances[lane];
        for (var s = 0; s < best.Length; s++)
        {
            var share = _logs[s] / sum * _slopes[s];
            var z = (best[s] - _space.Means[(s * Lanes) + lane]) / sigma;
            _byMean[(s * Lanes) + lane] = -share / sigma;
            _byVariance[lane] -= share * z * 0.5 / _space.Variances[lane];
        }

        return largest + Math.Log(sum / best.Length) + Math.Log(sigma);
    }
}
