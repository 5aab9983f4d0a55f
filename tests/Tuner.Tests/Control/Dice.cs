using Tuning.Randomness;

namespace Tuning.Tests.Control;

/// <summary>Random numbers that depend on a seed and a place only.</summary>
internal readonly struct Dice(ulong seed, ulong place)
{
    private readonly RandomStream _stream = new((seed * 0x9E3779B97F4A7C15) ^ place);

    public int Below(int bound) => _stream.NextInt32(bound);
}
