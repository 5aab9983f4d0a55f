namespace Tuning.Execution;

/// <summary>
/// The synchronization context of a segment's asynchronous code: what follows an <c>await</c> runs on the trial's own thread, and an exception that
/// nobody waits for (<c>async void</c>) is the segment's. What is posted when the segment has ended runs on the runtime's pool.
/// </summary>
internal sealed class SegmentContext : SynchronizationContext
{
    private const int TimedOut = 258;
    private const int Slice = 50;

    private readonly TrialThread _thread;

    public SegmentContext(TrialThread thread)
    {
        _thread = thread;
        SetWaitNotificationRequired();
    }

    /// <summary>Told of an exception that nobody waits for; null lets it end the process. Set by the segment before it runs anything.</summary>
    public Action<Exception>? Failed { get; set; }

    /// <summary>How long the thread may block while something waits in its own queue.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        if (!_thread.TryPost(this, d, state))
        {
            ThreadPool.UnsafeQueueUserWorkItem(static left => left.Item1.Run(left.d, left.state), (this, d, state), preferLocal: false);
        }
    }

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state)
    {
        if (TrialThread.OfCaller == _thread)
        {
            d(state);
            return;
        }

        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(_ =>
        {
            try
            {
                d(state);
                done.SetResult();
            }
            catch (Exception e)
            {
                // Belongs to whoever sent it.
                done.SetException(e);
            }
        }, null);
        done.Task.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Asked in place of each wait that blocks the thread while this is its context.</summary>
    /// <exception cref="InvalidOperationException">The thread waits for what waits for the thread.</exception>
    public override int Wait(nint[] waitHandles, bool waitAll, int millisecondsTimeout)
    {
        var (waited, blocked) = (0L, 0L);
        while (true)
        {
            var slice = millisecondsTimeout < 0 ? Slice : (int)Math.Min(Slice, millisecondsTimeout - waited);
            var result = WaitHelper(waitHandles, waitAll, slice);
            waited += slice;
            if (result != TimedOut || (millisecondsTimeout >= 0 && waited >= millisecondsTimeout))
            {
                return result;
            }

            blocked = _thread.HasPosted ? blocked + slice : 0;
            if (blocked >= Patience.TotalMilliseconds)
            {
                var error = new InvalidOperationException(
                    "The trial's thread blocks on a task (.Result, .Wait() or .GetResult() in an async function) whose continuation waits for that thread: "
                    + "await the task, or make the function synchronous.");
                Failed?.Invoke(error);
                throw error;
            }
        }
    }

    /// <summary>Runs what was posted.</summary>
    public void Run(SendOrPostCallback d, object? state)
    {
        try
        {
            d(state);
        }
        catch (Exception e) when (Failed is not null)
        {
            // A part of the border around trials: nobody waits for this exception, and it would end the process.
            Failed(e);
        }
    }
}
