namespace Tuning.Search.Numerics;

/// <summary>
/// Minimises a smooth function within bounds by limited-memory BFGS (Nocedal and Wright, algorithm 7.4) with projection: coordinates that a bound holds
/// back take no part in a step, and the line search backtracks along the projected path (Bertsekas, 1982). It asks and is told, so
/// that many can run side by side on one batch of evaluations.
/// </summary>
/// <remarks>A value that is NaN or infinite counts as worse than any. Not safe for concurrent use.</remarks>
internal sealed class BoundedLbfgs(int dimensions, int maxIterations, double tolerance)
{
    private const int Memory = 8;
    private const int MaxBacktracks = 12;

    private readonly double[] _lower = new double[dimensions], _upper = new double[dimensions];
    private readonly double[] _gradient = new double[dimensions], _direction = new double[dimensions];
    private readonly double[] _steps = new double[Memory * dimensions], _changes = new double[Memory * dimensions];
    private readonly double[] _curvatures = new double[Memory], _alphas = new double[Memory];
    private readonly double[] _best = new double[dimensions], _point = new double[dimensions];
    private double _length;
    private int _pairs, _iterations, _backtracks;

    /// <summary>Where the function is to be evaluated next.</summary>
    public ReadOnlySpan<double> Point => _point;

    /// <summary>The best point so far.</summary>
    public ReadOnlySpan<double> Best => _best;

    /// <summary>The value there.</summary>
    public double BestValue { get; private set; }

    /// <summary>Whether it has ended.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Begins anew.</summary>
    public void Start(ReadOnlySpan<double> start, ReadOnlySpan<double> lower, ReadOnlySpan<double> upper)
    {
        lower.CopyTo(_lower);
        upper.CopyTo(_upper);
        for (var i = 0; i < dimensions; i++)
        {
            _point[i] = Math.Clamp(start[i], lower[i], upper[i]);
        }

        _point.CopyTo(_best, 0);
        (BestValue, _pairs, _iterations, _backtracks, _length, IsDone) = (double.PositiveInfinity, 0, -1, 0, 1, dimensions == 0);
    }

    /// <summary>Takes the value and the gradient at <see cref="Point"/>, and moves the point on.</summary>
    public void Tell(double value, ReadOnlySpan<double> gradient)
    {
        if (_iterations < 0)
        {
            Accept(value, gradient, false);
            IsDone |= !double.IsFinite(value);
            return;
        }

        var slope = 0.0;
        for (var i = 0; i < dimensions; i++)
        {
            slope += _gradient[i] * (_point[i] - _best[i]);
        }

        if (double.IsFinite(value) && value <= BestValue + (1e-4 * Math.Min(slope, 0)))
        {
            var gain = BestValue - value;
            Accept(value, gradient, true);
            IsDone |= gain <= 1e-10 * Math.Max(1, Math.Abs(value));
            return;
        }

        if (++_backtracks > MaxBacktracks)
        {
            IsDone = true;
            return;
        }

        // The parabola through the value and slope here and the value there.
        var shrink = double.IsFinite(value) && slope < 0 ? -slope / (2 * (value - BestValue - slope)) : 0.1;
        _length *= Math.Clamp(shrink, 0.1, 0.5);
        MovePoint();
    }

    private void Accept(double value, ReadOnlySpan<double> gradient, bool isStep)
    {
        if (isStep)
        {
            Remember(gradient);
        }

        BestValue = value;
        _point.CopyTo(_best, 0);
        gradient.CopyTo(_gradient);
        if (++_iterations >= maxIterations || ProjectedNorm() < tolerance)
        {
            IsDone = true;
            return;
        }

        _backtracks = 0;
        SetDirection();
        MovePoint();
    }

    private void Remember(ReadOnlySpan<double> gradient)
    {
        var slot = (_pairs % Memory) * dimensions;
        double curvature = 0, size = 0;
        for (var i = 0; i < dimensions; i++)
        {
            var (s, y) = (_point[i] - _best[i], gradient[i] - _gradient[i]);
            (_steps[slot + i], _changes[slot + i]) = (s, y);
            curvature += s * y;
            size += y * y;
        }

        if (curvature > 1e-12 * size)
        {
            _curvatures[_pairs % Memory] = curvature;
            _pairs++;
        }
    }

    private void SetDirection()
    {
        var slope = TwoLoops();
        if (!(slope < 0))
        {
            _pairs = 0;
            slope = TwoLoops();
        }

        var norm = 0.0;
        foreach (var d in _direction)
        {
            norm += d * d;
        }

        _length = _pairs == 0 ? Math.Min(1, 0.5 / Math.Sqrt(Math.Max(norm, 1e-300))) : 1;
    }

    /// <summary>The direction −H g over the coordinates that are free; returns its slope.</summary>
    private double TwoLoops()
    {
        for (var i = 0; i < dimensions; i++)
        {
            _direction[i] = IsHeld(i) ? 0 : -_gradient[i];
        }

        var first = Math.Max(0, _pairs - Memory);
        for (var p = _pairs - 1; p >= first; p--)
        {
            var slot = p % Memory;
            _alphas[slot] = FreeDot(_steps, slot) / _curvatures[slot];
            AddScaled(_changes, slot, -_alphas[slot]);
        }

        if (_pairs > first)
        {
            var slot = (_pairs - 1) % Memory;
            var size = 0.0;
            for (var i = 0; i < dimensions; i++)
            {
                size += _changes[(slot * dimensions) + i] * _changes[(slot * dimensions) + i];
            }

            for (var i = 0; i < dimensions; i++)
            {
                _direction[i] *= _curvatures[slot] / size;
            }
        }

        for (var p = first; p < _pairs; p++)
        {
            var slot = p % Memory;
            AddScaled(_steps, slot, _alphas[slot] - (FreeDot(_changes, slot) / _curvatures[slot]));
        }

        var slope = 0.0;
        for (var i = 0; i < dimensions; i++)
        {
            slope += _direction[i] * _gradient[i];
        }

        return slope;
    }

    private double FreeDot(double[] vectors, int slot)
    {
        var sum = 0.0;
        for (var i = 0; i < dimensions; i++)
        {
            sum += vectors[(slot * dimensions) + i] * _direction[i];
        }

        return sum;
    }

    private void AddScaled(double[] vectors, int slot, double factor)
    {
        for (var i = 0; i < dimensions; i++)
        {
            _direction[i] += IsHeld(i) ? 0 : factor * vectors[(slot * dimensions) + i];
        }
    }

    private bool IsHeld(int i) => (_best[i] <= _lower[i] && _gradient[i] > 0) || (_best[i] >= _upper[i] && _gradient[i] < 0);

    private double ProjectedNorm()
    {
        var norm = 0.0;
        for (var i = 0; i < dimensions; i++)
        {
            norm = Math.Max(norm, Math.Abs(Math.Clamp(_best[i] - _gradient[i], _lower[i], _upper[i]) - _best[i]));
        }

        return norm;
    }

    private void MovePoint()
    {
        for (var i = 0; i < dimensions; i++)
        {
            _point[i] = Math.Clamp(_best[i] + (_length * _direction[i]), _lower[i], _upper[i]);
        }
    }
}
