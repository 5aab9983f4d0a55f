namespace Tuning.Simulation;

/// <summary>A place where one segment runs at a time.</summary>
/// <param name="index">Its number.</param>
internal sealed class VirtualWorker(int index)
{
    /// <summary>Its number.</summary>
    public int Index { get; } = index;

    /// <summary>Counts the segments that it had: an event of an earlier one is void.</summary>
    public int Epoch { get; private set; }

    /// <summary>The segment that it runs.</summary>
    public VirtualSegment? Segment { get; private set; }

    /// <summary>Whether it is there.</summary>
    public bool IsUp { get; set; } = true;

    /// <summary>Whether it stands in the list of free workers; it may be away all the same.</summary>
    public bool IsListed { get; set; }

    /// <summary>Draws when it fails; null when it never does.</summary>
    public RandomStream? Luck { get; init; }

    /// <summary>Begins a segment.</summary>
    public void Begin(VirtualSegment segment)
    {
        Epoch++;
        Segment = segment;
    }

    /// <summary>The segment is over, in whatever way.</summary>
    public VirtualSegment End()
    {
        var ended = Segment!;
        Epoch++;
        Segment = null;
        return ended;
    }
}

/// <summary>All workers: who is free, and which segments wait for one. O(1) each.</summary>
internal sealed class VirtualWorkers
{
    private readonly Stack<VirtualWorker> _free;
    private readonly Queue<VirtualSegment> _waiting = [];

    public VirtualWorkers(int count, Func<int, RandomStream?> luck)
    {
        All = [.. Enumerable.Range(0, count).Select(i => new VirtualWorker(i) { Luck = luck(i), IsListed = true })];
        _free = new(All.Reverse());
    }

    /// <summary>The workers by number.</summary>
    public IReadOnlyList<VirtualWorker> All { get; }

    /// <summary>A segment wants to run: the worker that is to begin it, or null when it has to wait.</summary>
    public VirtualWorker? Place(VirtualSegment segment)
    {
        while (_free.TryPop(out var worker))
        {
            worker.IsListed = false;
            if (worker.IsUp)
            {
                return worker;
            }
        }

        _waiting.Enqueue(segment);
        return null;
    }

    /// <summary>A worker is free and there: the segment that it is to begin, or null when none waits.</summary>
    public VirtualSegment? Release(VirtualWorker worker)
    {
        if (_waiting.TryDequeue(out var segment))
        {
            return segment;
        }

        if (!worker.IsListed)
        {
            worker.IsListed = true;
            _free.Push(worker);
        }

        return null;
    }
}
