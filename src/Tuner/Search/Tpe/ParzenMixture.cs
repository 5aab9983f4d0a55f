namespace Tuning.Search.Tpe;

/// <summary>
/// A density over some axes: a weighted mixture of kernels, one for each of some trials, and a uniform one, the prior. A kernel is a
/// product: truncated normal along numbers, integrated per value where there are few, and a peak on a category. Densities are relative to
/// the uniform one, so that the prior's is 1 everywhere.
/// </summary>
/// <remarks>
/// Kernels are as wide along an axis as <see cref="Smoothing"/> says: all alike, or each by its neighbours. Reuses its buffers; used by one
/// thread.
/// </remarks>
internal sealed class ParzenMixture
{
    private const double LogOfRootOfTwoPi = 0.91893853320467274;

    private readonly Axis[] _numbers;
    private readonly AxisTable[] _tables;
    private double[] _inverseWidths = [], _widths = [], _means = [], _constants = [], _cumulated = [], _logs = [], _shares = [];
    private double[] _points = [];
    private int _count, _padded;
    private double _priorLog;
    private bool _isUniform;

    /// <param name="axes">The axes, all of which every trial has.</param>
    public ParzenMixture(IEnumerable<Axis> axes)
    {
        var all = axes.ToList();
        _numbers = [.. all.Where(a => !AxisTable.Suits(a))];
        _tables = [.. all.Where(AxisTable.Suits).Select(a => new AxisTable(a))];
    }

    /// <summary>Makes it of trials.</summary>
    /// <param name="archive">Where their rows are.</param>
    /// <param name="places">The trials.</param>
    /// <param name="weights">Their weights.</param>
    /// <param name="smoothing">Weights, widths and peaks.</param>
    public void Build(TrialArchive archive, ReadOnlySpan<int> places, ReadOnlySpan<double> weights, in Smoothing smoothing)
    {
        _count = places.Length;
        _padded = Vector512Math.Padded(_count);
        _isUniform = !smoothing.ByNeighbours;
        Reserve();
        var total = smoothing.PriorWeight;
        var squares = 0.0;
        foreach (var weight in weights)
        {
            total += weight;
            squares += weight * weight;
        }

        var sum = total - smoothing.PriorWeight;
        var shrink = Math.Pow((squares > 0 ? sum * sum / squares : 0) + 1, -1.0 / (_numbers.Length + _tables.Length + 4));
        _priorLog = Math.Log(smoothing.PriorWeight / total);
        var cumulated = 0.0;
        for (var i = 0; i < _count; i++)
        {
            cumulated += weights[i] / total;
            _cumulated[i] = cumulated;
            _constants[i] = Math.Log(weights[i] / total);
        }

        BuildNumbers(archive, places, weights, sum, smoothing, shrink);
        foreach (var table in _tables)
        {
            table.Build(archive, places, weights, sum, smoothing, shrink, _padded);
        }

        // Lanes that stand for no trial weigh nothing.
        _constants.AsSpan(_count, _padded - _count).Fill(double.MinValue);
    }

    /// <summary>Draws a point into the axes of a row.</summary>
    /// <param name="random">What is drawn from.</param>
    /// <param name="spread">What the widths of kernels along numbers are multiplied with for the draw.</param>
    /// <param name="row">The row.</param>
    public void Draw(RandomStream random, double spread, Span<double> row)
    {
        var at = random.NextDouble();
        var kernel = _cumulated.AsSpan(0, _count).BinarySearch(at);
        kernel = kernel < 0 ? ~kernel : kernel + 1;
        for (var n = 0; n < _numbers.Length; n++)
        {
            var axis = _numbers[n];
            row[axis.Index] = axis.Scale.Snap(kernel == _count ? random.NextDouble()
                : Inside(random, _means[(n * _padded) + kernel] * _widths[(n * _padded) + kernel], spread * _widths[(n * _padded) + kernel]));
        }

        foreach (var table in _tables)
        {
            row[table.Axis.Index] = table.Draw(kernel < _count ? kernel : -1, random);
        }
    }

    /// <summary>The logarithms of the density at four points.</summary>
    /// <param name="rows">Their rows, one after the other.</param>
    /// <param name="densities">Receives the four.</param>
    public void LogDensities(ReadOnlySpan<double> rows, Span<double> densities)
    {
        var width = rows.Length / 4;
        var logs = _logs.AsSpan(0, 4 * _padded);
        for (var c = 0; c < 4; c++)
        {
            _constants.AsSpan(0, _padded).CopyTo(logs[(c * _padded)..]);
            for (var n = 0; n < _numbers.Length; n++)
            {
                _points[(c * _numbers.Length) + n] = rows[(c * width) + _numbers[n].Index] * (_isUniform && _padded > 0 ? _inverseWidths[n * _padded] : 1);
            }

            foreach (var table in _tables)
            {
                DensityKernels.Add(logs.Slice(c * _padded, _padded), table.Logs((int)table.ValueOf(rows[(c * width) + table.Axis.Index])));
            }
        }

        if (_padded > 0)
        {
            Subtract(logs);
        }

        for (var c = 0; c < 4; c++)
        {
            densities[c] = DensityKernels.LogSum(logs.Slice(c * _padded, _padded), _priorLog);
        }
    }

