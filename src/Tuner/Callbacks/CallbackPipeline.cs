namespace Tuning.Callbacks;

/// <summary>The callbacks of an experiment in order of registration, each with a queue of its own.</summary>
/// <remarks>Used by the loop's thread, except <see cref="CloseAsync"/>.</remarks>
internal sealed class CallbackPipeline
{
    /// <summary>How many calls wait for a callback before trials wait for it.</summary>
    public const int DefaultCapacity = 4096;

    private readonly ImmutableArray<CallbackQueue> _queues;

    public CallbackPipeline(IEnumerable<TunerCallback> callbacks, ICallbackWatcher watcher, int capacity = DefaultCapacity) =>
        _queues = [.. callbacks.Select(c => new CallbackQueue(c, capacity, watcher))];

    /// <summary>Whether there are none: then nothing need be prepared for them.</summary>
    public bool IsEmpty => _queues.IsEmpty;

    /// <summary>Whether one of them is told of decisions: else nobody need read them out of events.</summary>
    public bool WantDecisions => _queues.Any(q => q.WantsDecisions);

    /// <summary>Whether trials must wait for a callback. When so, the watcher is told when that has passed.</summary>
    public bool IsFull
    {
        get
        {
            var full = false;
            foreach (var queue in _queues)
            {
                full |= queue.IsFull;
            }

            return full;
        }
    }

    /// <summary>Sets every callback up, lets the loggers mend their files, and starts the queues.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="recover">Brings loggers up to date on resume, before anything else reaches them; null for a new experiment.</param>
    public void Start(ExperimentInfo experiment, Action<IReadOnlyList<CallbackQueue>>? recover)
    {
        foreach (var queue in _queues)
        {
            queue.Call(c => c.Setup(experiment));
        }

        recover?.Invoke([.. _queues.Where(q => q.Callback is LoggerCallback)]);
        foreach (var queue in _queues)
        {
            queue.Start();
        }
    }

    /// <summary>Adds a call to every queue.</summary>
    public void Publish(CallbackCall call)
    {
        foreach (var queue in _queues)
        {
            queue.Add(call);
        }
    }

    /// <summary>Completes when every call has been made.</summary>
    public Task CloseAsync() => Task.WhenAll(_queues.Select(q => q.CloseAsync()));
}
