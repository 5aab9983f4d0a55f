namespace Tuning.Simulation;

/// <summary>What happens next in a simulated experiment.</summary>
internal enum VirtualEventKind
{
    /// <summary>A step of a segment is over; its report arrives, unless the journal holds it already.</summary>
    Step,

    /// <summary>A checkpoint is written.</summary>
    Saved,

    /// <summary>A segment has ended as its trainable does by itself.</summary>
    Completed,

    /// <summary>A segment has ended as it was told to.</summary>
    Obeyed,

    /// <summary>A worker fails.</summary>
    WorkerFails,

    /// <summary>A worker is there again.</summary>
    WorkerRepaired,

    /// <summary>The search algorithm answers.</summary>
    Suggested,

    /// <summary>A deadline of a stopper has come.</summary>
    Deadline,
}

/// <summary>An event to come. Without references, so that moving it in the heap costs the garbage collector nothing.</summary>
/// <param name="At">When, in ticks of 100 ns from the experiment's beginning.</param>
/// <param name="Kind">What.</param>
/// <param name="Worker">The worker that it concerns; -1 for none.</param>
/// <param name="Epoch">The worker's epoch when it was planned: an event of an earlier one is void.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct VirtualEvent(long At, VirtualEventKind Kind, int Worker, int Epoch);

/// <summary>Events in order of time; of equal times the one that was planned first comes first. A four-ary heap: O(log n) each.</summary>
internal sealed class EventHeap
{
    private const int Arity = 4;

    private Entry[] _entries = new Entry[64];
    private long _planned;

    /// <summary>How many events are to come.</summary>
    public int Count { get; private set; }

    /// <summary>Plans an event.</summary>
    public void Push(VirtualEvent planned)
    {
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count * 2);
        }

        var entry = new Entry(_planned++, planned);
        var at = Count++;
        while (at > 0 && entry.IsBefore(_entries[(at - 1) / Arity]))
        {
            _entries[at] = _entries[(at - 1) / Arity];
            at = (at - 1) / Arity;
        }

        _entries[at] = entry;
    }

    /// <summary>Takes the next event.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public VirtualEvent Pop()
    {
        if (Count == 0)
        {
            throw new InvalidOperationException("No event is to come.");
        }

        var first = _entries[0].Planned;
        var last = _entries[--Count];
        _entries[Count] = default;
        if (Count > 0)
        {
            _entries[SinkFromRoot(last)] = last;
        }

        return first;
    }

    // Moves smaller children up until the entry fits; returns the free place.
    private int SinkFromRoot(in Entry entry)
    {
        var at = 0;
        while ((at * Arity) + 1 is var child && child < Count)
        {
            var least = child;
            var end = Math.Min(child + Arity, Count);
            for (var i = child + 1; i < end; i++)
            {
                if (_entries[i].IsBefore(_entries[least]))
                {
                    least = i;
                }
            }

            if (!_entries[least].IsBefore(entry))
            {
                break;
            }

            _entries[at] = _entries[least];
            at = least;
        }

        return at;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Entry(long Order, VirtualEvent Planned)
    {
        public bool IsBefore(in Entry other) => Planned.At < other.Planned.At || (Planned.At == other.Planned.At && Order < other.Order);
    }
}
