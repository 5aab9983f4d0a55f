using static Tuning.Search.Numerics.Vector512Math;

namespace Tuning.Search.GaussianProcess;

/// <summary>
/// A Gaussian process given rows and values, and pending rows whose values are drawn jointly from it: one mean per draw, one variance for all
/// (Rasmussen and Williams, 2006, algorithm 2.1). Immutable once built.
/// </summary>
internal sealed unsafe class Posterior
{
    private readonly FeatureMap _map;
    private readonly double[] _features;
    private readonly int _stride;
    private readonly Cholesky _factor;
    private double _extra;

    /// <param name="map">What the features are.</param>
    /// <param name="settings">The hyper-parameters.</param>
    /// <param name="rows">The rows that have a value, then those that are pending.</param>
    /// <param name="targets">The standardised values.</param>
    /// <param name="noises">Standard normal numbers for the draws, [draws, pending]; empty for one draw, the mean.</param>
    public Posterior(FeatureMap map, KernelSettings settings, IReadOnlyList<double[]> rows, ReadOnlySpan<double> targets, ReadOnlySpan<double> noises)
    {
        (_map, Settings, Observed, Count) = (map, settings, targets.Length, rows.Count);
        Draws = noises.IsEmpty ? 1 : noises.Length / (Count - Observed);
        _stride = Padded(Count);
        _features = GC.AllocateArray<double>(map.Count * _stride, pinned: true);
        for (var i = 0; i < Count; i++)
        {
            map.Write(rows[i], _features.AsSpan(i), _stride);
        }

        (_factor, RowMeans) = (Factor(), new double[Observed]);
        Solutions = new double[Draws][];
        PendingValues = new double[Draws][];
        var common = new double[_factor.Stride];
        targets.CopyTo(common);
        _factor.SolveLower(common);
        SetRowMeans(targets, common);
        for (var s = 0; s < Draws; s++)
        {
            Solve(s, common, noises.IsEmpty ? [] : noises.Slice(s * (Count - Observed), Count - Observed));
        }
    }

    /// <summary>The hyper-parameters.</summary>
    public KernelSettings Settings { get; }

    /// <summary>What the features are.</summary>
    public FeatureMap Map => _map;

    /// <summary>Rows with values.</summary>
    public int Observed { get; }

    /// <summary>Rows in all.</summary>
    public int Count { get; }

    /// <summary>Number of draws.</summary>
    public int Draws { get; }

    /// <summary>Per draw, K⁻¹ times the values.</summary>
    public double[][] Solutions { get; }

    /// <summary>Per draw, the values at the pending rows.</summary>
    public double[][] PendingValues { get; }

    /// <summary>The mean of the process at the rows that have values, whatever is pending: what they would be without their noise.</summary>
    public double[] RowMeans { get; }

    /// <summary>Mean and variance at eight points.</summary>
    /// <param name="space">Working memory; its <see cref="PredictionSpace.X"/> holds the features. Receives kernel, slopes and L⁻¹ k.</param>
    /// <param name="needsSlopes">Whether gradients will be asked for.</param>
    public void Predict(PredictionSpace space, bool needsSlopes)
    {
        fixed (double* features = _features, x = space.X, kernel = space.Kernel, slopes = space.Slopes, solved = space.Solved)
        {
            Matern.EightRows(_map, Settings, features, _stride, x, Count, kernel, needsSlopes ? slopes : null);
            for (var s = 0; s < Draws; s++)
            {
                fixed (double* solution = Solutions[s], mean = &space.Means[s * Lanes])
                {
                    BatchSums.Weighted(kernel, solution, Count, mean);
                }
            }

            space.Kernel.AsSpan(0, Count * Lanes).CopyTo(space.Solved);
            BatchSolve.Lower(_factor, space.Solved);
            fixed (double* variance = space.Variances)
            {
                BatchSums.Squares(solved, Count, variance);
            }
        }

        for (var lane = 0; lane < Lanes; lane++)
        {
            space.Variances[lane] = Math.Max(Settings.Scale - space.Variances[lane], 1e-12 * Settings.Scale);
        }
    }

