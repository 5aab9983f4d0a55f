namespace Tuning.Running;

/// <summary>Wakes the loop. Set by any thread, waited for by the loop's.</summary>
internal sealed class LoopSignal
{
    private readonly object _gate = new();
    private bool _set;

    public LoopSignal() => Set = Signal;

    /// <summary>Wakes the loop, now or when it next waits. One delegate, made once.</summary>
    public Action Set { get; }

    /// <summary>Waits, and takes the signal.</summary>
    public void Wait()
    {
        lock (_gate)
        {
            while (!_set)
            {
                Monitor.Wait(_gate);
            }

            _set = false;
        }
    }

    private void Signal()
    {
        lock (_gate)
        {
            _set = true;
            Monitor.Pulse(_gate);
        }
    }
}
