using System.Collections;

namespace Tuning.Search;

/// <summary>
/// Makes snapshots of a growing list of observations. A snapshot costs the observations that changed since the one before, and one
/// reference per 256 trials; snapshots are immutable and share what did not change.
/// </summary>
/// <remarks>Used by one thread; the snapshots are safe on any.</remarks>
internal sealed class HistoryBuilder
{
    private const int ChunkSize = 256;

    private readonly object _history = new();
    private readonly List<SearchObservation[]> _chunks = [];
    private readonly List<bool> _isShared = [];
    private int[] _changes = new int[16];
    private int _changeCount;
    private int _running;

    /// <summary>How many observations there are.</summary>
    public int Count { get; private set; }

    /// <summary>Sets an observation; <paramref name="place"/> is at most <see cref="Count"/>, which appends.</summary>
    public void Set(int place, SearchObservation observation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(place, Count);
        var chunk = Writable(place / ChunkSize);
        _running -= place < Count && !chunk[place % ChunkSize].IsEnded ? 1 : 0;
        _running += observation.IsEnded ? 0 : 1;
        chunk[place % ChunkSize] = observation;
        Count = Math.Max(Count, place + 1);
        if (_changeCount == _changes.Length)
        {
            Array.Resize(ref _changes, _changeCount * 2);
        }

        _changes[_changeCount++] = place;
    }

    /// <summary>Appends an observation.</summary>
    public void Add(SearchObservation observation) => Set(Count, observation);

    /// <summary>The observation at a place.</summary>
    public SearchObservation this[int place] => _chunks[place / ChunkSize][place % ChunkSize];

    /// <summary>The observations as they are now.</summary>
    public SearchHistory Snapshot(long basis)
    {
        for (var i = 0; i < _isShared.Count; i++)
        {
            _isShared[i] = true;
        }

        return new(basis, new Observations([.. _chunks], Count)) { Running = _running, Changes = new(_history, _changes, _changeCount) };
    }

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