    /// <summary>
    /// After <see cref="Predict"/>: the gradient by the features of Σₛ a[s] meanₛ + b variance, with a of [draws, 8] and b of [8], into
    /// <see cref="PredictionSpace.Gradient"/>.
    /// </summary>
    public void Gradient(PredictionSpace space, ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        BatchSolve.Upper(_factor, space.Solved);
        fixed (double* features = _features, x = space.X, slopes = space.Slopes, solved = space.Solved, byMean = a, byVariance = b, gradient = space.Gradient)
        {
            BatchSums.Coefficients(solved, slopes, Solutions, byMean, byVariance, Count);
            Matern.EightGradients(_map, Settings, features, _stride, x, Count, solved, gradient);
        }
    }

    /// <summary>Adds the gradients by coordinates of up to eight rows, of [rows, dimensions]; absent coordinates have none.</summary>
    public void AddGradients(PredictionSpace space, ReadOnlySpan<double[]> rows, Span<double> gradients)
    {
        for (var lane = 0; lane < rows.Length; lane++)
        {
            for (var d = 0; d < _map.Dimensions; d++)
            {
                gradients[(lane * _map.Dimensions) + d] += double.IsNaN(rows[lane][d]) ? 0
                    : _map.Derivative(d, rows[lane][d], space.Gradient.AsSpan(lane), Lanes);
            }
        }
    }

    /// <summary>
    /// What the process would predict for the value of each row that has one, had it not been shown that value (Rasmussen and Williams, 2006, equation 5.12).
    /// Takes n³/3 steps.
    /// </summary>
    public double[] LeaveOneOut(ReadOnlySpan<double> targets)
    {
        var predictions = new double[Observed];
        var column = new double[_factor.Stride];
        _factor.Truncate(Observed);
        for (var i = 0; i < Observed; i++)
        {
            Array.Clear(column);
            column[i] = 1;
            _factor.SolveLower(column, i);
            var diagonal = 0.0;
            for (var k = i; k < Observed; k++)
            {
                diagonal += column[k] * column[k];
            }

            predictions[i] = targets[i] - ((targets[i] - RowMeans[i]) / (Settings.Noise + _extra) / diagonal);
        }

        _factor.Restore(Count);
        return predictions;
    }

    private double NoiseOf(int row) => row < Observed ? Settings.Noise : Prior.NoiseFloor;

    private Cholesky Factor()
    {
        // A matrix too near to singular gets more on its diagonal, until it can be factored.
        for (var extra = 0.0; ; extra = Math.Max(10 * extra, 1e-9 * Settings.Scale))
        {
            var factor = new Cholesky(Count);
            fixed (double* features = _features, matrix = factor.Elements)
            {
                for (var i = 0; i < Count; i++)
                {
                    var at = (nint)i * factor.Stride;
                    Matern.Row(_map, Settings, features, _stride, features + i, _stride, i + 1, matrix + at, null);
                    matrix[at + i] += NoiseOf(i) + extra;
                }
            }

            if (factor.Extend(Count) || extra > Settings.Scale)
            {
                _extra = extra;
                return factor;
            }
        }
    }

    private void SetRowMeans(ReadOnlySpan<double> targets, double[] common)
    {
        // Of the factor's rows, the first ones are the factor of the rows with values.
        var solution = common.AsSpan(0, Observed).ToArray();
        _factor.Truncate(Observed);
        _factor.SolveUpper(solution);
        _factor.Restore(Count);
        for (var i = 0; i < Observed; i++)
        {
            RowMeans[i] = targets[i] - ((Settings.Noise + _extra) * solution[i]);
        }
    }

    private void Solve(int draw, double[] common, ReadOnlySpan<double> noises)
    {
        var solution = (double[])common.Clone();
        noises.CopyTo(solution.AsSpan(Observed));
        if (noises.IsEmpty)
        {
            solution.AsSpan(Observed, Count - Observed).Clear();
        }

        var pending = new double[Count - Observed];
        for (var i = Observed; i < Count; i++)
        {
            for (var k = 0; k <= i; k++)
            {
                pending[i - Observed] += _factor.Elements[(i * _factor.Stride) + k] * solution[k];
            }
        }

        _factor.SolveUpper(solution);
        (Solutions[draw], PendingValues[draw]) = (solution, pending);
    }
}
