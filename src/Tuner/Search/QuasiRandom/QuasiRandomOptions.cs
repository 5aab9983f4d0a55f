namespace Tuning.Search.QuasiRandom;

/// <summary>
/// Quasi-random search: points that cover the space more evenly than random ones, so that a few of them say more. In files
/// <c>{type: quasi_random, sequence: sobol}</c>, or <c>{type: sobol}</c>, or Optuna's <c>QMCSampler</c>.
/// </summary>
/// <remarks>
/// Looks at no results and needs no objective. Never proposes a configuration twice: a space that has only counted values is exhausted when all
/// were tried. Choose <see cref="RandomSearchOptions"/> for grids, or when numbers of trials are in the many thousands.
/// </remarks>
public sealed record QuasiRandomOptions : ModelSearcherOptions
{
    /// <summary>Which points.</summary>
    /// <value>Default <see cref="SequenceKind.Sobol"/>.</value>
    public SequenceKind Sequence { get; init; } = SequenceKind.Sobol;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The sequence does not exist, or points or constraints do not fit the space.</exception>
    public override ISearcher Create(SearcherContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        OptionSchema.Require(this);
        return new QuasiRandomSearch(context, Sequence, PointsToEvaluate);
    }
}

/// <summary>Quasi-random search over Halton's sequence: <see cref="QuasiRandomOptions"/> by another name. In files <c>{type: halton}</c>.</summary>
public sealed record HaltonOptions : ModelSearcherOptions
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Points or constraints do not fit the space.</exception>
    public override ISearcher Create(SearcherContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new QuasiRandomSearch(context, SequenceKind.Halton, PointsToEvaluate);
    }
}
