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

/// <summary>Events in order of time; of equal times the one that was planned first comes first.</summary>
internal sealed class EventHeap
{
    private readonly PriorityQueue<VirtualEvent, (long At, long Order)> _events = new(64);
    private long _planned;

    /// <summary>How many events are to come.</summary>
    public int Count => _events.Count;

    /// <summary>Plans an event.</summary>
    public void Push(VirtualEvent planned) => _events.Enqueue(planned, (planned.At, _planned++));

    /// <summary>Takes the next one.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public VirtualEvent Pop() => _events.Dequeue();
}
