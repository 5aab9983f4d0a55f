namespace Tuning.Search.QuasiRandom;

/// <summary>
/// Sobol's sequence (1967) with Owen's nested scrambling (1995): every elementary interval of a coordinate that one point of 2ᵐ should be
/// in holds exactly one, and points are uniformly distributed.
/// </summary>
/// <remarks>
/// The scrambling is Laine and Karras' hash of the reversed bits ("Stratified sampling for stochastic transparency", 2011; Burley,
/// "Practical hash-based Owen scrambling", 2020): a flip of a bit depends on the bits above it alone. Coordinates beyond
/// <see cref="SobolDirections.MostDimensions"/> are independent random numbers. Immutable; safe for use by any thread.
/// </remarks>
internal sealed class SobolSequence : QuasiRandomSequence
{
    private const double Unit = 1.0 / (1UL << 32);

    private readonly uint[] _directions;
    private readonly uint[] _seeds;

    public SobolSequence(int dimensions, ulong seed)
        : base(dimensions)
    {
        _directions = SobolDirections.Of(Math.Min(dimensions, SobolDirections.MostDimensions));
        _seeds = new uint[dimensions];
        for (var d = 0; d < dimensions; d++)
        {
            _seeds[d] = (uint)(Mix(seed ^ Mix((ulong)d)) >> 32);
        }
    }

    /// <inheritdoc/>
    public override void Point(long index, Span<double> point)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, uint.MaxValue);
        var known = _directions.Length / SobolDirections.Bits;
        for (var d = 0; d < _seeds.Length; d++)
        {
            var bits = d < known ? Digits((uint)index, _directions.AsSpan(d * SobolDirections.Bits, SobolDirections.Bits))
                : (uint)(Mix((ulong)index ^ ((ulong)_seeds[d] << 32)) >> 32);
            point[d] = (Scramble(bits, _seeds[d]) + 0.5) * Unit;
        }
    }

    private static uint Digits(uint index, ReadOnlySpan<uint> directions)
    {
        var bits = 0u;
        for (; index != 0; index &= index - 1)
        {
            bits ^= directions[System.Numerics.BitOperations.TrailingZeroCount(index)];
        }

        return bits;
    }

    private static uint Scramble(uint bits, uint seed)
    {
        var x = Reverse(bits);
        x ^= x * 0x3d20adea;
        x += seed;
        x *= (seed >> 16) | 1;
        x ^= x * 0x05526c56;
        x ^= x * 0x53a22864;
        return Reverse(x);
    }

    [MethodImpl(AggressiveInlining)]
    private static uint Reverse(uint x)
    {
        x = ((x >> 1) & 0x55555555) | ((x & 0x55555555) << 1);
        x = ((x >> 2) & 0x33333333) | ((x & 0x33333333) << 2);
        x = ((x >> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4);
        return System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(x);
    }
}
