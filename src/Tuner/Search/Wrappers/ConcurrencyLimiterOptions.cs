namespace Tuning.Search;

/// <summary>
/// Lets another search algorithm have only so many trials at once, however many slots there are: fewer trials at once learn more from
/// each other. Ray's <c>ConcurrencyLimiter</c>. In files <c>{type: concurrency_limiter, max_concurrent: 4, searcher: {type: tpe}}</c>.
/// </summary>
public sealed record ConcurrencyLimiterOptions : WrapperOptions
{
    /// <summary>How many trials run at once at most.</summary>
    /// <value>At least 1. Paused trials do not count.</value>
    [AtLeast(1)]
    public required int MaxConcurrent { get; init; }

    /// <summary>
    /// Whether trials come in groups of <see cref="MaxConcurrent"/>: the next group waits until all of the last one have ended, and nothing is
    /// learnt from a group before.
    /// </summary>
    /// <value>Default false.</value>
    public bool Batch { get; init; }

    /// <inheritdoc/>
    public override ISearcher Create(SearcherContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        OptionSchema.Require(this);
        var inner = CreateInner(context with { Parallelism = Math.Min(MaxConcurrent, context.Parallelism) });
        return new ConcurrencyLimiter(inner, MaxConcurrent, Batch);
    }
}