    /// <summary>The kernels that give most to the density at a point, most first, by their place among the trials.</summary>
    public void Nearest(ReadOnlySpan<double> row, Span<int> kernels)
    {
        var rows = new double[row.Length * 4];
        row.CopyTo(rows);
        Span<double> densities = stackalloc double[4];
        LogDensities(rows, densities);
        var logs = _logs.AsSpan(0, _count);
        for (var i = 0; i < kernels.Length; i++)
        {
            var best = -1;
            for (var k = 0; k < logs.Length; k++)
            {
                best = !kernels[..i].Contains(k) && (best < 0 || logs[k] > logs[best]) ? k : best;
            }

            kernels[i] = best;
        }
    }

    private void Subtract(Span<double> logs)
    {
        if (_isUniform)
        {
            DensityKernels.SubtractDistances(_means.AsSpan(0, _numbers.Length * _padded), _numbers.Length, _points, logs);
            return;
        }

        for (var c = 0; c < 4; c++)
        {
            for (var n = 0; n < _numbers.Length; n++)
            {
                var (from, point) = (n * _padded, _points[(c * _numbers.Length) + n]);
                DensityKernels.SubtractDistance(_means.AsSpan(from, _padded), _inverseWidths.AsSpan(from, _padded), point, logs.Slice(c * _padded, _padded));
            }
        }
    }

    private static double Inside(RandomStream random, double mean, double width)
    {
        while (true)
        {
            var drawn = mean + (width * random.NextGaussian());
            if (drawn is >= 0 and <= 1)
            {
                return drawn;
            }
        }
    }

    private void BuildNumbers(TrialArchive archive, ReadOnlySpan<int> places, ReadOnlySpan<double> weights, double sum, in Smoothing smoothing, double shrink)
    {
        var rows = archive.Rows;
        var (width, stride, means) = (archive.Width, _padded, _means);
        means.AsSpan(0, _numbers.Length * stride).Clear();
        for (var i = 0; i < places.Length; i++)
        {
            var row = rows.Slice(places[i] * width, width);
            for (var n = 0; n < _numbers.Length; n++)
            {
                means[(n * stride) + i] = row[_numbers[n].Index];
            }
        }

        var shares = _shares.AsSpan(0, stride);
        shares.Fill(1);
        for (var n = 0; n < _numbers.Length; n++)
        {
            var column = means.AsSpan(n * stride, stride);
            var widths = _widths.AsSpan(n * stride, stride);
            var inverses = _inverseWidths.AsSpan(n * stride, stride);
            smoothing.SetWidths(column[.._count], weights, sum, shrink, _numbers[n], widths[.._count]);
            widths[_count..].Fill(1);
            TakeWidths(widths, inverses, smoothing.ByNeighbours);
            DensityKernels.Multiply(column, inverses);
            DensityKernels.MultiplyInside(column, inverses, shares);
            if (n % 64 == 63)
            {
                TakeShares(shares);
            }
        }

        TakeShares(shares);
    }

    private void TakeWidths(ReadOnlySpan<double> widths, Span<double> inverses, bool differ)
    {
        var log = 0.0;
        for (var i = 0; i < widths.Length; i++)
        {
            inverses[i] = i > 0 && widths[i] == widths[i - 1] ? inverses[i - 1] : 1 / widths[i];
            if (i < _count)
            {
                log = i > 0 && !differ ? log : Math.Log(widths[i]) + LogOfRootOfTwoPi;
                _constants[i] -= log;
            }
        }
    }

    private void TakeShares(Span<double> shares)
    {
        for (var i = 0; i < _count; i++)
        {
            _constants[i] -= Math.Log(shares[i]);
        }

        shares.Fill(1);
    }

    private void Reserve()
    {
        if (_constants.Length < _padded)
        {
            var room = Vector512Math.Padded(_padded * 2);
            (_constants, _cumulated, _shares) = (new double[room], new double[room], new double[room]);
            (_means, _widths, _inverseWidths) = (new double[room * _numbers.Length], new double[room * _numbers.Length], new double[room * _numbers.Length]);
            _logs = new double[4 * room];
        }

        if (_points.Length < 4 * _numbers.Length)
        {
            _points = new double[4 * _numbers.Length];
        }
    }
}
