namespace Tuning.Search;

/// <summary>Asks another searcher once for several trials, and shows it their mean as one trial.</summary>
/// <remarks>Pure, like the searcher inside. Safe for use by any thread, one suggestion at a time.</remarks>
internal sealed class Repeater(ISearcher inner, int repeat, string? indexParameter, ConfigurationCompleter completer) : IWholeSearcher
{
    private readonly Lock _lock = new();
    private readonly RepeatedHistory _groups = new(repeat);

    /// <inheritdoc/>
    public string Name => "repeater";

    /// <inheritdoc/>
    public bool IsImmediate => false;

    /// <inheritdoc/>
    public bool SeesPending => true;

    /// <inheritdoc/>
    public bool NeedsCurves => inner.NeedsCurves;

    /// <inheritdoc/>
    public long SuggestionsFor(long samples)
    {
        var configurations = inner.SuggestionsFor(samples);
        return configurations > long.MaxValue / repeat ? long.MaxValue : configurations * repeat;
    }

    /// <inheritdoc/>
    public Suggestion Suggest(SearchHistory history, long number, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(history);
        lock (_lock)
        {
            var (group, index) = (number / repeat, (int)(number % repeat));
            var means = _groups.Follow(history);
            if (_groups.First(group) is { } first)
            {
                // What could not be tried once cannot be tried again.
                if (first is { Status: TrialStatus.Failed, Reports: 0 } && !CanBeTried(first.Config, random))
                {
                    return new Suggestion.Invalid(first.Config, $"the configuration of trial {first.Trial}, which could not be tried");
                }

                return Repeated(first.Config, index, $"the configuration of trial {first.Trial}");
            }

            var answer = inner.Suggest(means, group, random);
            return answer is Suggestion.Configure configure ? Repeated(configure.Config, index, configure.Reason) : answer;
        }
    }

    private bool CanBeTried(ParameterSet config, RandomStream random)
    {
        var whole = completer.Complete(config, random.NextUInt64());
        return config.Equals(indexParameter is not null && config.TryGet(indexParameter, out var index) ? whole?.With(indexParameter, index) : whole);
    }

    private Suggestion.Configure Repeated(ParameterSet config, int index, string reason) => new(
        indexParameter is null ? config : config.With(indexParameter, (long)index),
        Invariant($"repeat {index + 1} of {repeat}: {reason}"));
}
