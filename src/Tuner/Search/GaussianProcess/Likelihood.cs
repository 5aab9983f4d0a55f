using System.Runtime.Intrinsics;
using static Tuning.Search.Numerics.Vector512Math;
using Vector = System.Runtime.Intrinsics.Vector512<double>;

namespace Tuning.Search.GaussianProcess;

/// <summary>
/// Minus the logarithm of the posterior of the hyper-parameters and its gradient: Rasmussen and Williams (2006), equations 5.8 and 5.9, plus the
/// <see cref="Prior"/>. Parameters are the logarithms of the weights, of the scale and of the noise. Not safe for concurrent use.
/// </summary>
internal sealed unsafe class Likelihood
{
    private readonly FeatureMap _map;
    private readonly Prior _prior;
    private readonly double[] _features, _targets, _slopes, _upper, _inverse, _solution, _row;
    private readonly Cholesky _factor;
    private readonly int _count, _stride;

    /// <param name="map">What the features are.</param>
    /// <param name="prior">What is believed before any data.</param>
    /// <param name="features">The features of the rows, one each <paramref name="stride"/>.</param>
    /// <param name="stride">A multiple of eight, at least the count.</param>
    /// <param name="targets">The standardised values.</param>
    public Likelihood(FeatureMap map, Prior prior, double[] features, int stride, ReadOnlySpan<double> targets)
    {
        (_map, _prior, _features, _stride, _count) = (map, prior, features, stride, targets.Length);
        _targets = targets.ToArray();
        _factor = new(_count);
        (_slopes, _upper, _inverse) = (Square(), Square(), Square());
        (_solution, _row) = (new double[_factor.Stride], GC.AllocateArray<double>(_factor.Stride, pinned: true));
    }

    /// <summary>Number of parameters.</summary>
    public int Parameters => _map.Dimensions + 2;

    /// <summary>The hyper-parameters that parameters stand for.</summary>
    public static KernelSettings Settings(ReadOnlySpan<double> parameters)
    {
        var weights = new double[parameters.Length - 2];
        for (var d = 0; d < weights.Length; d++)
        {
            weights[d] = Math.Exp(parameters[d]);
        }

        return new(weights, Math.Exp(parameters[^2]), Math.Exp(parameters[^1]));
    }

    /// <summary>The value at <paramref name="parameters"/>; infinite where the matrix cannot be factored.</summary>
    public double Evaluate(ReadOnlySpan<double> parameters, Span<double> gradient)
    {
        var settings = Settings(parameters);
        if (!Factor(settings))
        {
            return double.PositiveInfinity;
        }

        _targets.CopyTo(_solution, 0);
        _factor.SolveLower(_solution);
        var fit = 0.0;
        for (var i = 0; i < _count; i++)
        {
            fit += _solution[i] * _solution[i];
        }

        _factor.SolveUpper(_solution);
        CholeskyInverse.Transposed(_factor, _upper);
        CholeskyInverse.Gram(_upper, _inverse, _count, _factor.Stride);
        gradient.Clear();
        Weights(settings, gradient);
        double trace = 0, square = 0;
        for (var i = 0; i < _count; i++)
        {
            trace += _inverse[(i * _factor.Stride) + i];
            square += _solution[i] * _solution[i];
        }

        gradient[^2] = -0.5 * (fit - _count - (settings.Noise * (square - trace)));
        gradient[^1] = -0.5 * settings.Noise * (square - trace);
        return (0.5 * (fit + _factor.LogDeterminant())) + _prior.Evaluate(settings, gradient);
    }

    private double[] Square() => GC.AllocateUninitializedArray<double>(_factor.Stride * _factor.Stride, pinned: true);

    private bool Factor(KernelSettings settings)
    {
        _factor.Truncate(0);
        fixed (double* features = _features, matrix = _factor.Elements, slopes = _slopes)
        {
            for (var i = 0; i < _count; i++)
            {
                var at = (nint)i * _factor.Stride;
                Matern.Row(_map, settings, features, _stride, features + i, _stride, i + 1, matrix + at, slopes + at);
                matrix[at + i] += settings.Noise;
            }
        }

        return _factor.Extend(_count);
    }

    /// <summary>−½ tr((α αᵀ − K⁻¹) ∂K/∂ln w) for each weight; both triangles are alike, so one is summed.</summary>
    [MethodImpl(AggressiveOptimization)]
    private void Weights(KernelSettings settings, Span<double> gradient)
    {
        fixed (double* features = _features, slopes = _slopes, inverse = _inverse, solution = _solution, row = _row)
        {
            for (var i = 1; i < _count; i++)
            {
                nint at = (nint)i * _factor.Stride;
                var own = Vector512.Create(solution[i]);
                for (nint j = 0; j < i; j += Lanes)
                {
                    ((Fma(own, Vector512.Load(solution + j), -Vector512.Load(inverse + at + j))) * Vector512.Load(slopes + at + j)).Store(row + j);
                }

                for (var j = i; j < Padded(i); j++)
                {
                    row[j] = 0;
                }

                for (var f = 0; f < _map.Count; f++)
                {
                    var column = features + ((nint)f * _stride);
                    gradient[_map.Owners[f]] -= f < _map.Numeric ? Squares(row, column, column[i], i) : Differing(row, column, column[i], i);
                }
            }
        }

        for (var d = 0; d < settings.Weights.Length; d++)
        {
            gradient[d] *= settings.Weights[d];
        }
    }

    [MethodImpl(AggressiveOptimization)]
    private static double Squares(double* row, double* column, double own, int count)
    {
        var sum = Vector.Zero;
        for (nint j = 0; j < count; j += Lanes)
        {
            var d = Vector512.Create(own) - Vector512.Load(column + j);
            sum = Fma(Vector512.Load(row + j) * d, d, sum);
        }

        return Sum(sum);
    }

    [MethodImpl(AggressiveOptimization)]
    private static double Differing(double* row, double* column, double own, int count)
    {
        var sum = Vector.Zero;
        for (nint j = 0; j < count; j += Lanes)
        {
            sum += Vector512.AndNot(Vector512.Load(row + j), Vector512.Equals(Vector512.Create(own), Vector512.Load(column + j)));
        }

        return Sum(sum);
    }
}
