using Tuning.Callbacks;
using Tuning.Control;
using Tuning.Running;
using Tuning.Search;

namespace Tuning.Experiments.Studies;

/// <summary>
/// Owns a study: the same controller and journal as an experiment's, driven by whoever asks and tells in place of a loop. Each call handles
/// its events under one lock, writes the journal, and only then returns.
/// </summary>
/// <remarks>Any thread. A search algorithm that takes its time is asked outside of the lock, by the thread that waits for it.</remarks>
internal sealed partial class StudyLoop : ICallbackWatcher, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly StudyParts _parts;
    private readonly ExperimentController _controller;
    private readonly CallbackPipeline _callbacks;
    private readonly JournalKeeper? _keeper;
    private readonly EventHooks _hooks;
    private readonly List<CallbackCall> _calls = [];
    private readonly MemoryRecord? _memory;

    // All below is guarded by the lock.
    private readonly SortedDictionary<TrialId, StudyTrial> _running = [];
    private readonly Queue<long> _immediate = new();
    private DateTimeOffset _last;
    private string? _reason;
    private ExperimentCommand.Answer? _answer;
    private Exception? _fault;
    private bool _closed;

    public StudyLoop(StudyParts parts)
    {
        _parts = parts;
        _controller = parts.Controller;
        _callbacks = new(parts.Callbacks, this);
        _hooks = new(_controller, parts.Info.Directory, _calls, _callbacks.WantDecisions);
        _keeper = parts.Journal is { } journal ? new(journal, parts.Info.Directory, parts.Time, parts.Logger) : null;
        _memory = parts.Journal is null ? new() : null;
    }

    /// <summary>The study.</summary>
    public ExperimentInfo Info => _parts.Info;

    /// <summary>The trials that were handed out and not told of, oldest first.</summary>
    public IReadOnlyList<StudyTrial> Running
    {
        get
        {
            lock (_lock)
            {
                return [.. _running.Values];
            }
        }
    }

    /// <summary>Whether there will be no more trials and all have ended.</summary>
    public bool IsFinished
    {
        get
        {
            lock (_lock)
            {
                return _controller.IsFinished;
            }
        }
    }

    /// <summary>Why there are no more trials; null while there are.</summary>
    public string? EndReason
    {
        get
        {
            lock (_lock)
            {
                return _controller.StopReason ?? _controller.EndReason;
            }
        }
    }

    /// <summary>What became of the trials.</summary>
    public ResultGrid Results()
    {
        lock (_lock)
        {
            return ResultGrid.Of(_parts.Info, _controller, _memory);
        }
    }

    /// <summary>Begins or goes on. Called once, before anything else.</summary>
    public void Start()
    {
        lock (_lock)
        {
            _callbacks.Start(_parts.Info, _parts.Recover);
            foreach (var view in _controller.Views().Where(t => t.Status == TrialStatus.Running))
            {
                _running.Add(view.Id, new(this, view, null, Now()));
            }

            if (_controller is not { IsFinished: true, IsFailed: false } || _parts.Resume is not { NumSamples: null, AddSamples: 0, Errored: ErroredTrials.Skip })
            {
                Handle(_parts.Resume is { } extension ? new ExperimentEvent.Resumed(Now(), extension) : new ExperimentEvent.Started(Now()));
            }
        }
    }

    /// <summary>Closes the journal and the callbacks. Trials under way can be told of when the study is opened again.</summary>
    public async ValueTask DisposeAsync()
    {
        bool finished;
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            if (!_controller.IsFinished && _fault is null)
            {
                Handle(new ExperimentEvent.StopRequested(Now(), "the study was closed"));
            }

            _closed = true;
            finished = _controller.IsFinished;
            Pulse();
        }

        _callbacks.Publish(new CallbackCall.ExperimentEnd(finished, EndReason ?? "the study was closed"));
        await _callbacks.CloseAsync().ConfigureAwait(false);
        if (_keeper is not null)
        {
            await _keeper.DisposeAsync().ConfigureAwait(false);
        }

        foreach (var owned in _parts.Owned)
        {
            owned.Dispose();
        }
    }

    void ICallbackWatcher.Drained()
    {
        lock (_lock)
        {
            Pulse();
        }
    }

    void ICallbackWatcher.Faulted(TunerCallback callback, Exception exception)
    {
        Tuning.Running.Log.CallbackFailed(_parts.Logger, callback.Name, exception.Message, exception);
        if (callback.IsRequired)
        {
            lock (_lock)
            {
                _fault ??= new InvalidOperationException($"The required callback '{callback.Name}' failed: {exception.Message}", exception);
                Pulse();
            }
        }
    }

    // Handles an event and the answers of immediate searchers that it asked for; writes; tells observers.
    private void Handle(ExperimentEvent happened)
    {
        try
        {
            HandleOne(happened);
            while (_immediate.TryDequeue(out var number))
            {
                HandleOne(new ExperimentEvent.SuggestionReady(Now(), number, Suggest(number, SearchHistory.Empty), 0));
            }
        }
        catch (Exception e)
        {
            // Whatever it is, what was decided so far must be in the journal; nothing can be decided after it.
            _fault ??= e;
            throw;
        }
        finally
        {
            _parts.Journal?.Write();
            Pulse();
        }

        foreach (var call in _calls)
        {
            _callbacks.Publish(call);
        }

        _calls.Clear();
    }

    private void HandleOne(ExperimentEvent happened)
    {
        var commands = _controller.Handle(happened);
        _parts.Journal?.Append(happened, commands);
        if (_memory is not null && happened is ExperimentEvent.Reported reported)
        {
            _memory.Add(reported);
        }

        _reason = (happened as ExperimentEvent.SuggestionReady)?.Suggestion is Suggestion.Configure configure ? configure.Reason : null;
        for (var i = 0; i < commands.Count; i++)
        {
            Carry(commands[i]);
        }

        if (!_callbacks.IsEmpty)
        {
            _hooks.Describe(happened, commands, _answer is { Verdict: Verdict.Stop } stop ? stop.Reason : null);
        }
    }

    private void Carry(ExperimentCommand command)
    {
        switch (command)
        {
            case ExperimentCommand.Answer answer:
                _answer = answer;
                break;
            case ExperimentCommand.CreateTrial create when _parts.Resume is not null:
                ExperimentRecovery.ClaimDirectory(_parts.Info.Directory, create.Trial, _parts.Logger);
                break;
            case ExperimentCommand.StartTrial start:
                var trial = new StudyTrial(this, _controller.View(start.Trial), _reason, Now());
                _running[start.Trial] = trial;
                _unclaimed.Enqueue(trial);
                break;
            case ExperimentCommand.RequestSuggestion request when _parts.Searcher.IsImmediate:
                _immediate.Enqueue(request.Number);
                break;
            case ExperimentCommand.RequestSuggestion request:
                _requests.Enqueue(new(request.Number, _controller.History()));
                break;
            case ExperimentCommand.RetryTrial retry:
                TakeBack(retry.Trial, $"it failed ({retry.Reason}), and will be handed out again");
                break;
            case ExperimentCommand.EndTrial end:
                TakeBack(end.Trial, $"it {(end.Status == TrialStatus.Failed ? "failed" : "ended")}: {end.Reason}");
                break;
        }
    }

    private void TakeBack(TrialId id, string why)
    {
        if (_running.Remove(id, out var trial))
        {
            trial.Ended = why;
        }
    }

    private Suggestion Suggest(long number, SearchHistory history)
    {
        try
        {
            return _controller.Suggest(number, history);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"The searcher '{_parts.Searcher.Name}' failed: {e.Message}", e);
        }
    }

    private void Check()
    {
        ObjectDisposedException.ThrowIf(_closed, typeof(Study));
        if (_fault is not null)
        {
            throw new InvalidOperationException($"The study cannot go on: {_fault.Message}", _fault);
        }

        if (_controller.NextDeadline is { } deadline && _controller.Elapsed + (Now() - _controller.LastAt) >= deadline)
        {
            Handle(new ExperimentEvent.TimePassed(Now()));
        }
    }

    // Time never goes back in the journal, whatever the machine's clock does.
    private DateTimeOffset Now()
    {
        var now = _parts.Time.GetUtcNow();
        return _last = now > _last ? now : _last;
    }
}
