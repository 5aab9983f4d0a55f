namespace Tuning.Randomness;

/// <summary>A <see cref="Random"/> that draws from a stream, for libraries that take one. All state is the stream's.</summary>
internal sealed class StreamRandom(RandomStream stream) : Random
{
    public override int Next() => stream.NextInt32(int.MaxValue);

    public override int Next(int maxValue) => (int)NextInt64(0, maxValue);

    public override int Next(int minValue, int maxValue) => (int)NextInt64(minValue, maxValue);

    public override long NextInt64() => stream.NextInt64(long.MaxValue);

    public override long NextInt64(long maxValue) => NextInt64(0, maxValue);

    public override long NextInt64(long minValue, long maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        var range = (ulong)(maxValue - minValue);
        if (range <= long.MaxValue)
        {
            return range == 0 ? minValue : minValue + stream.NextInt64((long)range);
        }

        // More than half of all numbers: others are drawn again.
        while (true)
        {
            var drawn = (long)stream.NextUInt64();
            if (drawn >= minValue && drawn < maxValue)
            {
                return drawn;
            }
        }
    }

    public override double NextDouble() => stream.NextDouble();

    public override float NextSingle() => stream.NextSingle();

    public override void NextBytes(byte[] buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        NextBytes(buffer.AsSpan());
    }

    public override void NextBytes(Span<byte> buffer)
    {
        for (; buffer.Length > 0; buffer = buffer[Math.Min(sizeof(ulong), buffer.Length)..])
        {
            var bits = BitConverter.IsLittleEndian ? stream.NextUInt64() : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(stream.NextUInt64());
            MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in bits))[..Math.Min(sizeof(ulong), buffer.Length)].CopyTo(buffer);
        }
    }

    protected override double Sample() => stream.NextDouble();
}
