namespace Tuning.Learning;

/// <summary>
/// A number that may change with the environment steps of the lifetime: a constant, or straight lines between points, the first
/// value before them and the last after them. Immutable, compared by content.
/// </summary>
[JsonConverter(typeof(ScheduleConverter))]
public sealed class Schedule : IEquatable<Schedule>, IHoldsNumbers, ICustomValue
{
    private readonly ImmutableArray<KeyValuePair<long, double>> _points;

    private Schedule(ImmutableArray<KeyValuePair<long, double>> points) => _points = points;

    /// <summary>The points, by step; a constant has one, at step 0.</summary>
    public IReadOnlyList<KeyValuePair<long, double>> Points => _points;

    IEnumerable<double> IHoldsNumbers.Numbers => _points.Select(p => p.Value);

    /// <summary>Whether the value never changes.</summary>
    public bool IsConstant => _points.All(point => point.Value.Equals(_points[0].Value));

    /// <summary>The same value at every step.</summary>
    /// <exception cref="ArgumentException">The value is NaN or infinite.</exception>
    public static Schedule Constant(double value) => Linear([new(0, value)]);

    /// <summary>Straight lines between points.</summary>
    /// <param name="points">Step and value, at least one; steps from 0 on, each larger than the one before.</param>
    /// <exception cref="ArgumentException">There is no point, a step is out of order or negative, or a value is not finite.</exception>
    public static Schedule Linear(IEnumerable<KeyValuePair<long, double>> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        ImmutableArray<KeyValuePair<long, double>> list = [.. points];
        if (list.IsEmpty)
        {
            throw new ArgumentException("A schedule needs at least one point [step, value].", nameof(points));
        }

        for (var i = 0; i < list.Length; i++)
        {
            if (list[i].Key < 0 || (i > 0 && list[i].Key <= list[i - 1].Key))
            {
                throw new ArgumentException(
                    $"Point {i} of the schedule is at step {list[i].Key}; steps start at 0 or later and each is larger than the one before.", nameof(points));
            }

            if (!double.IsFinite(list[i].Value))
            {
                throw new ArgumentException(
                    Invariant($"The value of the schedule at step {list[i].Key} is {list[i].Value}; it must be a finite number."), nameof(points));
            }
        }

        return new(list);
    }

    /// <summary>The same value at every step.</summary>
    public static implicit operator Schedule(double value) => Constant(value);

    /// <summary>The same value at every step.</summary>
    public static Schedule FromDouble(double value) => Constant(value);

    /// <summary>The value after so many environment steps of the lifetime.</summary>
    public double At(long steps)
    {
        if (steps <= _points[0].Key)
        {
            return _points[0].Value;
        }

        for (var i = 1; i < _points.Length; i++)
        {
            var (step, value) = _points[i];
            if (steps < step)
            {
                var (previousStep, previousValue) = _points[i - 1];
                return previousValue + ((value - previousValue) * (steps - previousStep) / (step - previousStep));
            }
        }

        return _points[^1].Value;
    }

    /// <summary>Same points.</summary>
    public bool Equals(Schedule? other) => other is not null && _points.AsSpan().SequenceEqual(other._points.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Schedule);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var point in _points)
        {
            hash.Add(point);
        }

        return hash.ToHashCode();
    }

    /// <summary>The schedule as it stands in a file: <c>0.0003</c> or <c>[[0, 0.001], [100000, 0]]</c>.</summary>
    public override string ToString() => _points.Length == 1
        ? _points[0].Value.ToString("R", CultureInfo.InvariantCulture)
        : $"[{string.Join(", ", _points.Select(point => Invariant($"[{point.Key}, {point.Value:R}]")))}]";
}
