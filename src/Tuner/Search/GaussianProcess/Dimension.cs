namespace Tuning.Search.GaussianProcess;

/// <summary>What a coordinate of a row measures.</summary>
internal enum DimensionKind
{
    /// <summary>A place in [0, 1], where nearness means something: real, integer, or an ordered choice.</summary>
    Numeric,

    /// <summary>The index of an unordered choice.</summary>
    Category,
}

/// <summary>One coordinate of a row.</summary>
/// <param name="Kind">What it measures.</param>
/// <param name="Levels">Number of distinct values, 0 when there is no limit that matters. Level i of a numeric coordinate lies wherever the space puts
/// it.</param>
/// <param name="IsConditional">Whether it can be absent, which a row says by NaN.</param>
internal readonly record struct Dimension(DimensionKind Kind, int Levels, bool IsConditional)
{
    /// <summary>Whether local search may move it along a gradient.</summary>
    public bool IsContinuous => Kind == DimensionKind.Numeric && Levels == 0;
}

/// <summary>A search space as rows of numbers.</summary>
internal interface IRowSpace
{
    /// <summary>The coordinates.</summary>
    IReadOnlyList<Dimension> Dimensions { get; }

    /// <summary>
    /// Turns a row with every coordinate given into one that stands for a configuration: numeric coordinates with levels go to the nearest level, and those
    /// whose condition does not hold become NaN. False when no allowed configuration is there.
    /// </summary>
    bool Settle(Span<double> row);

    /// <summary>The place of level <paramref name="level"/> of a dimension that has levels.</summary>
    double LevelOf(int dimension, int level);
}
