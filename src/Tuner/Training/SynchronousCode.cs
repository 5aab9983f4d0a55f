namespace Tuning.Training;

/// <summary>
/// Synchronous code of a user: while it runs, the thread has no synchronization context, so that it may block on tasks without waiting for itself.
/// To be used with <c>using</c>, and not across an <c>await</c>.
/// </summary>
internal readonly ref struct SynchronousCode : IDisposable
{
    private readonly SynchronizationContext? _before;

    public SynchronousCode()
    {
        _before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
    }

    /// <summary>The context is as it was.</summary>
    public void Dispose() => SynchronizationContext.SetSynchronizationContext(_before);
}
