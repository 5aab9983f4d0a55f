using System.Collections;

namespace Tuning.Search;

/// <summary>
/// Makes snapshots of a growing list of observations. A snapshot costs the observations that changed since the one before, and one
/// reference per 1,024 trials; snapshots are immutable and share what did not change.
/// </summary>
/// <remarks>Used by one thread; the snapshots are safe on any.</remarks>
internal sealed class HistoryBuilder
{
    // A block holds 32 leaves of 32 observations: a change after a snapshot copies one of each, 512 bytes together.
    private const int Width = 32, BlockSize = Width * Width;

    private readonly object _history = new();
    private readonly List<SearchObservation[][]> _blocks = [];
    private readonly List<long> _blockOwners = [], _leafOwners = [];
    private int[] _changes = new int[16];
    private int _changeCount;
    private int _running;
    private long _snapshots;

    /// <summary>How many observations there are.</summary>
    public int Count { get; private set; }

    /// <summary>Sets an observation; <paramref name="place"/> is at most <see cref="Count"/>, which appends.</summary>
    public void Set(int place, SearchObservation observation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(place, Count);
        var leaf = Writable(place);
        _running -= place < Count && !leaf[place % Width].IsEnded ? 1 : 0;
        _running += observation.IsEnded ? 0 : 1;
        leaf[place % Width] = observation;
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
    public SearchObservation this[int place] => _blocks[place / BlockSize][place / Width % Width][place % Width];

    /// <summary>The observations as they are now.</summary>
    public SearchHistory Snapshot(long basis)
    {
        _snapshots++;
        return new(basis, new Observations([.. _blocks], Count)) { Running = _running, Changes = new(_history, _changes, _changeCount) };
    }

    // What was there at the last snapshot is copied before it is changed.
    private SearchObservation[] Writable(int place)
    {
        var (block, leaf) = (place / BlockSize, place / Width);
        if (block == _blocks.Count)
        {
            _blocks.Add(new SearchObservation[Width][]);
            _blockOwners.Add(_snapshots);
        }
        else if (_blockOwners[block] != _snapshots)
        {
            _blocks[block] = [.. _blocks[block]];
            _blockOwners[block] = _snapshots;
        }

        ref var observations = ref _blocks[block][leaf % Width];
        if (leaf == _leafOwners.Count)
        {
            observations = new SearchObservation[Width];
            _leafOwners.Add(_snapshots);
        }
        else if (_leafOwners[leaf] != _snapshots)
        {
            observations = [.. observations];
            _leafOwners[leaf] = _snapshots;
        }

        return observations;
    }

    private sealed class Observations(SearchObservation[][][] blocks, int count) : IReadOnlyList<SearchObservation>
    {
        public int Count => count;

        public SearchObservation this[int index] => (uint)index < (uint)count
            ? blocks[index / BlockSize][index / Width % Width][index % Width]
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
