using System.Numerics;
using Tuning.Randomness;
using Tuning.Search.QuasiRandom;

namespace Tuning.Tests.Search.QuasiRandom;

/// <summary>
/// Finds first direction numbers for Sobol's sequence: per dimension the best of 48 random sets by the t-values of its
/// two-dimensional projections with 24 dimensions before it, the nearest ones and the first eight.
/// </summary>
internal static class SobolDirectionSearch
{
    private const int Candidates = 48, Digits = 12;

    /// <summary>The first numbers of each dimension from the second.</summary>
    public static List<uint[]> Run(int dimensions)
    {
        var (found, rows) = (new List<uint[]>(), new List<uint[]> { RowsOf(SobolDirections.Of(1)) });
        foreach (var polynomial in SobolDirections.Polynomials().Take(dimensions - 1))
        {
            var (random, best, bestCost, bestRows) = (new RandomStream(polynomial), Array.Empty<uint>(), long.MaxValue, Array.Empty<uint>());
            for (var c = 0; c < Candidates; c++)
            {
                var initial = new uint[SobolDirections.Degree(polynomial)];
                for (var i = 0; i < initial.Length; i++)
                {
                    initial[i] = ((uint)random.NextInt64(1L << i) << 1) | 1;
                }

                var directions = new uint[SobolDirections.Bits];
                SobolDirections.Fill(polynomial, initial, directions);
                var own = RowsOf(directions);
                var cost = Cost(own, rows, bestCost);
                if (cost < bestCost)
                {
                    (best, bestCost, bestRows) = (initial, cost, own);
                }
            }

            found.Add(best);
            rows.Add(bestRows);
        }

        return found;
    }

    /// <summary>The text of the table.</summary>
    public static string Encode(List<uint[]> initial)
    {
        var (bytes, at) = (new byte[20_000], 0);
        foreach (var numbers in initial)
        {
            for (var i = 0; i < numbers.Length; i++)
            {
                for (var bit = 0; bit < i; bit++, at++)
                {
                    bytes[at >> 3] |= (byte)(((numbers[i] >> (bit + 1)) & 1) << (at & 7));
                }
            }
        }

        return Convert.ToBase64String(bytes, 0, (at + 7) / 8);
    }

    private static long Cost(uint[] own, List<uint[]> before, long limit)
    {
        var cost = 0L;
        for (var j = 0; j < before.Count && cost < limit; j++)
        {
            if (j < 8 || j >= before.Count - 16)
            {
                for (var m = 2; m <= Digits; m += m < 4 ? 1 : 2)
                {
                    var t = Quality(own, before[j], m);
                    cost += (long)t * t * t;
                }
            }
        }

        return cost;
    }

    // The t-value of 2^m points in two dimensions: m less the digits that any split among both fixes.
    private static int Quality(uint[] a, uint[] b, int m)
    {
        for (var sum = 1; sum <= m; sum++)
        {
            for (var first = 0; first <= sum; first++)
            {
                if (!AreIndependent(a, first, b, sum - first, m))
                {
                    return m - sum + 1;
                }
            }
        }

        return 0;
    }

    private static bool AreIndependent(uint[] a, int fromA, uint[] b, int fromB, int m)
    {
        Span<uint> pivots = stackalloc uint[m];
        pivots.Clear();
        var mask = (1u << m) - 1;
        for (var i = 0; i < fromA + fromB; i++)
        {
            var row = (i < fromA ? a[i] : b[i - fromA]) & mask;
            while (row != 0 && pivots[BitOperations.TrailingZeroCount(row)] != 0)
            {
                row ^= pivots[BitOperations.TrailingZeroCount(row)];
            }

            if (row == 0)
            {
                return false;
            }

            pivots[BitOperations.TrailingZeroCount(row)] = row;
        }

        return true;
    }

    // Row i says which bits of the index make digit i.
    private static uint[] RowsOf(uint[] directions)
    {
        var rows = new uint[Digits];
        for (var digit = 0; digit < Digits; digit++)
        {
            for (var k = 0; k < SobolDirections.Bits; k++)
            {
                rows[digit] |= ((directions[k] >> (SobolDirections.Bits - 1 - digit)) & 1) << k;
            }
        }

        return rows;
    }
}
