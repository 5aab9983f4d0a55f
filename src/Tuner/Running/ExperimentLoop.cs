using System.Collections.Concurrent;
using System.Threading.Channels;
using Tuning.Callbacks;
using Tuning.Control;
using Tuning.Execution;

namespace Tuning.Running;

/// <summary>
/// Owns an experiment while it runs: one thread that takes all waiting messages as one batch, lets the controller handle each,
/// writes the journal with one call, and only then publishes and acts.
/// </summary>
/// <remarks>
/// Any thread may send messages, ask for a stop, or abort. Everything else belongs to the loop's thread. An exception in the loop
/// ends the experiment with that error; the journal then holds everything up to it.
/// </remarks>
internal sealed partial class ExperimentLoop : ISessionMailbox, ICallbackWatcher, IDisposable
{
    private const int LargestBatch = 4096;

    private readonly LoopParts _parts;
    private readonly ExperimentController _controller;
    private readonly SessionEnvironment _environment;
    private readonly CallbackPipeline _callbacks;
    private readonly CancellationTokenSource _abort = new();
    private readonly LoopSignal _signal = new();

    // Many writers; the loop reads. Writers wake the loop themselves: no thread of the pool stands between.
    private readonly Channel<LoopMessage> _messages = Channel.CreateUnbounded<LoopMessage>(
        new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

    // Added by the loop, read by the executor's threads.
    private readonly ConcurrentDictionary<TrialId, TrialSession> _sessions = new();

    // What the batch leads to once it is written. The loop's alone, as everything below.
    private readonly Queue<LoopAction> _actions = new();
    private readonly List<CallbackItem> _publish = [];
    private readonly Queue<long> _requests = new();
    private readonly EventHooks _hooks;
    private readonly JournalKeeper _keeper;
    private readonly ITimer _timer;
    private DateTimeOffset _last;
    private TimeSpan? _armed;
    private bool _ended, _aborted, _reported;
    private long _iteration;
    private Exception? _error;

    public ExperimentLoop(LoopParts parts)
    {
        _parts = parts;
        _controller = parts.Controller;
        _environment = parts.Environment(this, _abort.Token);
        _callbacks = new CallbackPipeline(parts.Callbacks, this, parts.CallbackCapacity);
        _hooks = new EventHooks(_controller, parts.Info.Directory, _publish, _callbacks.WantDecisions);
        _keeper = new JournalKeeper(parts.Journal, parts.Info.Directory, parts.Time, parts.Logger);
        _timer = parts.Time.CreateTimer(static loop => ((ExperimentLoop)loop!).Post(new(LoopMessageKind.Time)), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Asks for a graceful stop: running trials write a checkpoint at their next report. Any thread.</summary>
    public void RequestStop(string reason)
    {
        _environment.Signals.Suspend(reason);
        Post(new(LoopMessageKind.Stop, null, reason));
    }

    /// <summary>Leaves at once. The journal is whole; the experiment can be resumed. Any thread.</summary>
    public void Abort()
    {
        Post(new(LoopMessageKind.Abort));
        _abort.Cancel();
    }

    /// <summary>Runs the experiment on the calling thread, until it has finished, is suspended, or fails.</summary>
    /// <param name="recover">Brings loggers up to date on resume; null for a new experiment.</param>
    public LoopResult Run(Action<IReadOnlyList<CallbackQueue>>? recover = null)
    {
        try
        {
            _callbacks.Start(_parts.Info, recover);
            if (_controller is { IsFinished: true, IsFailed: false } && _parts.Resume is { NumSamples: null, AddSamples: 0, Errored: ErroredTrials.Skip })
            {
                // Nothing is left to do but what loggers missed.
                _ended = true;
                return Result();
            }

            var now = Now();
            Handle(_parts.Resume is { } extension ? new ExperimentEvent.Resumed(now, extension) : new ExperimentEvent.Started(now));
            FinishBatch();
            while (!_ended)
            {
                Wait();
                ReadBatch();
                FinishBatch();
            }
        }
        catch (Exception e)
        {
            // The border of the hosted service: whatever it is, what was decided so far must be in the journal.
            Log.LoopFailed(_parts.Logger, e.Message, e);
            _error = e;
            Rescue();
        }

        return Result();
    }

    private LoopResult Result()
    {
        _messages.Writer.TryComplete();
        return new(_controller.IsFinished, _controller.EndReason ?? _error?.Message ?? "aborted")
        {
            Failed = _controller.IsFailed,
            Aborted = _aborted,
            Error = _error,
        };
    }

    /// <summary>Waits until callbacks have been told everything, and the journal is on the disk. Call after <see cref="Run"/>.</summary>
    public async ValueTask CloseAsync(LoopResult result)
    {
        _callbacks.Publish(new(CallbackHook.ExperimentEnd) { Finished = result.Finished, Text = result.Reason });
        await _callbacks.CloseAsync().ConfigureAwait(false);
        await _keeper.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _abort.Dispose();
    }

    /// <summary>Runs the waiting segment of a trial; for the executor.</summary>
    public ValueTask RunSegmentAsync(TrialId trial) => _sessions[trial].RunAsync();

    // Lets the controller handle an event, and then the answers of immediate searchers that it asked for.
    private void Handle(ExperimentEvent happened)
    {
        HandleOne(happened);
        while (_requests.TryDequeue(out var number))
        {
            HandleOne(new ExperimentEvent.SuggestionReady(Now(), number, SuggestNow(number), 0));
        }
    }

    private void HandleOne(ExperimentEvent happened)
    {
        var commands = _controller.Handle(happened);
        _parts.Journal.Append(happened, commands);
        _parts.Schedules?.Apply(happened, commands);
        string? stopReason = null;
        for (var i = 0; i < commands.Count; i++)
        {
            Plan(commands[i], ref stopReason);
        }

        if (!_callbacks.IsEmpty)
        {
            _hooks.Describe(happened, commands, stopReason);
        }
    }

    // Writes, publishes, acts.
    private void FinishBatch()
    {
        _parts.Journal.Write();
        WriteSchedules();
        if (!_callbacks.IsEmpty)
        {
            foreach (var item in _publish)
            {
                _callbacks.Publish(item);
            }

            _publish.Clear();
            _callbacks.Publish(new(CallbackHook.StepEnd) { Iteration = _iteration });
        }

        Act();
        ArmTimer();
    }

    // Rare, and no more than a projection of the journal: a resume makes it anew.
    private void WriteSchedules()
    {
        try
        {
            _parts.Schedules?.Write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.KeeperFailed(_parts.Logger, ExploitSchedules.GlobalName, e.Message);
        }
    }

    private void ArmTimer()
    {
        var deadline = _controller.NextDeadline;
        if (deadline != _armed)
        {
            _armed = deadline;
            var due = deadline is { } at ? at - _controller.Elapsed : Timeout.InfiniteTimeSpan;
            _timer.Change(deadline is not null && due < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : due, Timeout.InfiniteTimeSpan);
        }
    }

    private void Rescue()
    {
        _abort.Cancel();
        try
        {
            _parts.Journal.Write();
        }
        catch (IOException e)
        {
            Log.KeeperFailed(_parts.Logger, JournalReader.FileName, e.Message);
        }
    }

    // Time never goes back in the journal, whatever the machine's clock does.
    private DateTimeOffset Now()
    {
        var now = _parts.Time.GetUtcNow();
        return _last = now > _last ? now : _last;
    }
}
