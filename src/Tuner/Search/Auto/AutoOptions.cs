namespace Tuning.Search.Auto;

/// <summary>
/// Chooses the search algorithm by what is searched, how many trials there will be, how many run at once, and by what the results are like; may
/// change its mind during the run; and says why in every suggestion's reason. In files <c>{type: auto}</c>.
/// </summary>
/// <remarks>
/// It takes any space and any number of objectives. What it chooses from are <c>gp</c>, <c>tpe</c>, <c>cma_es</c>, <c>motpe</c> and <c>nsga2</c>, with
/// their defaults; use one of them directly to set its options.
/// </remarks>
public sealed record AutoOptions : ModelSearcherOptions
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Points, constraints or objectives do not fit the space.</exception>
    public override ISearcher Create(SearcherContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new AutoSearch(context, this);
    }
}
