namespace Tuning.Search;

/// <summary>Answers <see cref="Suggestion.Wait"/> while enough trials run, else what another searcher answers.</summary>
/// <remarks>Pure, like the searcher inside. Safe for use by any thread, one suggestion at a time.</remarks>
internal sealed class ConcurrencyLimiter(ISearcher inner, int maxConcurrent, bool batch) : IWholeSearcher
{
    private readonly Lock _lock = new();
    private readonly BatchHistory _finished = new();

    /// <inheritdoc/>
    public string Name => "concurrency_limiter";

    /// <inheritdoc/>
    public bool IsImmediate => false;

    /// <inheritdoc/>
    public bool SeesPending => true;

    /// <inheritdoc/>
    public bool NeedsCurves => inner.NeedsCurves;

    /// <inheritdoc/>
    public long SuggestionsFor(long samples) => inner.SuggestionsFor(samples);

    /// <inheritdoc/>
    public Suggestion Suggest(SearchHistory history, long number, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(history);
        if (!batch)
        {
            return Active(history, long.MaxValue) >= maxConcurrent ? new Suggestion.Wait() : inner.Suggest(history, number, random);
        }

        var group = number - (number % maxConcurrent);
        if (Active(history, group) > 0)
        {
            return new Suggestion.Wait();
        }

        lock (_lock)
        {
            return inner.Suggest(_finished.Before(history, group), number, random);
        }
    }

    // How many trials of suggestions before a number hold a slot. Those that have not ended are mostly the youngest.
    private static int Active(SearchHistory history, long before)
    {
        var (count, left) = (0, history.Running);
        for (var i = history.Observations.Count - 1; i >= 0 && left > 0; i--)
        {
            var trial = history.Observations[i];
            left -= trial.IsEnded ? 0 : 1;
            count += !trial.IsEnded && trial.Status != TrialStatus.Paused && trial.Suggestion < before ? 1 : 0;
        }

        return count;
    }
}
