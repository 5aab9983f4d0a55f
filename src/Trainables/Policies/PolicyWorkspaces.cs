namespace Tuning.Policies;

/// <summary>
/// Workspaces for as many threads as ask at the same time. Each thread has a place where it finds the one that it used last, so that threads do
/// not get into each other's way; what does not fit there waits in a list. Nothing is allocated once there is one for each thread.
/// </summary>
internal sealed class PolicyWorkspaces(Func<PolicyWorkspace> create)
{
    private const int Places = 16;

    // A place per line of the cache.
    private const int Stride = 64 / 8;

    private readonly PolicyWorkspace?[] _places = new PolicyWorkspace?[Places * Stride];
    private readonly Lock _gate = new();
    private PolicyWorkspace? _waiting;

    public PolicyWorkspace Take() => Interlocked.Exchange(ref _places[Mine], null) ?? TakeWaiting() ?? create();

    public void Return(PolicyWorkspace workspace)
    {
        if (Interlocked.CompareExchange(ref _places[Mine], workspace, null) is null)
        {
            return;
        }

        lock (_gate)
        {
            (workspace.Next, _waiting) = (_waiting, workspace);
        }
    }

    private static int Mine => (Environment.CurrentManagedThreadId % Places) * Stride;

    private PolicyWorkspace? TakeWaiting()
    {
        lock (_gate)
        {
            var first = _waiting;
            _waiting = first?.Next;
            return first;
        }
    }
}
