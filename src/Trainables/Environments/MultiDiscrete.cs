namespace Tuning.Environments;

/// <summary>Several choices at once: part i is one of <c>N[i]</c>.</summary>
public sealed class MultiDiscrete : Space, IEquatable<MultiDiscrete>
{
    /// <summary>A row of choices.</summary>
    /// <param name="n">How many choices each part has, 1 to 16,777,216 each; at least one part.</param>
    /// <exception cref="ArgumentException">There is no part.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A part has no choice, or too many.</exception>
    public MultiDiscrete(params ReadOnlySpan<int> n)
    {
        if (n.IsEmpty)
        {
            throw new ArgumentException("A multi-discrete space has at least one part.", nameof(n));
        }

        var encoded = 0L;
        foreach (var count in n)
        {
            if (count is < 1 or > Discrete.MaximumChoices)
            {
                throw new ArgumentOutOfRangeException(nameof(n), count, $"Each part of a multi-discrete space has 1 to {Discrete.MaximumChoices} choices.");
            }

            encoded += count;
        }

        N = [.. n];
        EncodedSize = checked((int)encoded);
    }

    /// <summary>How many choices each part has.</summary>
    public ImmutableArray<int> N { get; }

    /// <inheritdoc/>
    public override int Size => N.Length;

    /// <inheritdoc/>
    public override int EncodedSize { get; }

    /// <inheritdoc/>
    public override bool IsDiscrete => true;

    /// <inheritdoc/>
    public override bool Contains(ReadOnlySpan<float> value)
    {
        if (value.Length != N.Length)
        {
            return false;
        }

        for (var i = 0; i < value.Length; i++)
        {
            if (!IsChoice(value[i], N[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override void Sample(RandomStream random, Span<float> value)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfNotEqual(value.Length, N.Length);
        for (var i = 0; i < value.Length; i++)
        {
            value[i] = random.NextInt32(N[i]);
        }
    }

    /// <inheritdoc/>
    public override ParameterSet ToParameters() => ParameterSet.From([new("kind", "multi_discrete"), new("n", N)]);

    /// <inheritdoc/>
    public bool Equals(MultiDiscrete? other) => other is not null && N.AsSpan().SequenceEqual(other.N.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MultiDiscrete);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var count in N)
        {
            hash.Add(count);
        }

        return hash.ToHashCode();
    }

    /// <summary><c>MultiDiscrete(3, 2)</c>.</summary>
    public override string ToString() => $"MultiDiscrete({string.Join(", ", N)})";
}
