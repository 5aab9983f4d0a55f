namespace Tuning.Search;

/// <summary>A history in which trials of one group have only begun: what they reported comes when the whole group has ended.</summary>
/// <remarks>A cache: the same history and group give the same, whatever was asked before. Used by one thread at a time.</remarks>
internal sealed class BatchHistory
{
    private readonly HashSet<int> _hidden = [];
    private HistoryBuilder _builder = new();
    private ChangeLog? _changes;
    private long _group;

    /// <summary>The history with the trials of suggestions from <paramref name="group"/> on as if they had reported nothing.</summary>
    public SearchHistory Before(SearchHistory history, long group)
    {
        var changes = history.Changes;
        var goesOn = group >= _group && changes is not null && _changes is not null && changes.History == _changes.History && changes.Count >= _changes.Count;
        if (!goesOn)
        {
            _builder = new();
            _hidden.Clear();
        }

        var places = goesOn ? _hidden.Concat(changes!.Places[_changes!.Count..changes.Count]) : Enumerable.Range(0, history.Observations.Count);
        foreach (var place in places.Distinct().Order().ToList())
        {
            var trial = history.Observations[place];
            var hides = trial.Suggestion >= group;
            if (hides && place < _builder.Count && !_builder[place].IsEnded && _hidden.Contains(place))
            {
                continue;
            }

            _builder.Set(place, hides ? Begun(trial) : trial);
            _ = hides ? _hidden.Add(place) : _hidden.Remove(place);
        }

        (_changes, _group) = (changes, group);
        return _builder.Snapshot(history.Basis);
    }

    private static SearchObservation Begun(SearchObservation trial) => new(trial.Trial, trial.Suggestion, trial.Config, TrialStatus.Running, null, 0);
}
