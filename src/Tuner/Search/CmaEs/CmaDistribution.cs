namespace Tuning.Search.CmaEs;

/// <summary>
/// The normal distribution that CMA-ES moves: mean, step size, covariance, and the paths that they learn from. Rows are padded to
/// multiples of eight.
/// </summary>
/// <remarks>x = m + σ A y with y ~ N(0, C) and A diagonal, 1 but for steps that keep a margin. Used by one thread.</remarks>
internal sealed class CmaDistribution
{
    private readonly CmaParameters _parameters;
    private readonly LearningRates? _rates;
    private readonly int _stride;
    private readonly double[] _covariance, _vectors, _pathOfStep, _pathOfMatrix, _step, _work, _members, _matrix;
    private readonly double[] _roots;
    private int _generations, _stale;

    /// <param name="parameters">The defaults for its dimensions and population.</param>
    /// <param name="mean">Where it starts.</param>
    /// <param name="step">σ.</param>
    /// <param name="adaptsRates">Whether learning rates follow the ratio of signal to noise.</param>
    /// <param name="covariance">C, rows without padding; null for the identity.</param>
    public CmaDistribution(CmaParameters parameters, double[] mean, double step, bool adaptsRates, double[]? covariance)
    {
        (_parameters, Dimensions, StepSize) = (parameters, mean.Length, step);
        _stride = Vector512Math.Padded(Dimensions);
        Mean = new double[_stride];
        mean.CopyTo(Mean, 0);
        (_pathOfStep, _pathOfMatrix, _step, _work) = (new double[_stride], new double[_stride], new double[_stride], new double[_stride]);
        (_covariance, _vectors, _matrix) = (new double[Dimensions * _stride], new double[Dimensions * _stride], new double[Dimensions * _stride]);
        _members = new double[parameters.Population * _stride];
        (_roots, Margins) = (new double[Dimensions], new double[_stride]);
        Array.Fill(Margins, 1);
        for (var i = 0; i < Dimensions; i++)
        {
            for (var j = 0; j < Dimensions; j++)
            {
                _covariance[(i * _stride) + j] = covariance?[(i * Dimensions) + j] ?? (i == j ? 1 : 0);
            }
        }

        _rates = adaptsRates ? new(Dimensions, _stride) : null;
        _stale = int.MaxValue;
    }

    /// <summary>n.</summary>
    public int Dimensions { get; }

    /// <summary>m; those beyond <see cref="Dimensions"/> are 0.</summary>
    public double[] Mean { get; }

    /// <summary>σ.</summary>
    public double StepSize { get; private set; }

    /// <summary>The diagonal of A, which <see cref="CmaMargin"/> sets.</summary>
    public double[] Margins { get; }

    /// <summary>The ratio of the longest to the shortest axis, squared.</summary>
    public double Condition { get; private set; } = 1;

    /// <summary>The standard deviation of a coordinate.</summary>
    public double Deviation(int axis) => StepSize * Margins[axis] * Math.Sqrt(_covariance[(axis * _stride) + axis]);

    /// <summary>The largest standard deviation of a coordinate.</summary>
    public double LargestDeviation()
    {
        var largest = 0.0;
        for (var i = 0; i < Dimensions; i++)
        {
            largest = Math.Max(largest, Deviation(i));
        }

        return largest;
    }

    /// <summary>Makes a point of standard normal numbers.</summary>
    /// <param name="normal">One number per dimension, padded; destroyed.</param>
    /// <param name="x">Takes the point.</param>
    [MethodImpl(AggressiveOptimization)]
    public void Sample(Span<double> normal, Span<double> x)
    {
        Decompose();
        Span<double> y = stackalloc double[_stride];
        y.Clear();
        for (var k = 0; k < Dimensions; k++)
        {
            RowMath.Add(normal[k] * _roots[k], _vectors.AsSpan(k * _stride, _stride), y);
        }

        for (var i = 0; i < Dimensions; i++)
        {
            x[i] = Mean[i] + (StepSize * Margins[i] * y[i]);
        }
    }

    /// <summary>Learns from a generation.</summary>
    /// <param name="points">The points, best first, one after the other without padding.</param>
    public void Update(ReadOnlySpan<double> points)
    {
        Decompose();
        var (p, n) = (_parameters, Dimensions);
        _step.AsSpan().Clear();
        for (var k = 0; k < p.Population; k++)
        {
            var y = _members.AsSpan(k * _stride, _stride);
            y.Clear();
            for (var i = 0; i < n; i++)
            {
                y[i] = (points[(k * n) + i] - Mean[i]) / (StepSize * Margins[i]);
            }

            Clip(y);
            if (k < p.Parents)
            {
                RowMath.Add(p.Weights[k], y, _step);
            }
        }

        _rates?.Before(Mean, StepSize, _covariance, _vectors, _roots);
        Move();
        _generations++;
        _stale = _stale == int.MaxValue ? _stale : _stale + 1;
        if (_rates is not null)
        {
            StepSize = _rates.After(Mean, StepSize, _covariance);
            _stale = int.MaxValue;
        }
    }

