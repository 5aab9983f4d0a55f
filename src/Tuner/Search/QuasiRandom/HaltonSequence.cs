namespace Tuning.Search.QuasiRandom;

/// <summary>
/// Halton's sequence (1960): coordinate j is the index in the base of prime j, mirrored at the point. Each digit is scrambled by a random
/// linear map of its own (Matoušek, "On the L2-discrepancy for anchored boxes", 1998), without which high dimensions go hand in hand.
/// </summary>
/// <remarks>Immutable; safe for use by any thread.</remarks>
internal sealed class HaltonSequence : QuasiRandomSequence
{
    // Digits below 2⁻⁴⁰ do not matter.
    private const double Smallest = 1.0 / (1L << 40);

    private readonly int[] _primes;
    private readonly (int Factor, int Shift)[][] _maps;

    public HaltonSequence(int dimensions, ulong seed)
        : base(dimensions)
    {
        _primes = Primes(dimensions);
        _maps = new (int, int)[dimensions][];
        for (var d = 0; d < dimensions; d++)
        {
            var (prime, maps) = (_primes[d], new List<(int, int)>());
            for (var unit = 1.0 / prime; unit > Smallest; unit /= prime)
            {
                var hash = Mix(seed ^ Mix(((ulong)d << 8) + (ulong)maps.Count));
                maps.Add((1 + (int)((hash >> 32) % (uint)(prime - 1)), (int)((uint)hash % (uint)prime)));
            }

            _maps[d] = [.. maps];
        }
    }

    /// <inheritdoc/>
    public override void Point(long index, Span<double> point)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, uint.MaxValue);
        for (var d = 0; d < _primes.Length; d++)
        {
            var (rest, prime, unit, sum) = (index, _primes[d], 1.0, 0.0);
            foreach (var (factor, shift) in _maps[d])
            {
                unit /= prime;
                var digit = rest % prime;
                rest /= prime;
                sum += ((digit * factor) + shift) % prime * unit;
            }

            point[d] = Math.Min(sum + (0.5 * unit), 1 - Smallest);
        }
    }

    private static int[] Primes(int count)
    {
        var primes = new List<int>(count);
        for (var n = 2; primes.Count < count; n++)
        {
            var isPrime = true;
            for (var i = 0; i < primes.Count && primes[i] * primes[i] <= n && isPrime; i++)
            {
                isPrime = n % primes[i] != 0;
            }

            if (isPrime)
            {
                primes.Add(n);
            }
        }

        return [.. primes];
    }
}
