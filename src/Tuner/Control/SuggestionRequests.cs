namespace Tuning.Control;

/// <summary>Which suggestions have been asked for, which are still to be asked for, and how many there will be.</summary>
/// <param name="searcher">Who is asked; null where a record is only read, and whatever it says was asked for.</param>
/// <param name="samples">How many samples are drawn; -1 for no limit.</param>
internal sealed class SuggestionRequests(ISearcher? searcher, int samples)
{
    // Where suggestions have no end, so many in a row that cannot be tried say that none ever will.
    private const int MostFailed = 100;

    private readonly SortedSet<long> _requested = [];
    private readonly SortedSet<long> _deferred = [];
    private long _next;
    private long _total = -1;
    private int _failed;

    /// <summary>How many samples are drawn; -1 for no limit.</summary>
    public int Samples { get; private set; } = samples;

    /// <summary>The searcher's name.</summary>
    public string Searcher => searcher?.Name ?? "";

    /// <summary>Whether the searcher knows no history, so that the basis of its answers says nothing.</summary>
    public bool IsImmediate => searcher is { IsImmediate: true };

    /// <summary>How many suggestions there will be; <see cref="long.MaxValue"/> for no limit.</summary>
    public long Total => _total >= 0 ? _total : _total = TotalOf(Samples);

    /// <summary>Why the searcher has nothing more to try; null while it may have.</summary>
    public string? Exhausted { get; private set; }

    /// <summary>Whether the searcher waits for the next result.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Suggestions under way, in order of number.</summary>
    public IReadOnlyCollection<long> Requested => _requested;

    /// <summary>Numbers below <see cref="Next"/> that are to be asked for again.</summary>
    public IReadOnlyCollection<long> Deferred => _deferred;

    /// <summary>The least number that was never asked for.</summary>
    public long Next => _next;

    /// <summary>Whether there is something left to be suggested, now or after a result.</summary>
    public bool HasMore => Exhausted is null && (_deferred.Count > 0 || _next < Total);

    /// <summary>Whether a suggestion can be asked for now.</summary>
    public bool CanAsk => HasMore && !IsWaiting && !(searcher is { SeesPending: true } && _requested.Count > 0);

    /// <summary>How many suggestions a number of samples is.</summary>
    public long TotalOf(int count) => count < 0 || searcher is null ? long.MaxValue : searcher.SuggestionsFor(count);

    /// <summary>The number to ask for next; it is under way from now on.</summary>
    public long Ask()
    {
        var number = _deferred.Count > 0 ? _deferred.Min : _next++;
        _deferred.Remove(number);
        _requested.Add(number);
        return number;
    }

    /// <summary>Whether a number is under way.</summary>
    public bool IsRequested(long number) => searcher is null || _requested.Contains(number);

    /// <summary>A record says that a number was answered: it was asked for, also where more segments ran then than may now.</summary>
    public void Recorded(long number)
    {
        while (_next <= number)
        {
            _deferred.Add(_next++);
        }

        if (_deferred.Remove(number))
        {
            _requested.Add(number);
        }
    }

    /// <summary>An answer arrived.</summary>
    public void Answered(long number) => _requested.Remove(number);

    /// <summary>The number will be asked for again.</summary>
    public void Defer(long number) => _deferred.Add(number);

    /// <summary>A configuration arrived that can be tried.</summary>
    public void Suggested() => _failed = 0;

    /// <summary>A configuration arrived that cannot be tried.</summary>
    public void Failed(string reason)
    {
        if (++_failed >= MostFailed && Total == long.MaxValue)
        {
            Exhaust($"its last {MostFailed} suggestions could not be tried, the last one because: {reason}");
        }
    }

    /// <summary>The searcher wants results before it is asked again.</summary>
    public void Wait() => IsWaiting = true;

    /// <summary>A result arrived.</summary>
    public void Resulted() => IsWaiting = false;

    /// <summary>The searcher has nothing more to try.</summary>
    public void Exhaust(string reason) => Exhausted ??= reason;

    /// <summary>Another process asks again for what was under way.</summary>
    public void Restart()
    {
        _deferred.UnionWith(_requested);
        _requested.Clear();
        IsWaiting = false;
    }

    /// <summary>Changes the number of samples. What lies beyond the new total is no longer asked for.</summary>
    public void Extend(int count)
    {
        Samples = count;
        _total = -1;
        Exhausted = null;
        var total = Total;
        _deferred.RemoveWhere(number => number >= total);
        _next = Math.Min(_next, Math.Max(total, 0));
    }
}
