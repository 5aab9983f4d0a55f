namespace Tuning.Environments;

/// <summary>One of <paramref name="n"/> choices, 0 … n-1.</summary>
/// <param name="n">How many choices there are, 1 to 16,777,216 (what a float holds exactly).</param>
/// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is out of range.</exception>
public sealed class Discrete(int n) : Space, IEquatable<Discrete>
{
    internal const int MaximumChoices = 1 << 24;

    /// <summary>How many choices there are.</summary>
    public int N { get; } = n is >= 1 and <= MaximumChoices
        ? n
        : throw new ArgumentOutOfRangeException(nameof(n), n, $"A discrete space has 1 to {MaximumChoices} choices.");

    /// <inheritdoc/>
    public override int Size => 1;

    /// <inheritdoc/>
    public override int EncodedSize => N;

    /// <inheritdoc/>
    public override bool IsDiscrete => true;

    /// <inheritdoc/>
    public override bool Contains(ReadOnlySpan<float> value) => value.Length == 1 && IsChoice(value[0], N);

    /// <inheritdoc/>
    public override void Sample(RandomStream random, Span<float> value)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfNotEqual(value.Length, 1);
        value[0] = random.NextInt32(N);
    }

    /// <inheritdoc/>
    public override ParameterSet ToParameters() => ParameterSet.From([new("kind", "discrete"), new("n", N)]);

    /// <inheritdoc/>
    public bool Equals(Discrete? other) => other?.N == N;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Discrete);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(typeof(Discrete), N);

    /// <summary><c>Discrete(2)</c>.</summary>
    public override string ToString() => $"Discrete({N})";
}
