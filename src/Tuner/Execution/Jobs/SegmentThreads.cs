using System.Threading.Tasks.Sources;
using Quartz.Extensibility;

namespace Tuning.Execution.Jobs;

/// <summary>
/// The scheduler's thread pool: each firing gets a trial thread, at once; threads are reused. It is larger than any number of slots, so that the
/// controller's slots are the only limit. Trials that compute never starve the session's thread or the runtime's pool.
/// </summary>
/// <remarks>
/// The scheduler asks for free threads before it looks for triggers. The answer waits until a segment has been scheduled, and then
/// comes on the thread that scheduled it: the scheduler fires the trigger there, and neither a timer nor a thread of the runtime's
/// pool stands between a decision to start a trial and its thread.
/// </remarks>
/// <param name="failed">Told when the machine has no thread at all.</param>
internal sealed class SegmentThreads(Action<MachineFault>? failed = null) : IThreadPool, IValueTaskSource<int>, IDisposable
{
    private readonly Lock _lock = new();

    // Under the lock. Segments that are scheduled and have no thread yet; below zero while a thread is faster than the count.
    private int _scheduled;
    private bool _asked, _closed;
    private readonly Stack<TrialThread> _idle = new();
    private readonly Queue<(Func<object?, ValueTask> Action, object? State)> _waiting = new();
    private int _made;
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
                _cancellation = cancellationToken.UnsafeRegister(static threads => ((SegmentThreads)threads!).Dispose(), this);
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
        TrialThread? thread;
        lock (_lock)
        {
            _scheduled--;
            if (_closed)
            {
                return new(false);
            }

            if (!_idle.TryPop(out thread))
            {
                try
                {
                    thread = new TrialThread(Invariant($"trial thread {_made}"), Return);
                    _made++;
                }
                catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
                {
                    // The machine has no more threads: it waits for one of those that there are.
                    if (_made == 0)
                    {
                        failed?.Invoke(MachineFault.NoThread(e));
                    }

                    _waiting.Enqueue((action, state));
                    return new(true);
                }
            }
        }

        thread.Run(action, state!);
        return new(true);
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

    /// <summary>
    /// Ends the idle threads now and the others when their segments end. The scheduler stops: it sees that itself when its question is answered.
    /// </summary>
    public void Dispose()
    {
        bool asked;
        lock (_lock)
        {
            _closed = true;
            while (_idle.TryPop(out var thread))
            {
                thread.Close();
            }

            (asked, _asked) = (_asked, false);
        }

        if (asked)
        {
            _answer.SetResult(PoolSize);
        }
    }

    int IValueTaskSource<int>.GetResult(short token) => _answer.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _answer.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _answer.OnCompleted(continuation, state, token, flags);

    private void Return(TrialThread thread)
    {
        (Func<object?, ValueTask> Action, object? State) next;
        lock (_lock)
        {
            if (_closed)
            {
                thread.Close();
                return;
            }

            if (!_waiting.TryDequeue(out next))
            {
                _idle.Push(thread);
                return;
            }
        }

        thread.Run(next.Action!, next.State!);
    }
}
