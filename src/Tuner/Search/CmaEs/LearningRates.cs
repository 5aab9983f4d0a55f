namespace Tuning.Search.CmaEs;

/// <summary>
/// Learning rates that follow the ratio of signal to noise of the steps that mean and covariance take (Nomura, Akimoto and Ono, "CMA-ES with
/// learning rate adaptation", 2023): both estimated by moving averages of the steps, in coordinates where the distribution is standard normal.
/// </summary>
internal sealed class LearningRates(int dimensions, int stride)
{
    // Their names: α, β_m, β_Σ, γ.
    private const double Wanted = 1.4, MeanDecay = 0.1, CovarianceDecay = 0.03, Damping = 0.1;

    private readonly double[] _meanBefore = new double[stride], _sigmaBefore = new double[dimensions * stride], _inverseRoot = new double[dimensions * stride];
    private readonly double[] _difference = new double[dimensions * stride], _product = new double[dimensions * stride], _step = new double[stride];
    private readonly double[] _meanAverage = new double[stride], _sigmaAverage = new double[dimensions * stride];
    private double _meanSquare, _sigmaSquare, _meanRate = 1, _sigmaRate = 1;

    /// <summary>Notes the distribution before a step.</summary>
    public void Before(double[] mean, double step, double[] covariance, double[] vectors, double[] roots)
    {
        mean.CopyTo(_meanBefore, 0);
        _inverseRoot.AsSpan().Clear();
        for (var k = 0; k < dimensions; k++)
        {
            var vector = vectors.AsSpan(k * stride, stride);
            for (var i = 0; i < dimensions; i++)
            {
                RowMath.Add(vector[i] / (roots[k] * step), vector, _inverseRoot.AsSpan(i * stride, stride));
            }
        }

        for (var i = 0; i < covariance.Length; i++)
        {
            _sigmaBefore[i] = step * step * covariance[i];
        }
    }

    /// <summary>Shortens the step that was taken, and learns how much to shorten the next.</summary>
    /// <returns>The step size; <paramref name="covariance"/> has the determinant 1.</returns>
    public double After(double[] mean, double step, double[] covariance)
    {
        for (var i = 0; i < stride; i++)
        {
            _step[i] = mean[i] - _meanBefore[i];
        }

        for (var i = 0; i < covariance.Length; i++)
        {
            _difference[i] = (step * step * covariance[i]) - _sigmaBefore[i];
        }

        var before = _meanRate;
        (_meanRate, _sigmaRate) = (AdaptMean(), AdaptSigma());
        for (var i = 0; i < stride; i++)
        {
            mean[i] = _meanBefore[i] + (_meanRate * _step[i]);
        }

        for (var i = 0; i < covariance.Length; i++)
        {
            covariance[i] = _sigmaBefore[i] + (_sigmaRate * _difference[i]);
        }

        // The best step for a mean that learns slower is longer.
        return Normalise(covariance) * before / _meanRate;
    }

    private double AdaptMean()
    {
        Multiply(_inverseRoot, _step, _product.AsSpan(0, stride));
        return Adapt(_product.AsSpan(0, stride), _meanAverage, ref _meanSquare, MeanDecay, _meanRate);
    }

    private double AdaptSigma()
    {
        for (var i = 0; i < dimensions; i++)
        {
            var row = _product.AsSpan(i * stride, stride);
            row.Clear();
            for (var k = 0; k < dimensions; k++)
            {
                RowMath.Add(_inverseRoot[(i * stride) + k] / Math.Sqrt(2), _difference.AsSpan(k * stride, stride), row);
            }
        }

        Span<double> one = stackalloc double[stride];
        for (var i = 0; i < dimensions; i++)
        {
            var row = _product.AsSpan(i * stride, stride);
            one.Clear();
            Multiply(_inverseRoot, row, one);
            one.CopyTo(row);
        }

        return Adapt(_product, _sigmaAverage, ref _sigmaSquare, CovarianceDecay, _sigmaRate);
    }

    private static double Adapt(ReadOnlySpan<double> step, Span<double> average, ref double square, double decay, double rate)
    {
        RowMath.Scale(1 - decay, average);
        RowMath.Add(decay, step, average);
        square = ((1 - decay) * square) + (decay * RowMath.Dot(step, step));
        var signal = RowMath.Dot(average, average);
        var noise = square - signal;
        var ratio = noise > 0 ? (signal - (decay / (2 - decay) * square)) / noise : double.PositiveInfinity;
        return Math.Min(1, rate * Math.Exp(Math.Min(Damping * rate, decay) * Math.Clamp((ratio / (Wanted * rate)) - 1, -1, 1)));
    }

    private void Multiply(double[] matrix, ReadOnlySpan<double> vector, Span<double> result)
    {
        for (var i = 0; i < dimensions; i++)
        {
            result[i] = RowMath.Dot(matrix.AsSpan(i * stride, stride), vector);
        }

        result[dimensions..].Clear();
    }

    // Takes the scale out of a covariance.
    private double Normalise(double[] covariance)
    {
        var (matrix, values, vectors) = ((double[])covariance.Clone(), new double[dimensions], new double[covariance.Length]);
        SymmetricEigen.Decompose(matrix, values, vectors);
        var logarithm = 0.0;
        foreach (var value in values)
        {
            logarithm += Math.Log(Math.Max(value, 1e-300));
        }

        var scale = Math.Exp(logarithm / dimensions);
        RowMath.Scale(1 / scale, covariance);
        return Math.Sqrt(scale);
    }
}
