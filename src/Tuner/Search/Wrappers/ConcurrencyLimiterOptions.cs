using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Tuning.Search;

/// <summary>
/// Lets another search algorithm have only so many trials at once, however many slots there are: fewer trials at once learn more from
/// each other. Ray's <c>ConcurrencyLimiter</c>. In files <c>{type: concurrency_limiter, max_concurrent: 4, searcher: {type: tpe}}</c>.
/// </summary>
public sealed record ConcurrencyLimiterOptions : SearcherOptions
{
    /// <summary>The search algorithm that makes the suggestions.</summary>
    public required SearcherOptions Searcher { get; init; }

    /// <summary>How many trials run at once at most.</summary>
    /// <value>At least 1. Paused trials do not count.</value>
    [Range(1, int.MaxValue)]
    public required int MaxConcurrent { get; init; }

    /// <summary>
    /// Whether trials come in groups of <see cref="MaxConcurrent"/>: the next group waits until all of the last one have ended, and nothing is
    /// learnt from a group before.
    /// </summary>
    /// <value>Default false.</value>
    public bool Batch { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override ImmutableArray<string> WarmStartDirectories => Searcher.WarmStartDirectories;

    /// <inheritdoc/>
    public override ISearcher Create(SearcherContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (MaxConcurrent < 1)
        {
            throw new ArgumentException($"max_concurrent: is {MaxConcurrent}; it must be at least 1.");
        }

        var inner = InnerSearcher.Create(Searcher, context with { Parallelism = Math.Min(MaxConcurrent, context.Parallelism) });
        return new ConcurrencyLimiter(inner, MaxConcurrent, Batch);
    }
}
