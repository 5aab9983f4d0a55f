using System.Buffers.Binary;
using System.Numerics;

namespace Tuning.Randomness;

/// <summary>
/// A stream of random numbers with a state that can be saved and restored: xoshiro256** (Blackman and Vigna, "Scrambled
/// linear pseudorandom number generators", 2018). Derive one per purpose with <see cref="SeedPath"/>.
/// </summary>
/// <remarks>Not safe for concurrent use. The numbers of a seed are the same on every machine and in every version.</remarks>
public sealed class RandomStream
{
    private ulong _s0, _s1, _s2, _s3;

    /// <summary>A stream whose numbers are fixed by <paramref name="seed"/>.</summary>
    public RandomStream(ulong seed)
    {
        // SplitMix64 spreads the seed over the state, as the authors advise; it never gives four zeros.
        _s0 = SplitMix(ref seed);
        _s1 = SplitMix(ref seed);
        _s2 = SplitMix(ref seed);
        _s3 = SplitMix(ref seed);
    }

    /// <summary>A stream that goes on where <paramref name="state"/> was taken.</summary>
    public RandomStream(RandomState state) => Restore(state);

    /// <summary>Takes the state: a stream restored from it draws the same numbers as this one from here on.</summary>
    public RandomState Save() => new(_s0, _s1, _s2, _s3);

    /// <summary>Goes on where <paramref name="state"/> was taken.</summary>
    /// <exception cref="ArgumentException">The state is all zeros, which no stream reaches.</exception>
    public void Restore(RandomState state)
    {
        if (state == default)
        {
            throw new ArgumentException("The state of a random stream cannot be all zeros.", nameof(state));
        }

        (_s0, _s1, _s2, _s3) = (state.S0, state.S1, state.S2, state.S3);
    }

    /// <summary>64 random bits.</summary>
    [MethodImpl(AggressiveInlining)]
    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>A double in [0, 1), every multiple of 2⁻⁵³ equally likely.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A float in [0, 1), every multiple of 2⁻²⁴ equally likely.</summary>
    public float NextSingle() => (NextUInt64() >> 40) * (1.0f / (1UL << 24));

    /// <summary>A whole number in [0, <paramref name="bound"/>), without bias (Lemire, 2019).</summary>
    /// <param name="bound">At least 1.</param>
    public long NextInt64(long bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        var range = (ulong)bound;
        var high = Math.BigMul(NextUInt64(), range, out var low);
        if (low < range)
        {
            var threshold = (0UL - range) % range;
            while (low < threshold)
            {
                high = Math.BigMul(NextUInt64(), range, out low);
            }
        }

        return (long)high;
    }

    /// <summary>A whole number in [0, <paramref name="bound"/>), without bias.</summary>
    /// <param name="bound">At least 1.</param>
    public int NextInt32(int bound) => (int)NextInt64(bound);

    /// <summary>A standard normal number. Marsaglia's polar method; the second number of a pair is dropped, so that the state is complete.</summary>
    [MethodImpl(AggressiveOptimization)]
    public double NextGaussian()
    {
        while (true)
        {
            var u = (2 * NextDouble()) - 1;
            var v = (2 * NextDouble()) - 1;
            var s = (u * u) + (v * v);
            if (s is > 0 and < 1)
            {
                return u * Math.Sqrt(-2 * Math.Log(s) / s);
            }
        }
    }

    /// <summary>
    /// A <see cref="Random"/> for code that takes one. What it draws it draws from this stream: the numbers of a seed are the same on every
    /// machine, and <see cref="Save"/> holds its state too.
    /// </summary>
    public Random ToRandom() => new StreamRandom(this);

    /// <summary>Shuffles in place, every order equally likely (Fisher and Yates).</summary>
    [MethodImpl(AggressiveOptimization)]
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = NextInt32(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong SplitMix(ref ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        var z = x;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

/// <summary>The whole state of a <see cref="RandomStream"/>. As text: 64 hexadecimal digits.</summary>
/// <param name="S0">First word.</param>
/// <param name="S1">Second word.</param>
/// <param name="S2">Third word.</param>
/// <param name="S3">Fourth word.</param>
public readonly record struct RandomState(ulong S0, ulong S1, ulong S2, ulong S3)
{
    /// <summary>Reads the text that <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">The text is not 64 hexadecimal digits.</exception>
    public static RandomState Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length != 64)
        {
            throw new FormatException($"The state of a random stream has 64 hexadecimal digits; '{text}' has {text.Length} characters.");
        }

        var bytes = Convert.FromHexString(text);
        return new(
            BinaryPrimitives.ReadUInt64BigEndian(bytes),
            BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(8)),
            BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(16)),
            BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(24)));
    }

    /// <summary>64 hexadecimal digits.</summary>
    public override string ToString() => Invariant($"{S0:x16}{S1:x16}{S2:x16}{S3:x16}");
}
