using Tuning.Execution;

namespace Tuning.Running;

/// <summary>Wakes the loop. Set by any thread, waited for by the loop's.</summary>
internal sealed class LoopSignal
{
    private readonly ThreadGate _gate = new();

    public LoopSignal() => Set = _gate.Signal;

    /// <summary>Wakes the loop, now or when it next waits. One delegate, made once.</summary>
    public Action Set { get; }

    /// <summary>Waits, and takes the signal.</summary>
    public void Wait() => _gate.Wait();
}
