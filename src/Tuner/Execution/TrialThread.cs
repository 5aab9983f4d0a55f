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
    private readonly Lock _lock = new();
    private readonly ThreadGate _gate = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = new();

    // Under the lock: written by whoever hands out work, read by the thread.
    private Func<object, ValueTask>? _work;
    private object? _state;
    private bool _completed, _closed;

    // Written by the loop, read and reset by the thread.
    private bool _answered;

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
        lock (_lock)
        {
            (_work, _state) = (work, state);
        }

        _gate.Signal();
    }

    /// <summary>Lets the thread end once its work is done.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
        }

        _gate.Signal();
    }

    /// <summary>Blocks this thread until <see cref="Answer"/>.</summary>
    /// <param name="awake">Whether it stays awake for as long as an answer usually takes: to sleep and be woken up takes as long again.</param>
    public void WaitForAnswer(bool awake)
    {
        if (awake)
        {
            ThreadGate.Expect(in _answered);
        }

        while (!Volatile.Read(ref _answered))
        {
            _gate.Wait();
        }

        _answered = false;
    }

    /// <summary>Wakes the thread from <see cref="WaitForAnswer"/>.</summary>
    public void Answer()
    {
        Volatile.Write(ref _answered, true);
        _gate.Signal();
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        bool isRunning;
        lock (_lock)
        {
            isRunning = _work is not null;
            if (isRunning)
            {
                _posted.Enqueue((d, state));
            }
        }

        if (isRunning)
        {
            _gate.Signal();
            return;
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
        while (NextWork() is var (work, state))
        {
            SetSynchronizationContext(this);
            Serve(work(state));
            SetSynchronizationContext(null);
            lock (_lock)
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

    private (Func<object, ValueTask> Work, object State)? NextWork()
    {
        while (true)
        {
            lock (_lock)
            {
                if (_work is not null)
                {
                    return (_work, _state!);
                }

                if (_closed)
                {
                    return null;
                }
            }

            _gate.Wait();
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
            lock (_lock)
            {
                _completed = true;
            }

            _gate.Signal();
        });

        while (true)
        {
            (SendOrPostCallback Callback, object? State) next;
            bool completed;
            lock (_lock)
            {
                completed = !_posted.TryDequeue(out next) && _completed;
            }

            if (completed)
            {
                return;
            }

            if (next.Callback is null)
            {
                _gate.Wait();
            }
            else
            {
                next.Callback(next.State);
            }
        }
    }
}
