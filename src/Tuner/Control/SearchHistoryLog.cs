namespace Tuning.Control;

/// <summary>
/// What searchers see of the trials. Costs nothing until the first snapshot is taken; then a snapshot costs the trials that
/// changed since the one before.
/// </summary>
internal sealed class SearchHistoryLog(TrialTable trials)
{
    private readonly SortedSet<int> _changed = [];
    private HistoryBuilder? _builder;

    /// <summary>A trial changed.</summary>
    public void Change(Trial trial)
    {
        if (_builder is not null)
        {
            _changed.Add(trial.Id.Number);
        }
    }

    /// <summary>The trials as they are now.</summary>
    public SearchHistory Snapshot(long basis)
    {
        if (_builder is null)
        {
            _builder = new();
            _changed.UnionWith(Enumerable.Range(0, trials.Count));
        }

        foreach (var number in _changed)
        {
            _builder.Set(number, trials.All[number].ToObservation());
        }

        _changed.Clear();
        return _builder.Snapshot(basis);
    }
}
