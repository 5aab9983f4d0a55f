namespace Tuning.Execution;

/// <summary>
/// A thread of one segment at a time: user code runs on it, waits on it for its answers, and comes back to it after each
/// <c>await</c>, because it is its own <see cref="SynchronizationContext"/>. Reused by later segments.
/// </summary>
internal sealed class TrialThread : SynchronizationContext
{
    [ThreadStatic]
    private static TrialThread? _current;

    private readonly Action<TrialThread> _idle;
    private readonly object _gate = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = new();

    // Under the gate: written by whoever hands out work and answers, read by the thread.
    private Func<object, ValueTask>? _work;
    private object? _state;
    private bool _answered, _completed, _closed;

    /// <summary>Starts a thread.</summary>
    /// <param name="name">Its name in a debugger.</param>
    /// <param name="idle">Called by the thread when it can take new work.</param>
    public TrialThread(string name, Action<TrialThread> idle)
    {
        _idle = idle;
        new Thread(Loop) { IsBackground = true, Name = name }.Start();
    }

    /// <summary>The trial thread that the caller runs on; null elsewhere.</summary>
    public static TrialThread? OfCaller => _current;

    /// <summary>Hands the idle thread its next work.</summary>
    public void Run(Func<object, ValueTask> work, object state)
    {
        lock (_gate)
        {
            (_work, _state) = (work, state);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Lets the thread end once its work is done.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Blocks this thread until <see cref="Answer"/>.</summary>
    public void WaitForAnswer()
    {
        lock (_gate)
        {
            while (!_answered)
            {
                Monitor.Wait(_gate);
            }

            _answered = false;
        }
    }

    /// <summary>Wakes the thread from <see cref="WaitForAnswer"/>.</summary>
    public void Answer()
    {
        lock (_gate)
        {
            _answered = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_gate)
        {
            if (_work is not null)
            {
                _posted.Enqueue((d, state));
                Monitor.Pulse(_gate);
                return;
            }
        }

        // The segment has ended, and its thread may serve another trial: what is left of this one goes to the pool.
        ThreadPool.UnsafeQueueUserWorkItem(static left => left.d(left.state), (d, state), preferLocal: false);
    }

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state)
    {
        if (OfCaller == this)
        {
            d(state);
            return;
        }

        using var done = new ManualResetEventSlim();
        Post(_ =>
        {
            d(state);
            done.Set();
        }, null);
        done.Wait();
    }

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;

    private void Loop()
    {
        _current = this;
        while (true)
        {
            Func<object, ValueTask> work;
            object state;
            lock (_gate)
            {
                while (_work is null && !_closed)
                {
                    Monitor.Wait(_gate);
                }

                if (_work is null)
                {
                    return;
                }

                (work, state) = (_work, _state!);
            }

            SetSynchronizationContext(this);
            Serve(work(state));
            SetSynchronizationContext(null);
            lock (_gate)
            {
                (_work, _state, _completed, _answered) = (null, null, false, false);
                while (_posted.TryDequeue(out var left))
                {
                    ThreadPool.UnsafeQueueUserWorkItem(static l => l.Callback(l.State), left, preferLocal: false);
                }
            }

            _idle(this);
        }
    }

    // Runs what the segment posts to its thread until the segment has ended.
    private void Serve(ValueTask running)
    {
        if (running.IsCompleted)
        {
            return;
        }

        running.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(() =>
        {
            lock (_gate)
            {
                _completed = true;
                Monitor.Pulse(_gate);
            }
        });

        while (true)
        {
            (SendOrPostCallback Callback, object? State) next;
            lock (_gate)
            {
                while (_posted.Count == 0 && !_completed)
                {
                    Monitor.Wait(_gate);
                }

                if (!_posted.TryDequeue(out next))
                {
                    return;
                }
            }

            next.Callback(next.State);
        }
    }
}
