using MathNet.Numerics.Distributions;

namespace Tuning.Spaces;

/// <summary>
/// How the values of a domain lie on the unit interval, so that equal lengths are equally likely to be drawn: what model-based
/// search works on. A category's coordinate is its index. Immutable.
/// </summary>
internal abstract class Scale
{
    /// <summary>How many values there are; 0 when they are not counted.</summary>
    public abstract long Count { get; }

    /// <summary>The coordinate of a value that is in the domain: the middle of its <see cref="Cell"/>.</summary>
    public abstract double Encode(object value);

    /// <summary>The value at a coordinate.</summary>
    public abstract object Decode(double coordinate);

    /// <summary>The coordinates that decode to the same value: a point where values are not counted.</summary>
    public abstract (double From, double To) Cell(double coordinate);

    /// <summary>The coordinate of the value that this coordinate stands for.</summary>
    public abstract double Snap(double coordinate);
}

/// <summary>Real numbers, uniform or log-uniform. Coordinates are in [0, 1].</summary>
internal sealed class RealScale(double lower, double upper, bool isLog) : Scale
{
    // Where the width is no finite number, all is measured in units of which it is one.
    private readonly double _unit = !isLog && double.IsInfinity(upper - lower) ? 0.25 : 1;
    private readonly double _from = isLog ? Math.Log(lower) : lower;
    private readonly double _width = isLog ? Math.Log(upper) - Math.Log(lower) : upper - lower;

    /// <inheritdoc/>
    public override long Count => 0;

    /// <inheritdoc/>
    public override double Encode(object value)
    {
        var number = value is long whole ? whole : (double)value;
        return Math.Clamp(_unit < 1 ? ((_unit * number) - (_unit * lower)) / Span : ((isLog ? Math.Log(number) : number) - _from) / _width, 0, 1);
    }

    /// <inheritdoc/>
    public override object Decode(double coordinate)
    {
        var position = _unit < 1 ? ((_unit * lower) + (Span * Math.Clamp(coordinate, 0, 1))) / _unit : _from + (_width * Math.Clamp(coordinate, 0, 1));
        var value = isLog ? Math.Exp(position) : position;
        return value < upper ? Math.Max(value, lower) : Math.BitDecrement(upper);
    }

    /// <inheritdoc/>
    public override (double From, double To) Cell(double coordinate) => (coordinate, coordinate);

    /// <inheritdoc/>
    public override double Snap(double coordinate) => Math.Clamp(coordinate, 0, 1);

    private double Span => (_unit * upper) - (_unit * lower);
}

/// <summary>Counted numbers in order. Coordinates are in [0, 1]; a value stands for an interval.</summary>
/// <param name="count">How many there are.</param>
/// <param name="value">The value of an index.</param>
/// <param name="index">The index of a value.</param>
/// <param name="logFrom">For log scales, the number at index 0 by which edges are measured; 0 for linear ones.</param>
/// <param name="shift">For log scales, how far below its number a value's interval begins.</param>
internal sealed class StepScale(long count, Func<long, object> value, Func<object, long> index, double logFrom, double shift) : Scale
{
    private readonly double _from = logFrom > 0 ? Math.Log(logFrom - shift) : 0;
    private readonly double _width = logFrom > 0 ? Math.Log(logFrom - shift + count) - Math.Log(logFrom - shift) : count;

    /// <inheritdoc/>
    public override long Count => count;

    /// <inheritdoc/>
    public override double Encode(object value) => Middle(index(value));

    /// <inheritdoc/>
    public override object Decode(double coordinate) => value(Index(coordinate));

    /// <inheritdoc/>
    public override (double From, double To) Cell(double coordinate)
    {
        var at = Index(coordinate);
        return (Edge(at), Edge(at + 1));
    }

    /// <inheritdoc/>
    public override double Snap(double coordinate) => Middle(Index(coordinate));

    private double Middle(long at) => 0.5 * (Edge(at) + Edge(at + 1));

    private double Edge(long at) => logFrom > 0 ? (Math.Log(logFrom - shift + at) - _from) / _width : at / _width;

    private long Index(double coordinate)
    {
        var position = Math.Clamp(coordinate, 0, 1) * _width;
        var at = logFrom > 0 ? Math.Exp(_from + position) - (logFrom - shift) : position;
        return Math.Clamp((long)Math.Floor(at), 0, count - 1);
    }
}

/// <summary>Normally distributed numbers, with or without a step. Coordinates are in (0, 1), by the distribution function.</summary>
internal sealed class NormalScale(NormalDomain domain) : Scale
{
    private const double _least = 1e-9;

    private readonly StepSize? _step = domain.Step is { } q ? new(q) : null;

    /// <inheritdoc/>
    public override long Count => 0;

    /// <inheritdoc/>
    public override double Encode(object value) => Share(value is long whole ? whole : (double)value);

    /// <inheritdoc/>
    public override object Decode(double coordinate)
    {
        var number = Normal.InvCDF(domain.Mean, domain.StandardDeviation, Math.Clamp(coordinate, _least, 1 - _least));
        return _step is null ? number : _step.Multiple((long)Math.Round(number / domain.Step!.Value));
    }

    /// <inheritdoc/>
    public override (double From, double To) Cell(double coordinate)
    {
        if (domain.Step is not { } q)
        {
            return (coordinate, coordinate);
        }

        var number = (double)Decode(coordinate);
        return (Share(number - (q / 2)), Share(number + (q / 2)));
    }

    /// <inheritdoc/>
    public override double Snap(double coordinate) => _step is null ? Math.Clamp(coordinate, _least, 1 - _least) : Encode(Decode(coordinate));

    private double Share(double number) => Math.Clamp(Normal.CDF(domain.Mean, domain.StandardDeviation, number), _least, 1 - _least);
}

/// <summary>Values without order. The coordinate is the index among those that differ: equal ones are weights of random search, and one value here.</summary>
internal sealed class CategoryScale(ChoiceDomain domain) : Scale
{
    private readonly int[] _places = domain.Different();

    /// <inheritdoc/>
    public override long Count => _places.Length;

    /// <summary>The place of a coordinate's value among all values of the domain.</summary>
    public int Place(double coordinate) => _places[(int)coordinate];

    /// <inheritdoc/>
    public override double Encode(object value)
    {
        for (var i = 0; i < _places.Length; i++)
        {
            if (domain.Nodes[_places[i]].Contains(value))
            {
                return i;
            }
        }

        throw new ArgumentException($"{Domain.Text(value)} is not {domain}.", nameof(value));
    }

    /// <inheritdoc/>
    public override object Decode(double coordinate) => (long)Snap(coordinate);

    /// <inheritdoc/>
    public override (double From, double To) Cell(double coordinate) => (coordinate, coordinate);

    /// <inheritdoc/>
    public override double Snap(double coordinate) => Math.Clamp(Math.Round(coordinate), 0, _places.Length - 1);
}
