namespace Tuning.Execution.Remote;

/// <summary>Segments that have no process yet, first come, first served. Under the executor's lock.</summary>
/// <param name="dropped">Told of one that was told to end before it had a process.</param>
internal sealed class WaitingSegments(Action<SegmentCommand.Start> dropped)
{
    private readonly Queue<(SegmentCommand.Start Start, SlotPool.Slot? Slot)> _waiting = new();
    private readonly HashSet<SegmentId> _cancelled = [];

    /// <summary>How many there are.</summary>
    public int Count => _waiting.Count;

    /// <summary>Adds one.</summary>
    public void Add(SegmentCommand.Start start, SlotPool.Slot? slot) => _waiting.Enqueue((start, slot));

    /// <summary>One that has no process is to end: it never gets one.</summary>
    public void Cancel(SegmentId segment) => _cancelled.Add(segment);

    /// <summary>The next one.</summary>
    public bool TryTake(out (SegmentCommand.Start Start, SlotPool.Slot? Slot) next)
    {
        while (_waiting.TryDequeue(out next))
        {
            if (!_cancelled.Remove(next.Start.Segment))
            {
                return true;
            }

            SlotPool.ReleaseSoon(next.Slot);
            dropped(next.Start);
        }

        return false;
    }
}