    /// <summary>Makes the step size smaller, so that no coordinate deviates by more than a limit.</summary>
    public void Limit(double deviation)
    {
        var largest = LargestDeviation();
        StepSize *= largest > deviation ? deviation / largest : 1;
    }

    // A trial from elsewhere must not tear the distribution to it (Hansen, "Injecting external solutions into CMA-ES", 2011, eq. 4).
    private void Clip(Span<double> y)
    {
        var (n, norm) = (Dimensions, Math.Sqrt(Whitened(y)));
        var most = Math.Sqrt(n) + (2.0 * n / (n + 2));
        if (norm > most)
        {
            RowMath.Scale(most / norm, y);
        }
    }

    private void Move()
    {
        var (p, n) = (_parameters, Dimensions);
        for (var i = 0; i < n; i++)
        {
            Mean[i] += StepSize * Margins[i] * _step[i];
        }

        // p_σ, through C^-1/2 y.
        RowMath.Scale(1 - p.PathOfStep, _pathOfStep);
        var factor = Math.Sqrt(p.PathOfStep * (2 - p.PathOfStep) * p.Selected);
        for (var k = 0; k < n; k++)
        {
            var vector = _vectors.AsSpan(k * _stride, _stride);
            RowMath.Add(factor * RowMath.Dot(vector, _step) / _roots[k], vector, _pathOfStep);
        }

        var length = Math.Sqrt(RowMath.Dot(_pathOfStep, _pathOfStep));
        var norm = length / Math.Sqrt(1 - Math.Pow(1 - p.PathOfStep, 2.0 * (_generations + 1)));
        var isMoving = norm < (1.4 + (2.0 / (n + 1))) * p.ExpectedNorm;
        RowMath.Scale(1 - p.PathOfMatrix, _pathOfMatrix);
        RowMath.Add(isMoving ? Math.Sqrt(p.PathOfMatrix * (2 - p.PathOfMatrix) * p.Selected) : 0, _step, _pathOfMatrix);
        Shape(isMoving);
        StepSize *= Math.Exp(Math.Min(1, p.PathOfStep / p.Damping * ((length / p.ExpectedNorm) - 1)));
    }

    [MethodImpl(AggressiveOptimization)]
    private void Shape(bool isMoving)
    {
        var p = _parameters;
        Span<double> weights = stackalloc double[p.Population];
        var sum = 0.0;
        for (var k = 0; k < p.Population; k++)
        {
            weights[k] = p.Weights[k] >= 0 ? p.Weights[k] : p.Weights[k] * Dimensions / (Whitened(_members.AsSpan(k * _stride, _stride)) + 1e-12);
            sum += p.Weights[k];
        }

        var kept = 1 + (isMoving ? 0 : p.RankOne * p.PathOfMatrix * (2 - p.PathOfMatrix)) - p.RankOne - (p.RankMany * sum);
        for (var i = 0; i < Dimensions; i++)
        {
            var row = _covariance.AsSpan(i * _stride, _stride);
            RowMath.Scale(kept, row);
            RowMath.Add(p.RankOne * _pathOfMatrix[i], _pathOfMatrix, row);
            for (var k = 0; k < p.Population; k++)
            {
                RowMath.Add(p.RankMany * weights[k] * _members[(k * _stride) + i], _members.AsSpan(k * _stride, _stride), row);
            }
        }
    }

    // ‖C^-1/2 y‖²
    [MethodImpl(AggressiveOptimization)]
    private double Whitened(ReadOnlySpan<double> y)
    {
        var sum = 0.0;
        for (var k = 0; k < Dimensions; k++)
        {
            var part = RowMath.Dot(_vectors.AsSpan(k * _stride, _stride), y) / _roots[k];
            sum += part * part;
        }

        return sum;
    }

    private void Decompose()
    {
        if (_stale < _parameters.LazyGenerations)
        {
            return;
        }

        _covariance.CopyTo(_matrix, 0);
        if (!SymmetricEigen.Decompose(_matrix, _roots, _vectors))
        {
            throw new InvalidOperationException("The covariance matrix of CMA-ES has no eigenvalues.");
        }

        var (least, most) = (double.PositiveInfinity, 0.0);
        foreach (var value in _roots)
        {
            (least, most) = (Math.Min(least, value), Math.Max(most, value));
        }

        Condition = least > 0 ? most / least : double.PositiveInfinity;
        foreach (ref var value in _roots.AsSpan())
        {
            value = Math.Sqrt(Math.Max(value, 1e-15 * most));
        }

        _stale = 0;
    }
}
