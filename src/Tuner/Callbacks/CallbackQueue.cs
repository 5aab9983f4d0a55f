using System.Threading.Channels;

namespace Tuning.Callbacks;

/// <summary>
/// One callback and its queue: hooks are called in order, one at a time, off the loop. The queue takes what it is given; when it is
/// full, the loop lets the trials wait.
/// </summary>
internal sealed class CallbackQueue
{
    /// <summary>Stands where a trial is asked for: a logger that cannot write decisions writes reports all the same.</summary>
    public static readonly TrialId Decisions = new(int.MaxValue);

    private readonly TunerCallback _callback;
    private readonly int _capacity;
    private readonly ICallbackWatcher _watcher;
    private readonly Channel<CallbackCall> _items = Channel.CreateUnbounded<CallbackCall>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly bool _wantsSteps;
    private Task? _consumer;

    // Incremented by the loop, decremented by the consumer.
    private int _waiting;

    // Set by the loop when it lets trials wait for this queue, cleared by the consumer.
    private int _awaited;

    // Trials about which a logger is called no more. Of whoever calls the callback: the loop before the queue is started, then its consumer.
    private HashSet<TrialId>? _lost;

    // Set by whoever calls the callback; then it is called no more.
    private volatile bool _faulted;

    public CallbackQueue(TunerCallback callback, int capacity, ICallbackWatcher watcher)
    {
        (_callback, _capacity, _watcher) = (callback, capacity, watcher);
        WantsDecisions = callback is DelegateCallback delegates ? delegates.WantsDecisions : Overrides(nameof(TunerCallback.OnDecision));
        _wantsSteps = Overrides(nameof(TunerCallback.OnStepBegin)) || Overrides(nameof(TunerCallback.OnStepEnd));
    }

    /// <summary>The callback.</summary>
    public TunerCallback Callback => _callback;

    /// <summary>Whether decisions are told to it.</summary>
    public bool WantsDecisions { get; }

    /// <summary>Whether a fault has isolated it.</summary>
    public bool IsFaulted => _faulted;

    /// <summary>Whether it has as much to do as its queue holds. If so, the watcher is told when that has passed.</summary>
    public bool IsFull
    {
        get
        {
            if (Volatile.Read(ref _waiting) < _capacity)
            {
                return false;
            }

            Volatile.Write(ref _awaited, 1);

            // The consumer may have emptied the queue between the two lines above.
            Interlocked.MemoryBarrier();
            return Volatile.Read(ref _waiting) >= _capacity;
        }
    }

    /// <summary>Begins to call hooks.</summary>
    public void Start() => _consumer = Task.Run(ConsumeAsync);

    /// <summary>Adds a call.</summary>
    public void Add(CallbackCall call)
    {
        if (_faulted || (call is CallbackCall.StepBegin or CallbackCall.StepEnd && !_wantsSteps) || (call is CallbackCall.Decided && !WantsDecisions))
        {
            return;
        }

        Interlocked.Increment(ref _waiting);
        _items.Writer.TryWrite(call);
    }

    /// <summary>Takes no more; completes when everything that was added has been called.</summary>
    public Task CloseAsync()
    {
        _items.Writer.TryComplete();
        return _consumer ?? Task.CompletedTask;
    }

    /// <summary>Calls the callback, and isolates it when it throws: a logger that is called about a trial for that trial alone.</summary>
    /// <param name="hook">Calls it.</param>
    /// <param name="trial">The trial that a logger is called about; null for none.</param>
    /// <returns>Whether it did not throw, now or before.</returns>
    public bool Call(Action<TunerCallback> hook, TrialId? trial = null)
    {
        if (_faulted || (trial is { } asked && _lost?.Contains(asked) == true))
        {
            return false;
        }

        try
        {
            hook(_callback);
            return true;
        }
        catch (Exception e)
        {
            // One of the four borders where every exception is caught: an observer's fault is its own.
            if (trial is { } one)
            {
                (_lost ??= []).Add(one);
            }
            else
            {
                _faulted = true;
            }

            _watcher.Faulted(_callback, e, trial);
            return false;
        }
    }

    private async Task ConsumeAsync()
    {
        while (await _items.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (_items.Reader.TryRead(out var item))
            {
                TrialId? about = item is CallbackCall.OfTrial { Trial.Id: var trial } ? trial : item is CallbackCall.Decided ? Decisions : null;
                Call(item.Call, _callback is LoggerCallback ? about : null);
                if (Interlocked.Decrement(ref _waiting) <= _capacity / 2 && Volatile.Read(ref _awaited) == 1 && Interlocked.Exchange(ref _awaited, 0) == 1)
                {
                    _watcher.Drained();
                }
            }
        }
    }

    private bool Overrides(string hook) => _callback.GetType().GetMethod(hook)!.DeclaringType != typeof(TunerCallback);
}

/// <summary>Who hears of callbacks that throw, and of queues that have room again. Called from any thread.</summary>
internal interface ICallbackWatcher
{
    /// <summary>A callback threw, and is called no more.</summary>
    /// <param name="callback">The callback.</param>
    /// <param name="exception">What it threw.</param>
    /// <param name="trial">The only trial about which it is called no more; null for all.</param>
    void Faulted(TunerCallback callback, Exception exception, TrialId? trial);

    /// <summary>A queue that was full is half empty.</summary>
    void Drained();
}
