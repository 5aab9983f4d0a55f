namespace Tuning.Search;

/// <summary>What a searcher can learn from a trial.</summary>
internal enum ArchiveState
{
    /// <summary>It has not ended.</summary>
    Running,

    /// <summary>It ended with a value for every objective.</summary>
    Complete,

    /// <summary>A scheduler ended it before its time; its values are those of then.</summary>
    Pruned,

    /// <summary>It failed, or ended without a value or with NaN.</summary>
    Failed,
}

/// <summary>
/// The trials of a history in columns: rows of coordinates, losses (where smaller is better), violations. Trials of earlier
/// experiments come first. Follows a growing history at the cost of what changed.
/// </summary>
/// <remarks>A cache: it holds the same whatever it was brought up to date with before. Used by one thread at a time.</remarks>
internal sealed class TrialArchive
{
    // Numbers that are not counted are the same when they agree in so many parts of the unit interval.
    private const double Precision = 1e11;

    private readonly ParameterCodec _codec;
    private readonly ImmutableArray<Objective> _objectives;
    private readonly ImmutableArray<SearchObservation> _warmStart;
    private readonly bool[] _isReal;
    private readonly double[] _sought;
    private readonly Dictionary<RowKey, int> _seen = [];
    private readonly List<SearchObservation> _observations = [];
    private readonly List<int> _places = [];
    private readonly List<int> _ended = [];
    private double[] _rows = [];
    private double[] _losses = [];
    private int[] _indexOf = [];
    private ChangeLog? _changes;
    private int _running;

    /// <param name="codec">The space.</param>
    /// <param name="objectives">What is optimised.</param>
    /// <param name="warmStart">Trials of earlier experiments. Those that are no configurations of the space are left out.</param>
    public TrialArchive(ParameterCodec codec, ImmutableArray<Objective> objectives, ImmutableArray<SearchObservation> warmStart)
    {
        (_codec, _objectives, _warmStart) = (codec, objectives, warmStart);
        _isReal = [.. codec.Axes.Select(axis => axis.Kind == AxisKind.Real)];
        _sought = new double[codec.Axes.Length];
        Clear();
    }

    /// <summary>Rises by one whenever what was known was forgotten, because an earlier history or one that changed the past was shown: what was derived from it
    /// is void.</summary>
    public int Generation { get; private set; }

    /// <summary>How many trials there are whose configurations belong to the space, running ones included.</summary>
    public int Count => _observations.Count;

    /// <summary>How many of them are of earlier experiments; they have the first places.</summary>
    public int WarmCount { get; private set; }

    /// <summary>How many have not ended.</summary>
    public int Running => _running;

    /// <summary>The places of those that have ended, in the order in which they did.</summary>
    public ReadOnlySpan<int> Ended => CollectionsMarshal.AsSpan(_ended);

    /// <summary>The trial at a place.</summary>
    public SearchObservation this[int place] => _observations[place];

    /// <summary>Its row of coordinates.</summary>
    public ReadOnlySpan<double> Row(int place) => _rows.AsSpan(place * _codec.Axes.Length, _codec.Axes.Length);

    /// <summary>All rows, one after the other, each <see cref="Width"/> long; room beyond <see cref="Count"/> rows holds nothing.</summary>
    public ReadOnlySpan<double> Rows => _rows;

    /// <summary>How long a row is.</summary>
    public int Width => _codec.Axes.Length;

    /// <summary>An objective where smaller is better; NaN when there is no value.</summary>
    public double Loss(int place, int objective = 0) => _losses[(place * _objectives.Length) + objective];

    /// <summary>All objectives of a trial where smaller is better.</summary>
    public ReadOnlySpan<double> Losses(int place) => _losses.AsSpan(place * _objectives.Length, _objectives.Length);

    /// <summary>What can be learnt from a trial.</summary>
    public ArchiveState State(int place)
    {
        var trial = _observations[place];
        return !trial.IsEnded ? ArchiveState.Running
            : trial.Status == TrialStatus.Failed || HasNaN(place) ? ArchiveState.Failed
            : trial.IsPruned ? ArchiveState.Pruned
            : ArchiveState.Complete;
    }

    /// <summary>By how much a trial broke the conditions for feasible ones; 0 when it broke none.</summary>
    public double Violation(int place) => _observations[place].Violation;

