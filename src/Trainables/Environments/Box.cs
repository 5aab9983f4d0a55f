namespace Tuning.Environments;

/// <summary>Real numbers, each between its own bounds (inclusive, possibly infinite), float32 as everywhere here.</summary>
public sealed class Box : Space, IEquatable<Box>
{
    /// <summary>A box with bounds of its own for every number.</summary>
    /// <param name="low">Lower bounds in row-major order; minus infinity for none.</param>
    /// <param name="high">Upper bounds, as many, none below its lower bound.</param>
    /// <param name="shape">The shape, <c>[3]</c> or <c>[84, 84, 3]</c>; one dimension when not given.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other or the shape, or a bound is NaN or below its lower bound.</exception>
    public Box(ReadOnlySpan<float> low, ReadOnlySpan<float> high, ReadOnlySpan<int> shape = default)
    {
        if (low.Length != high.Length || low.IsEmpty)
        {
            throw new ArgumentException($"A box needs as many lower as upper bounds, at least one; it got {low.Length} and {high.Length}.", nameof(high));
        }

        for (var i = 0; i < low.Length; i++)
        {
            if (!(low[i] <= high[i]))
            {
                throw new ArgumentException(
                    Invariant($"Number {i} of a box has the bounds {low[i]} and {high[i]}; the lower must not be above the upper."), nameof(high));
            }
        }

        Shape = shape.IsEmpty ? [low.Length] : [.. shape];
        if (SizeOf(shape.IsEmpty ? [low.Length] : shape) != low.Length)
        {
            throw new ArgumentException($"A box of shape [{string.Join(", ", Shape)}] does not have {low.Length} numbers.", nameof(shape));
        }

        Low = [.. low];
        High = [.. high];
    }

    /// <summary>A box with the same bounds for every number.</summary>
    /// <param name="low">The lower bound of all.</param>
    /// <param name="high">The upper bound of all.</param>
    /// <param name="shape">The shape; a single number when not given.</param>
    /// <exception cref="ArgumentException">A bound is NaN, the lower is above the upper, or the shape is empty of numbers.</exception>
    public Box(float low, float high, params ReadOnlySpan<int> shape)
        : this(Fill(low, shape), Fill(high, shape), shape)
    {
    }

    /// <summary>Lower bounds in row-major order.</summary>
    public ImmutableArray<float> Low { get; }

    /// <summary>Upper bounds in row-major order.</summary>
    public ImmutableArray<float> High { get; }

    /// <summary>The shape.</summary>
    public ImmutableArray<int> Shape { get; }

    /// <inheritdoc/>
    public override int Size => Low.Length;

    /// <inheritdoc/>
    public override int EncodedSize => Low.Length;

    /// <inheritdoc/>
    public override bool IsDiscrete => false;

    /// <summary>Whether no bound is infinite; only then can actions be unsquashed from [-1, 1].</summary>
    public bool IsBounded => !Low.Any(float.IsInfinity) && !High.Any(float.IsInfinity);

    /// <inheritdoc/>
    public override bool Contains(ReadOnlySpan<float> value)
    {
        if (value.Length != Low.Length)
        {
            return false;
        }

        for (var i = 0; i < value.Length; i++)
        {
            if (!(value[i] >= Low[i] && value[i] <= High[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Draws a value: uniform between finite bounds, normal where there is none, exponential from the only bound, as in Gymnasium.
    /// </summary>
    /// <inheritdoc/>
    public override void Sample(RandomStream random, Span<float> value)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfNotEqual(value.Length, Low.Length);
        for (var i = 0; i < value.Length; i++)
        {
            value[i] = (float.IsInfinity(Low[i]), float.IsInfinity(High[i])) switch
            {
                (false, false) => Math.Clamp((float)(Low[i] + (((double)High[i] - Low[i]) * random.NextDouble())), Low[i], High[i]),
                (true, true) => (float)random.NextGaussian(),
                (false, true) => (float)(Low[i] - Math.Log(1 - random.NextDouble())),
                (true, false) => (float)(High[i] + Math.Log(1 - random.NextDouble())),
            };
        }
    }

    /// <inheritdoc/>
    public override ParameterSet ToParameters() => ParameterSet.From([new("kind", "box"), new("low", Low), new("high", High), new("shape", Shape)]);

    /// <inheritdoc/>
    public bool Equals(Box? other) =>
        other is not null && Low.AsSpan().SequenceEqual(other.Low.AsSpan()) && High.AsSpan().SequenceEqual(other.High.AsSpan())
        && Shape.AsSpan().SequenceEqual(other.Shape.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Box);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        for (var i = 0; i < Low.Length; i++)
        {
            hash.Add(Low[i]);
            hash.Add(High[i]);
        }

        return hash.ToHashCode();
    }

    /// <summary><c>Box([-2], [2])</c>.</summary>
    public override string ToString() => $"Box([{Text(Low)}], [{Text(High)}])";

    private static string Text(IEnumerable<float> numbers) => string.Join(", ", numbers.Select(n => n.ToString(CultureInfo.InvariantCulture)));

    private static long SizeOf(ReadOnlySpan<int> shape)
    {
        var size = 1L;
        foreach (var length in shape)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(length, 1, nameof(shape));
            size *= length;
        }

        return size;
    }

    private static float[] Fill(float value, ReadOnlySpan<int> shape)
    {
        var filled = new float[SizeOf(shape)];
        Array.Fill(filled, value);
        return filled;
    }
}
