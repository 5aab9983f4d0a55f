namespace Tuning.Execution;

/// <summary>
/// The slots that all experiments of a process share. Who finds none waits for the next, first come, first served. A segment that is started
/// by an experiment inside a trial borrows that trial's slot, which waits for it and so does not compute meanwhile.
/// </summary>
/// <param name="limit">How many segments run at once, those that wait for the experiments that they started apart.</param>
/// <remarks>Any thread.</remarks>
internal sealed class SlotPool(int limit)
{
    private static readonly AsyncLocal<Slot?> _ambient = new();

    private readonly Lock _lock = new();

    // Under the lock.
    private readonly LinkedList<(object Owner, Slot? Parent, Action<Slot> Go)> _waiting = [];
    private int _free = limit;

    /// <summary>The slot of the trial whose code runs here; null outside of trials.</summary>
    public static Slot? Ambient
    {
        get => _ambient.Value;
        set => _ambient.Value = value;
    }

    /// <summary>Calls back with a slot, at once or when one is free.</summary>
    /// <param name="owner">Who asks, for <see cref="Forget"/>.</param>
    /// <param name="parent">The slot of the trial that the experiment was started in; null for none.</param>
    /// <param name="go">Called once, on this thread or on that of who gives a slot back.</param>
    public void Take(object owner, Slot? parent, Action<Slot> go)
    {
        Slot? slot;
        lock (_lock)
        {
            slot = TryTake(parent);
            if (slot is null)
            {
                _waiting.AddLast((owner, parent, go));
                return;
            }
        }

        go(slot);
    }

    /// <summary>Gives a slot back.</summary>
    public void Release(Slot slot)
    {
        List<(Action<Slot> Go, Slot Slot)> next = [];
        lock (_lock)
        {
            if (slot.LentTo is { } child)
            {
                // The trial ended before the experiment that it had started: the slot is the other's now.
                (child.LentBy, slot.LentTo) = (null, null);
            }
            else if (slot.LentBy is { } parent)
            {
                parent.LentTo = null;
            }
            else
            {
                _free++;
            }

            slot.IsReleased = true;
            for (var waiting = _waiting.First; waiting is not null;)
            {
                var (at, following) = (waiting, waiting.Next);
                if (TryTake(at.Value.Parent) is { } taken)
                {
                    next.Add((at.Value.Go, taken));
                    _waiting.Remove(at);
                }

                waiting = following;
            }
        }

        foreach (var (go, taken) in next)
        {
            go(taken);
        }
    }

    /// <summary>Gives a slot back on another thread: under a lock, for it may bring the next start.</summary>
    public static void ReleaseSoon(Slot? slot)
    {
        if (slot is not null)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static s => s.Pool.Release(s), slot, preferLocal: false);
        }
    }

    /// <summary>Lets somebody wait no longer: nothing of its is called any more.</summary>
    public void Forget(object owner)
    {
        lock (_lock)
        {
            for (var waiting = _waiting.First; waiting is not null;)
            {
                var (at, following) = (waiting, waiting.Next);
                if (at.Value.Owner == owner)
                {
                    _waiting.Remove(at);
                }

                waiting = following;
            }
        }
    }

    private Slot? TryTake(Slot? parent)
    {
        if (parent is { LentTo: null, IsReleased: false })
        {
            return parent.LentTo = new Slot(this) { LentBy = parent };
        }

        return _free > 0 && _free-- > 0 ? new Slot(this) : null;
    }

    /// <summary>The right to run one segment.</summary>
    /// <param name="pool">Whose it is.</param>
    internal sealed class Slot(SlotPool pool)
    {
        /// <summary>Whose it is.</summary>
        public SlotPool Pool { get; } = pool;

        /// <summary>The slot that this one stands for meanwhile. Under the pool's lock, as the others.</summary>
        public Slot? LentBy { get; set; }

        /// <summary>The slot that stands for this one meanwhile.</summary>
        public Slot? LentTo { get; set; }

        /// <summary>Whether it was given back.</summary>
        public bool IsReleased { get; set; }
    }
}
