using MathNet.Numerics;

namespace Tuning.Search.Tpe;

/// <summary>
/// The kernels along an axis with few values: how likely each value is by the value that a kernel stands on. Categories are alike but for
/// their own; numbers are normal distributions integrated over the interval that a value stands for.
/// </summary>
internal sealed class AxisTable
{
    private const int MostNumbers = 48;

    private readonly double[] _edges, _shares, _logs;
    private readonly bool[] _isReady;
    private readonly int _size;
    private int[] _values = [];
    private double[] _columns = [], _middles = [];
    private int _count, _stride;

    /// <param name="axis">The axis.</param>
    public AxisTable(Axis axis)
    {
        (Axis, _size) = (axis, (int)axis.Count);
        (_shares, _logs) = (new double[_size * _size], new double[_size * _size]);
        (_edges, _isReady) = (new double[_size + 1], new bool[_size]);
        if (axis.Kind == AxisKind.Ordinal)
        {
            for (var (i, at) = (0, 0.0); i < _size; i++)
            {
                at = axis.Scale.Cell(at).To;
                _edges[i + 1] = at;

                // The next value's interval is found by a point well inside it.
                at = i + 1 < _size ? axis.Scale.Snap(Math.Min(1, at + 1e-9)) : at;
            }
        }
    }

    /// <summary>The axis.</summary>
    public Axis Axis { get; }

    /// <summary>Whether an axis is worked on by a table; others are numbers without steps, or with so many that it makes no difference.</summary>
    public static bool Suits(Axis axis) => axis.Kind == AxisKind.Category || (axis.Kind == AxisKind.Ordinal && axis.Count <= MostNumbers);

    /// <summary>The place of the value that a coordinate stands for.</summary>
    public int ValueOf(double coordinate)
    {
        if (Axis.Kind == AxisKind.Category)
        {
            return (int)coordinate;
        }

        var at = _edges.AsSpan().BinarySearch(coordinate);
        return Math.Clamp(at < 0 ? ~at - 1 : at, 0, _size - 1);
    }

    /// <summary>Makes the kernels of trials.</summary>
    public void Build(TrialArchive archive, ReadOnlySpan<int> places, ReadOnlySpan<double> weights, double sum, in Smoothing smoothing, double shrink,
        int stride)
    {
        (_count, _stride) = (places.Length, stride);
        if (_values.Length < stride)
        {
            (_values, _middles) = (new int[stride * 2], new double[stride * 2]);
            _columns = new double[stride * 2 * _size];
        }

        for (var i = 0; i < places.Length; i++)
        {
            _middles[i] = archive.Row(places[i])[Axis.Index];
            _values[i] = ValueOf(_middles[i]);
        }

        Array.Clear(_isReady);
        if (Axis.Kind == AxisKind.Category)
        {
            BuildPeaks(smoothing.PriorWeight / (_count + 1));
        }
        else
        {
            BuildNormals(smoothing.CommonWidth(_middles.AsSpan(0, _count), weights, sum, shrink, Axis));
        }
    }

    /// <summary>Draws a coordinate from a trial's kernel, or uniformly if there is none.</summary>
    public double Draw(int kernel, RandomStream random)
    {
        var at = random.NextDouble();
        if (kernel < 0)
        {
            return Axis.Scale.Snap(Axis.Kind == AxisKind.Category ? Math.Floor(at * _size) : at);
        }

        var row = _shares.AsSpan(_values[kernel] * _size, _size);
        var value = 0;
        while (value < _size - 1 && (at -= row[value]) >= 0)
        {
            value++;
        }

        return Axis.Kind == AxisKind.Category ? value : 0.5 * (_edges[value] + _edges[value + 1]);
    }

    /// <summary>The logarithm of how likely a value is, relative to a uniform distribution, by trial.</summary>
    public ReadOnlySpan<double> Logs(int value)
    {
        var column = _columns.AsSpan(value * _stride, _stride);
        if (!_isReady[value])
        {
            for (var i = 0; i < _count; i++)
            {
                column[i] = _logs[(_values[i] * _size) + value];
            }

            column[_count..].Clear();
            _isReady[value] = true;
        }

        return column;
    }

    private void BuildPeaks(double extra)
    {
        for (var from = 0; from < _size; from++)
        {
            for (var to = 0; to < _size; to++)
            {
                var share = (extra + (from == to ? 1 : 0)) / (1 + (_size * extra));
                _shares[(from * _size) + to] = share;
                _logs[(from * _size) + to] = Math.Log(share * _size);
            }
        }
    }

    private void BuildNormals(double width)
    {
        for (var from = 0; from < _size; from++)
        {
            var mean = 0.5 * (_edges[from] + _edges[from + 1]);
            var row = _shares.AsSpan(from * _size, _size);
            var sum = 0.0;
            for (var to = 0; to < _size; to++)
            {
                row[to] = Math.Max(1e-100, NormalMass((_edges[to] - mean) / width, (_edges[to + 1] - mean) / width));
                sum += row[to];
            }

            for (var to = 0; to < _size; to++)
            {
                row[to] /= sum;
                _logs[(from * _size) + to] = Math.Log(row[to] / (_edges[to + 1] - _edges[to]));
            }
        }
    }

    // In the tail that is the shorter way, so that small masses keep their digits.
    private static double NormalMass(double from, double to) => from > 0
        ? 0.5 * (SpecialFunctions.Erfc(from / Constants.Sqrt2) - SpecialFunctions.Erfc(to / Constants.Sqrt2))
        : 0.5 * (SpecialFunctions.Erfc(-to / Constants.Sqrt2) - SpecialFunctions.Erfc(-from / Constants.Sqrt2));
}
