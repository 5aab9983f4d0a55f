namespace Tuning.Search.QuasiRandom;

/// <summary>
/// The direction numbers of Sobol's sequence: for each dimension a primitive polynomial over GF(2), in the order of degree and value as
/// Joe and Kuo take them ("Constructing Sobol sequences with better two-dimensional projections", 2008), and first numbers of our own.
/// </summary>
/// <remarks>
/// The first numbers come from a search after Joe and Kuo's idea: of 48 random sets for a dimension the one whose two-dimensional
/// projections with dimensions before it have the smallest t-values. The search is <c>SobolDirectionSearch</c> of the tests, which holds
/// the table to it.
/// </remarks>
internal static class SobolDirections
{
    /// <summary>How many dimensions there are: all primitive polynomials up to degree 13, and the first dimension, which needs none.</summary>
    public const int MostDimensions = 1111;

    /// <summary>How many digits a coordinate has.</summary>
    public const int Bits = 32;

    /// <summary>The numbers of the first dimensions, <see cref="Bits"/> each; the highest bit is the first binary digit.</summary>
    public static uint[] Of(int dimensions)
    {
        var table = Table();
        var directions = new uint[dimensions * Bits];
        for (var k = 0; k < Bits; k++)
        {
            directions[k] = 1u << (Bits - 1 - k);
        }

        var (at, dimension) = (0, 1);
        foreach (var polynomial in Polynomials())
        {
            if (dimension == dimensions)
            {
                break;
            }

            var initial = new uint[Degree(polynomial)];
            for (var i = 0; i < initial.Length; i++)
            {
                initial[i] = (Read(table, ref at, i) << 1) | 1;
            }

            Fill(polynomial, initial, directions.AsSpan(dimension++ * Bits, Bits));
        }

        return directions;
    }

    /// <summary>The first numbers, as bits.</summary>
    public static byte[] Table()
    {
        using var stream = typeof(SobolDirections).Assembly.GetManifestResourceStream("sobol-directions.bin")!;
        var table = new byte[stream.Length];
        stream.ReadExactly(table);
        return table;
    }

    /// <summary>Continues first numbers by the recurrence of a polynomial.</summary>
    public static void Fill(uint polynomial, ReadOnlySpan<uint> initial, Span<uint> directions)
    {
        var degree = initial.Length;
        for (var k = 0; k < directions.Length; k++)
        {
            if (k < degree)
            {
                directions[k] = initial[k] << (Bits - 1 - k);
                continue;
            }

            var next = directions[k - degree] ^ (directions[k - degree] >> degree);
            for (var i = 1; i < degree; i++)
            {
                next ^= ((polynomial >> (degree - i)) & 1) != 0 ? directions[k - i] : 0;
            }

            directions[k] = next;
        }
    }

    /// <summary>The primitive polynomials up to degree 13, bit i being the coefficient of xⁱ.</summary>
    public static IEnumerable<uint> Polynomials()
    {
        for (var degree = 1; degree <= 13; degree++)
        {
            for (var p = (1u << degree) | 1; p < 2u << degree; p += 2)
            {
                if (IsPrimitive(p, degree))
                {
                    yield return p;
                }
            }
        }
    }

    /// <summary>The degree of a polynomial.</summary>
    public static int Degree(uint polynomial) => 31 - System.Numerics.BitOperations.LeadingZeroCount(polynomial);

    // x has the order 2^degree - 1 in the field that the polynomial makes.
    private static bool IsPrimitive(uint polynomial, int degree)
    {
        var order = (1u << degree) - 1;
        if (Power(polynomial, degree, order) != 1)
        {
            return false;
        }

        var rest = order;
        for (var q = 2u; rest > 1; q++)
        {
            if (rest % q != 0)
            {
                continue;
            }

            if (q < order && Power(polynomial, degree, order / q) == 1)
            {
                return false;
            }

            while (rest % q == 0)
            {
                rest /= q;
            }
        }

        return true;
    }

    // x to a power, modulo the polynomial.
    private static uint Power(uint polynomial, int degree, uint exponent)
    {
        var (result, factor) = (1u, degree == 1 ? 1u : 2u);
        for (; exponent != 0; exponent >>= 1)
        {
            result = (exponent & 1) != 0 ? Multiply(result, factor, polynomial, degree) : result;
            factor = Multiply(factor, factor, polynomial, degree);
        }

        return result;
    }

    private static uint Multiply(uint a, uint b, uint polynomial, int degree)
    {
        var product = 0u;
        for (; b != 0; b >>= 1)
        {
            product ^= (b & 1) != 0 ? a : 0;
            a <<= 1;
            a ^= (a >> degree) != 0 ? polynomial : 0;
        }

        return product;
    }

    private static uint Read(byte[] table, ref int at, int bits)
    {
        var value = 0u;
        for (var i = 0; i < bits; i++, at++)
        {
            value |= (uint)((table[at >> 3] >> (at & 7)) & 1) << i;
        }

        return value;
    }
}
