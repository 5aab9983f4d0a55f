namespace Tuning.Execution;

/// <summary>
/// A thread of one segment at a time: user code runs on it, waits on it for its answers, and comes back to it after each
/// <c>await</c> by the segment's <see cref="SegmentContext"/>. Reused by later segments.
/// </summary>
internal sealed class TrialThread
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
    private SegmentContext? _context;
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

    /// <summary>The synchronization context of its work. For code on the thread.</summary>
    public SegmentContext Context => _context!;

    /// <summary>Whether something waits to be run by the thread.</summary>
    public bool HasPosted
    {
        get
        {
            lock (_lock)
            {
                return _posted.Count > 0;
            }
        }
    }

    /// <summary>Hands the idle thread its next work.</summary>
    public void Run(Func<object, ValueTask> work, object state)
    {
        lock (_lock)
        {
            (_work, _state, _context) = (work, state, new(this));
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

    /// <summary>Has the thread run something, unless the work that it belongs to has ended. Any thread.</summary>
    public bool TryPost(SegmentContext context, SendOrPostCallback d, object? state)
    {
        lock (_lock)
        {
            if (_context != context)
            {
                return false;
            }

            _posted.Enqueue((d, state));
        }

        _gate.Signal();
        return true;
    }

    /// <summary>Runs what was posted up to now. For code on the thread.</summary>
    public void RunPosted()
    {
        int count;
        lock (_lock)
        {
            count = _posted.Count;
        }

        while (count-- > 0 && TakePosted() is var (callback, state))
        {
            Run(callback, state);
        }
    }

    private void Loop()
    {
        _current = this;
        while (NextWork() is var (work, state))
        {
            var context = Context;
            SynchronizationContext.SetSynchronizationContext(context);
            Serve(work(state));
            SynchronizationContext.SetSynchronizationContext(null);
            lock (_lock)
            {
                (_work, _state, _context, _completed, _answered) = (null, null, null, false, false);
            }

            // Nothing is posted to the thread any more: what is left of the work goes to the pool.
            while (TakePosted() is var (callback, left))
            {
                context.Post(callback, left);
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
                Run(next.Callback, next.State);
            }
        }
    }

    private (SendOrPostCallback Callback, object? State)? TakePosted()
    {
        lock (_lock)
        {
            return _posted.TryDequeue(out var next) ? next : null;
        }
    }

    private void Run(SendOrPostCallback callback, object? state)
    {
        SynchronizationContext.SetSynchronizationContext(Context);
        Context.Run(callback, state);
    }
}
