using Quartz.Extensibility;

namespace Tuning.Execution.Jobs;

/// <summary>
/// The scheduler's thread pool: each firing gets a trial thread, at once. It is larger than any number of slots, so that the
/// controller's slots are the only limit.
/// </summary>
internal sealed class SegmentThreads : IThreadPool, IDisposable
{
    private readonly TrialThreadPool _threads = new();

    /// <inheritdoc/>
    public int PoolSize => 1 << 16;

    /// <inheritdoc/>
    public ValueTask Initialize(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask<int> WaitForAvailableThreads(CancellationToken cancellationToken = default) => new(PoolSize);

    /// <inheritdoc/>
    public ValueTask<bool> TryRun(Func<ValueTask> action, CancellationToken cancellationToken = default) =>
        new(_threads.Run(static run => ((Func<ValueTask>)run)(), action));

    /// <inheritdoc/>
    public ValueTask<bool> TryRunWithState(Func<object?, ValueTask> action, object? state, CancellationToken cancellationToken = default) =>
        new(_threads.Run(action, state!));

    /// <inheritdoc/>
    public ValueTask Shutdown(bool waitForJobsToComplete = true, CancellationToken cancellationToken = default)
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<bool> Drain(CancellationToken cancellationToken = default)
    {
        // Whoever shuts the scheduler down has waited for the segments: the loop knows of each.
        Dispose();
        return new(true);
    }

    /// <inheritdoc/>
    public void Dispose() => _threads.Dispose();
}
