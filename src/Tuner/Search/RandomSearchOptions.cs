namespace Tuning.Search;

/// <summary>
/// Random and grid search, the default: every sample runs all cells of the grid, and draws everything else anew for each of them.
/// In files <c>{type: random}</c>, or Ray's <c>variant_generator</c>.
/// </summary>
public sealed record RandomSearchOptions : SearcherOptions
{
    /// <summary>
    /// Configurations to begin with, whole or in part. Each takes the place of one sample and gives the parameters that it names; the
    /// others are drawn, and grids that it does not name are run.
    /// </summary>
    /// <value>Default none. A name that the space does not search, and a value that never comes out of its domain, are errors.</value>
    public ImmutableArray<ParameterSet> PointsToEvaluate { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Whether what is drawn is drawn once per sample and held over its grid, so that the cells differ in nothing else.</summary>
    /// <value>Default false. With constraints, a cell takes the first of the sample's draws that fulfils them.</value>
    public bool ConstantGridSearch { get; init; }

    /// <inheritdoc/>
    public override ISearcher Create(SearcherContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new RandomSearch("random", context,
            new VariantGenerator(context.Space, context.Constraints, PointsToEvaluate, ConstantGridSearch, context.Seed));
    }

    /// <inheritdoc/>
    public bool Equals(RandomSearchOptions? other) =>
        other is not null && ConstantGridSearch == other.ConstantGridSearch && PointsToEvaluate.AsSpan().SequenceEqual(other.PointsToEvaluate.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ConstantGridSearch, PointsToEvaluate.Length);
}

/// <summary>
/// Every combination of the values of a grid, and nothing else: a space with a domain that is drawn is refused. In files
/// <c>{type: grid}</c>. Use <see cref="RandomSearchOptions"/> for a grid together with random values.
/// </summary>
public sealed record GridSearchOptions : SearcherOptions
{
    /// <inheritdoc/>
    public override ISearcher Create(SearcherContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var drawn = context.Space.Domains.Where(d => RandomSearch.IsDrawn(d.Value)).ToList();
        return drawn.Count == 0
            ? new RandomSearch("grid", context, new VariantGenerator(context.Space, context.Constraints, []))
            : throw new ArgumentException(
                $"Grid search runs every combination, but '{drawn[0].Key}' is drawn: {drawn[0].Value}. Give it a grid_search, or use the search algorithm " +
                    $"'random', which runs grids too.");
    }
}
