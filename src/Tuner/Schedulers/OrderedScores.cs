namespace Tuning.Schedulers;

/// <summary>
/// Scores in order, each of a trial: adding, removing, the k-th, and the place of one. Worst first; of equal scores the younger trial is the
/// worse one.
/// </summary>
/// <remarks>
/// Sorted blocks of at most 256, whose worst entries lie together for a search, and whose lengths are summed in a tree (Fenwick, "A new data
/// structure for cumulative frequency tables", 1994). A call costs O(log n) and a short move, and touches few lines of memory whatever n is; every 128th
/// makes or drops a block, which costs O(n / 256). NaN is not allowed. Used by one thread.
/// </remarks>
internal sealed class OrderedScores
{
    private const int Most = 256;

    private Entry[][] _blocks = [new Entry[4]];
    private Entry[] _heads = new Entry[1];
    private int[] _lengths = new int[1];

    // At i the sum of the lengths of as many blocks as its lowest bit says, the last of which is i - 1.
    private int[] _sums = new int[2];
    private int _used = 1;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a score.</summary>
    public void Add(double score, int trial)
    {
        var at = BlockOf(score, trial);
        if (_lengths[at] == Most)
        {
            Split(at);
            at += IsBefore(score, trial, in _heads[at + 1]) ? 0 : 1;
        }

        var length = _lengths[at];
        if (length == _blocks[at].Length)
        {
            Array.Resize(ref _blocks[at], length * 2);
        }

        var (block, place) = (_blocks[at], PlaceIn(at, score, trial));
        block.AsSpan(place, length - place).CopyTo(block.AsSpan(place + 1));
        block[place] = new(score, trial);
        Lengthen(at, 1);
    }

    /// <summary>Removes a score; false when it is not there.</summary>
    public bool Remove(double score, int trial)
    {
        var at = BlockOf(score, trial);
        var place = PlaceIn(at, score, trial);
        if (!IsAt(at, place, score, trial))
        {
            return false;
        }

        var block = _blocks[at];
        block.AsSpan(place + 1, _lengths[at] - place - 1).CopyTo(block.AsSpan(place));
        Lengthen(at, -1);
        if (_lengths[at] == 0 && _used > 1)
        {
            Drop(at);
        }

        return true;
    }

    /// <summary>Whether a trial's score is there.</summary>
    public bool Contains(double score, int trial)
    {
        var at = BlockOf(score, trial);
        return IsAt(at, PlaceIn(at, score, trial), score, trial);
    }

    /// <summary>How many come before a trial's score, which itself need not be there.</summary>
    public int CountBefore(double score, int trial)
    {
        var at = BlockOf(score, trial);
        var count = PlaceIn(at, score, trial);
        for (var i = at; i > 0; i &= i - 1)
        {
            count += _sums[i];
        }

        return count;
    }

    /// <summary>The score at a place and whose it is; 0 is the worst.</summary>
    public (double Score, int Trial) At(int place)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)place, (uint)Count);
        var at = 0;
        for (var step = HighestBit(_used); step > 0; step >>= 1)
        {
            if (at + step <= _used && _sums[at + step] <= place)
            {
                at += step;
                place -= _sums[at];
            }
        }

        ref readonly var entry = ref _blocks[at][place];
        return (entry.Score, entry.Trial);
    }

    private static int HighestBit(int value) => 1 << System.Numerics.BitOperations.Log2((uint)value);

    private static bool IsBefore(double score, int trial, in Entry entry) => score < entry.Score || (score == entry.Score && trial > entry.Trial);

    private bool IsAt(int at, int place, double score, int trial) => place < _lengths[at] && _blocks[at][place] is var entry && entry.Score == score
        && entry.Trial == trial;

    // The last block that does not begin after a key; the first when all do.
    private int BlockOf(double score, int trial)
    {
        var (low, high) = (1, _used);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (IsBefore(score, trial, in _heads[middle]))
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low - 1;
    }

    // How many of a block come before a key.
    private int PlaceIn(int at, double score, int trial)
    {
        var block = _blocks[at];
        var (low, high) = (0, _lengths[at]);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            ref readonly var entry = ref block[middle];
            if (entry.Score < score || (entry.Score == score && entry.Trial > trial))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private void Lengthen(int at, int by)
    {
        Count += by;
        _lengths[at] += by;
        _heads[at] = _blocks[at][0];
        for (var i = at + 1; i <= _used; i += i & -i)
        {
            _sums[i] += by;
        }
    }

    private void Split(int at)
    {
        if (_used == _blocks.Length)
        {
            Array.Resize(ref _blocks, _used * 2);
            Array.Resize(ref _heads, _used * 2);
            Array.Resize(ref _lengths, _used * 2);
            _sums = new int[(_used * 2) + 1];
        }

        Move(at + 1, at + 2, _used - at - 1);
        _used++;
        _blocks[at + 1] = new Entry[Most];
        _blocks[at].AsSpan(Most / 2).CopyTo(_blocks[at + 1]);
        _heads[at + 1] = _blocks[at + 1][0];
        _lengths[at] = _lengths[at + 1] = Most / 2;
        Sum();
    }

    private void Drop(int at)
    {
        Move(at + 1, at, _used - at - 1);
        _blocks[--_used] = [];
        Sum();
    }

    private void Move(int from, int to, int count)
    {
        Array.Copy(_blocks, from, _blocks, to, count);
        Array.Copy(_heads, from, _heads, to, count);
        Array.Copy(_lengths, from, _lengths, to, count);
    }

    private void Sum()
    {
        _lengths.AsSpan(0, _used).CopyTo(_sums.AsSpan(1));
        for (var i = 1; i <= _used; i++)
        {
            var next = i + (i & -i);
            if (next <= _used)
            {
                _sums[next] += _sums[i];
            }
        }
    }

    private readonly record struct Entry(double Score, int Trial);
}
