namespace Tuning.Search;

/// <summary>A searcher whose configurations are whole and belong to the space: nothing is left to complete or to check.</summary>
internal interface IWholeSearcher : ISearcher;

/// <summary>How searchers are made and asked.</summary>
internal static class SearcherCalls
{
    /// <summary>Makes a searcher. What one of a user's own leaves out is completed, and what it sets is checked.</summary>
    /// <exception cref="ArgumentException">The options contradict each other or the search space; the message says how.</exception>
    public static ISearcher Make(this SearcherOptions options, SearcherContext context) => options.Create(context) switch
    {
        null => throw new ArgumentException($"{options.GetType().Name}.Create gave null; it must make a search algorithm."),
        IWholeSearcher searcher => searcher,
        var searcher => new CompletedSearcher(searcher, new(context.Space, context.Constraints)),
    };

    /// <summary>Asks a searcher: what fails for one suggestion fails its trial, not the experiment.</summary>
    /// <exception cref="UnfulfilledConstraintsException">The constraints leave nothing to try.</exception>
    public static Suggestion Ask(this ISearcher searcher, SearchHistory history, long number, RandomStream random)
    {
        try
        {
            return searcher.Suggest(history, number, random) ?? throw new InvalidOperationException("it answered null");
        }
        catch (UnfulfilledConstraintsException e) when (e.IsEverywhere)
        {
            throw;
        }
        catch (Exception e)
        {
            // A searcher may be anybody's code.
            return new Suggestion.Invalid(ParameterSet.Empty,
                e is UnfulfilledConstraintsException ? e.Message : $"The searcher '{searcher.Name}' failed: {e.Message}");
        }
    }
}

/// <summary>A searcher of a user's own, whose configurations are completed and checked.</summary>
internal sealed class CompletedSearcher(ISearcher inner, ConfigurationCompleter completer) : ISearcher
{
    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public bool IsImmediate => inner.IsImmediate;

    /// <inheritdoc/>
    public bool SeesPending => inner.SeesPending;

    /// <inheritdoc/>
    public bool NeedsCurves => inner.NeedsCurves;

    /// <inheritdoc/>
    public long SuggestionsFor(long samples) => inner.SuggestionsFor(samples);

    /// <inheritdoc/>
    public Suggestion Suggest(SearchHistory history, long number, RandomStream random)
    {
        var answer = inner.Suggest(history, number, random);
        if (answer is not Suggestion.Configure proposed)
        {
            return answer;
        }

        var config = completer.Complete(proposed.Config, random, out var fault);
        return Suggestion.Of(config, proposed.Reason,
            fault is null ? null : $"The searcher '{Name}' proposed {proposed.Config}, which cannot be tried: {fault}");
    }
}
