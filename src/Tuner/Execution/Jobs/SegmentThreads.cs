using System.Threading.Tasks.Sources;
using Quartz.Extensibility;

namespace Tuning.Execution.Jobs;

/// <summary>
/// The scheduler's thread pool: each firing gets a trial thread, at once. It is larger than any number of slots, so that the
/// controller's slots are the only limit.
/// </summary>
/// <remarks>
/// The scheduler asks for free threads before it looks for triggers. The answer waits until a segment has been scheduled, and then
/// comes on the thread that scheduled it: the scheduler fires the trigger there, and neither a timer nor a thread of the runtime's
/// pool stands between a decision to start a trial and its thread.
/// </remarks>
internal sealed class SegmentThreads : IThreadPool, IValueTaskSource<int>, IDisposable
{
    private readonly TrialThreadPool _threads = new();
    private readonly Lock _lock = new();

    // Under the lock. Segments that are scheduled and have no thread yet; below zero while a thread is faster than the count.
    private int _scheduled;
    private bool _asked, _closed;
    private CancellationTokenRegistration _cancellation;
    private ManualResetValueTaskSourceCore<int> _answer;

    /// <inheritdoc/>
    public int PoolSize => 1 << 16;

    /// <inheritdoc/>
    public ValueTask Initialize(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    /// <summary>Tells the scheduler that a segment has been scheduled.</summary>
    public void Scheduled()
    {
        lock (_lock)
        {
            _scheduled++;
            if (!_asked || _scheduled <= 0)
            {
                return;
            }

            _asked = false;
        }

        _answer.SetResult(PoolSize);
    }

    /// <inheritdoc/>
    public ValueTask<int> WaitForAvailableThreads(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_scheduled > 0 || _closed || cancellationToken.IsCancellationRequested)
            {
                return new(PoolSize);
            }

            // One scheduler, one loop: it does not ask twice at once.
            _answer.Reset();
            _asked = true;
            if (_cancellation.Token != cancellationToken)
            {
                _cancellation = cancellationToken.UnsafeRegister(static threads => ((SegmentThreads)threads!).Release(), this);
            }

            return new(this, _answer.Version);
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> TryRun(Func<ValueTask> action, CancellationToken cancellationToken = default) =>
        TryRunWithState(static run => ((Func<ValueTask>)run!)(), action, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> TryRunWithState(Func<object?, ValueTask> action, object? state, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            _scheduled--;
        }

        return new(_threads.Run(action, state!));
    }

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
    public void Dispose()
    {
        Release();
        _threads.Dispose();
    }

    int IValueTaskSource<int>.GetResult(short token) => _answer.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _answer.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _answer.OnCompleted(continuation, state, token, flags);

    // The scheduler stops: it sees that itself when its question is answered.
    private void Release()
    {
        lock (_lock)
        {
            _closed = true;
            if (!_asked)
            {
                return;
            }

            _asked = false;
        }

        _answer.SetResult(PoolSize);
    }
}
