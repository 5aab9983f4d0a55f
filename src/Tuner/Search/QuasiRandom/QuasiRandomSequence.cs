namespace Tuning.Search.QuasiRandom;

/// <summary>
/// Points of the unit cube that cover it more evenly than random ones do, and are random all the same: each point by itself is
/// uniformly distributed, and a seed fixes them all. Any point can be asked for.
/// </summary>
/// <remarks>Immutable; safe for use by any thread.</remarks>
internal abstract class QuasiRandomSequence
{
    /// <param name="dimensions">How many coordinates a point has, at least 1.</param>
    private protected QuasiRandomSequence(int dimensions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        Dimensions = dimensions;
    }

    /// <summary>How many coordinates a point has.</summary>
    public int Dimensions { get; }

    /// <summary>A sequence of a kind.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="dimensions">How many coordinates a point has, at least 1.</param>
    /// <param name="seed">Fixes the scrambling.</param>
    public static QuasiRandomSequence Create(SequenceKind kind, int dimensions, ulong seed) => kind switch
    {
        SequenceKind.Sobol => new SobolSequence(dimensions, seed),
        SequenceKind.Halton => new HaltonSequence(dimensions, seed),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such sequence."),
    };

    /// <summary>Writes point <paramref name="index"/>, each coordinate in (0, 1).</summary>
    /// <param name="index">From 0; below 2³².</param>
    /// <param name="point">Takes <see cref="Dimensions"/> numbers.</param>
    public abstract void Point(long index, Span<double> point);

    /// <summary>A point as a row of coordinates, where a category has the number of its value.</summary>
    public void Row(long index, ImmutableArray<Axis> axes, Span<double> row)
    {
        Point(index, row);
        foreach (var axis in axes)
        {
            row[axis.Index] = axis.Kind == AxisKind.Category ? Math.Floor(row[axis.Index] * axis.Count) : row[axis.Index];
        }
    }

    // The finaliser of SplitMix64: 64 bits that look independent for each input.
    private protected static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
