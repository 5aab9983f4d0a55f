using System.Collections;
using Tuning.Search;

namespace Tuning.Control;

/// <summary>
/// What searchers see of the trials. Costs nothing until the first snapshot is taken; then a snapshot costs the trials that
/// changed since the one before, and one reference per 256 trials. Snapshots are immutable and share what did not change.
/// </summary>
internal sealed class SearchHistoryLog(TrialTable trials)
{
    private const int ChunkSize = 256;

    private readonly List<SearchObservation[]> _chunks = [];
    private readonly List<bool> _isShared = [];
    private readonly HashSet<int> _changed = [];
    private bool _isUsed;

    /// <summary>A trial changed.</summary>
    public void Change(Trial trial)
    {
        if (_isUsed)
        {
            _changed.Add(trial.Id.Number);
        }
    }

    /// <summary>The trials as they are now.</summary>
    public SearchHistory Snapshot(long basis)
    {
        if (!_isUsed)
        {
            _isUsed = true;
            _changed.UnionWith(Enumerable.Range(0, trials.Count));
        }

        foreach (var number in _changed)
        {
            Writable(number / ChunkSize)[number % ChunkSize] = Observe(trials.All[number]);
        }

        _changed.Clear();
        for (var i = 0; i < _isShared.Count; i++)
        {
            _isShared[i] = true;
        }

        return new(basis, new Observations([.. _chunks], trials.Count));
    }

    private static SearchObservation Observe(Trial trial) =>
        new(trial.Id, trial.Suggestion, trial.FirstConfig, trial.Status, trial.Objective, trial.Reports);

    private SearchObservation[] Writable(int chunk)
    {
        while (_chunks.Count <= chunk)
        {
            _chunks.Add(new SearchObservation[ChunkSize]);
            _isShared.Add(false);
        }

        if (_isShared[chunk])
        {
            _chunks[chunk] = [.. _chunks[chunk]];
            _isShared[chunk] = false;
        }

        return _chunks[chunk];
    }

    private sealed class Observations(SearchObservation[][] chunks, int count) : IReadOnlyList<SearchObservation>
    {
        public int Count => count;

        public SearchObservation this[int index] => (uint)index < (uint)count
            ? chunks[index / ChunkSize][index % ChunkSize]
            : throw new ArgumentOutOfRangeException(nameof(index), index, $"There are {count} trials.");

        public IEnumerator<SearchObservation> GetEnumerator()
        {
            for (var i = 0; i < count; i++)
            {
                yield return this[i];
            }
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