    /// <summary>The trial that has these coordinates; false when there is none.</summary>
    public bool TryFind(ReadOnlySpan<double> row, out int place) => _seen.TryGetValue(Key(row, _sought), out place);

    /// <summary>Brings it up to a history.</summary>
    public void Follow(SearchHistory history)
    {
        var changes = history.Changes;
        if (changes is null || _changes is null || changes.History != _changes.History || changes.Count < _changes.Count)
        {
            Clear();
            for (var i = 0; i < history.Observations.Count; i++)
            {
                Take(i, history.Observations[i]);
            }
        }
        else
        {
            var from = _changes.Count;
            for (var i = from; i < changes.Count; i++)
            {
                if (!Take(changes.Places[i], history.Observations[changes.Places[i]]))
                {
                    // A trial that had ended goes on: what was learnt from its end is void.
                    _changes = null;
                    Follow(history);
                    return;
                }
            }
        }

        _changes = changes;
    }

    private void Clear()
    {
        Generation++;
        _seen.Clear();
        _observations.Clear();
        _places.Clear();
        _ended.Clear();
        _indexOf = [];
        _changes = null;
        _running = 0;
        foreach (var trial in _warmStart)
        {
            Append(trial);
        }

        WarmCount = _observations.Count;
    }

    private bool Take(int place, SearchObservation trial)
    {
        if (place >= _indexOf.Length)
        {
            var known = _indexOf.Length;
            Array.Resize(ref _indexOf, Math.Max(place + 1, known * 2));
            _indexOf.AsSpan(known).Fill(-1);
        }

        var index = _indexOf[place];
        if (index < 0)
        {
            _indexOf[place] = Append(trial);
            return true;
        }

        var before = _observations[index];
        if (before.IsEnded)
        {
            return ReferenceEquals(before, trial) || before.EndOrder == trial.EndOrder;
        }

        _observations[index] = trial;
        SetLosses(index, trial);
        if (trial.IsEnded)
        {
            _running--;
            End(index);
        }

        return true;
    }

    private int Append(SearchObservation trial)
    {
        var (index, width) = (_observations.Count, _codec.Axes.Length);
        if ((index + 1) * width > _rows.Length)
        {
            Array.Resize(ref _rows, Math.Max(16 * width, _rows.Length * 2));
        }

        var row = _rows.AsSpan(index * width, width);
        if (!_codec.Encode(trial.Config, row))
        {
            return -1;
        }

        _observations.Add(trial);
        SetLosses(index, trial);
        _seen.TryAdd(Key(row, new double[width]), index);
        if (trial.IsEnded)
        {
            End(index);
        }
        else
        {
            _running++;
        }

        return index;
    }

    // Snapshots show several ends at once: they are put in their order.
    private void End(int index)
    {
        var at = _ended.Count;
        while (at > WarmCount && _observations[_ended[at - 1]].EndOrder > _observations[index].EndOrder)
        {
            at--;
        }

        _ended.Insert(at, index);
    }

    private void SetLosses(int index, SearchObservation trial)
    {
        var needed = (index + 1) * _objectives.Length;
        if (needed > _losses.Length)
        {
            Array.Resize(ref _losses, Math.Max(needed, _losses.Length * 2));
        }

        for (var i = 0; i < _objectives.Length; i++)
        {
            _losses[(index * _objectives.Length) + i] = -_objectives[i].Score(trial.Value(i));
        }
    }

    // Coordinates of numbers that are not counted lose their last digits on the way through a configuration.
    private RowKey Key(ReadOnlySpan<double> row, double[] key)
    {
        for (var i = 0; i < key.Length; i++)
        {
            key[i] = _isReal[i] ? Math.Round(row[i] * Precision) : row[i];
        }

        return new(key);
    }

    private bool HasNaN(int place)
    {
        foreach (var loss in Losses(place))
        {
            if (double.IsNaN(loss))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A row that is compared by content, NaN being equal to itself.</summary>
    private readonly record struct RowKey(double[] Row)
    {
        public bool Equals(RowKey other) => MemoryMarshal.AsBytes<double>(Row).SequenceEqual(MemoryMarshal.AsBytes<double>(other.Row));

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            hash.AddBytes(MemoryMarshal.AsBytes<double>(Row));
            return hash.ToHashCode();
        }
    }
}
