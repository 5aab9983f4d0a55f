using System.Diagnostics;

namespace Tuning.Running;

/// <summary>
/// The one way from an event to what follows from it: the controller handles it, the journal records it, observers and callbacks are told, and what
/// segments, searcher and disk are to do is handed to the driver. An experiment on threads, a study and a simulation differ in their drivers alone.
/// </summary>
/// <remarks>
/// Used by one thread at a time. Per event or batch of events: <see cref="Handle"/> or <see cref="Take"/>, then <see cref="Write"/>, then
/// <see cref="Act"/>, so that nobody acts on what is not written. An exception out of the controller ends the session (<see cref="Rescue"/>).
/// </remarks>
internal sealed class ExperimentSession : ICallbackWatcher
{
    private readonly SessionParts _parts;
    private readonly ISessionDriver _driver;
    private readonly ExperimentController _controller;
    private readonly EventHooks _hooks;
    private readonly JournalKeeper? _keeper;

    // Segments that run, by trial; what comes from any other counts for nothing.
    private readonly Dictionary<TrialId, SegmentId> _segments = [];

    // What the events since the last Act lead to, and whom they are told.
    private readonly Queue<SessionCommand> _commands = new();
    private readonly List<CallbackCall> _calls = [];
    private readonly Queue<long> _requests = new();
    private readonly long _began;
    private readonly HashSet<CheckpointRef> _damaged = [];
    private DateTimeOffset _last;
    private bool _reported, _cancelled, _saved;

    public ExperimentSession(SessionParts parts, ISessionDriver driver)
    {
        (_parts, _driver, _controller, _began) = (parts, driver, parts.Controller, parts.Time.GetTimestamp());
        Overdue = new(parts, driver);
        Callbacks = new(parts.Callbacks, this, parts.CallbackCapacity);
        _hooks = new(_controller, parts.Info.Directory, _calls, Callbacks.WantDecisions);
        _keeper = parts is { Journal: { } journal, IsVirtual: false } ? new(journal, parts.Info.Directory, parts.Time, parts.Logger, driver.Failed) : null;
    }

    /// <summary>The segments that were told to end, and have not yet.</summary>
    public OverdueSegments Overdue { get; }

    /// <summary>The callbacks.</summary>
    public CallbackPipeline Callbacks { get; }

    /// <summary>Whether the session is over: the experiment has finished, or is suspended.</summary>
    public bool HasEnded => _controller.IsFinished || _controller.IsSuspended;

    /// <summary>The time of the next event. It never goes back in the journal, whatever the machine's clock does.</summary>
    public DateTimeOffset Now()
    {
        var now = _parts.Time.GetUtcNow();
        return _last = now > _last ? now : _last;
    }

    /// <summary>Sets callbacks up and begins, or goes on. Called once, before anything else.</summary>
    /// <returns>Whether there is anything to do but what loggers missed.</returns>
    public bool Begin()
    {
        Callbacks.Start(_parts.Info, _parts.Recover);
        foreach (var trial in _controller.IsOnDemand ? _controller.Views().Where(t => t.Status == TrialStatus.Running) : [])
        {
            // Whoever asked for it still runs it.
            _driver.Carry(Start(trial.Id, null) with { CatchUp = new(trial.Reports + 1, trial.Reports, [], null, [], trial.TimeTotal) });
        }

        if (_controller is { IsFinished: true, IsFailed: false } && _parts.Resume
            is { NumSamples: null, AddSamples: 0, Errored: ErroredTrials.Skip, Longer.IsEmpty: true })
        {
            return false;
        }

        var now = Now();
        Handle(_parts.Resume is { } extension ? new ExperimentEvent.Resumed(now, extension) : new ExperimentEvent.Started(now));
        return true;
    }

    /// <summary>Handles what a segment says.</summary>
    public void Take(SegmentEvent message)
    {
        var trial = message.Segment.Trial;
        if (!_segments.TryGetValue(trial, out var current) || current != message.Segment)
        {
            Log.SegmentIsOver(_parts.Logger, trial, message.GetType().Name);
            return;
        }

        switch (message)
        {
            case SegmentEvent.Reported r:
                if (!_reported)
                {
                    _reported = true;
                    _parts.FirstReport?.Invoke(r.Metrics);
                }

                Handle(new ExperimentEvent.Reported(new(trial, r.Number, Now(), r.TimeTotal, r.TimeThisIteration, r.Metrics) { IsTold = r.IsTold }, r.Digest));
                break;
            case SegmentEvent.CheckpointWritten w:
                _saved = true;
                Handle(new ExperimentEvent.CheckpointSaved(Now(), w.Checkpoint));
                break;
            case SegmentEvent.Ended e:
                Over(message.Segment);
                Handle(new ExperimentEvent.SegmentEnded(Now(), trial, e.End));
                break;
            case SegmentEvent.Failed { Machine: { } fault }:
                throw fault;
            case SegmentEvent.Damaged d when d.Checkpoint.Trial == trial && !_controller.View(trial).HasExploited:
                _damaged.Add(d.Checkpoint);
                Log.CheckpointIsDamaged(_parts.Logger, trial, d.Message);
                _commands.Enqueue(Start(trial, d.Checkpoint));
                break;
            case SegmentEvent.Damaged d:
                Over(message.Segment);
                Handle(new ExperimentEvent.SegmentFailed(Now(), trial, d.Message, Retry: true));
                break;
            case SegmentEvent.Failed f:
                Over(message.Segment);
                Handle(new ExperimentEvent.SegmentFailed(Now(), trial, f.Message, f.Retry));
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>Handles an event, and then the answers of an immediate searcher that it asked for.</summary>
    public void Handle(ExperimentEvent happened)
    {
        HandleOne(happened);
        while (_requests.TryDequeue(out var number))
        {
            HandleOne(new ExperimentEvent.SuggestionReady(Now(), number, Suggest(number, SearchHistory.Empty), 0));
        }
    }

    /// <summary>Asks the searcher. Any thread, for a searcher that is not immediate.</summary>
    /// <exception cref="InvalidOperationException">The searcher threw; the message names it.</exception>
    public Suggestion Suggest(long number, SearchHistory history)
    {
        var began = _parts.Time.GetTimestamp();
        using var activity = _parts.Telemetry?.BeginSuggestion(number);
        try
        {
            var suggestion = _controller.Suggest(number, history);
            _parts.Telemetry?.Suggested(_parts.Time.GetElapsedTime(began));
            return suggestion;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"The searcher '{_parts.Searcher.Name}' failed: {e.Message}", e);
        }
    }

    /// <summary>Writes the journal with one call, and tells callbacks.</summary>
    public void Write()
    {
        _parts.Journal?.Write();
        if (_saved)
        {
            // A checkpoint is durable when it is written; what the journal says of it must be, too.
            _saved = false;
            _keeper?.Flush();
        }

        foreach (var observer in _parts.Observers)
        {
            try
            {
                observer.Written();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // No more than a projection of the journal: a resume makes it anew.
                Log.KeeperFailed(_parts.Logger, _parts.Info.Directory, e.Message);
            }
        }

        foreach (var call in _calls)
        {
            Callbacks.Publish(call);
        }

        _calls.Clear();
    }

    /// <summary>
    /// Hands what follows to the driver, in order. While a callback's queue is full, what makes work waits, and so do the trials: nothing is dropped, and no
    /// decision is held up. Called again when the driver hears that the queue was emptied.
    /// </summary>
    /// <param name="waits">Whether anything waits; false where whoever asks for trials waits in its place.</param>
    public void Act(bool waits = true)
    {
        while (_commands.TryPeek(out var command))
        {
            if (waits && command is SegmentCommand && !HasEnded && Callbacks.IsFull)
            {
                return;
            }

            _commands.Dequeue();
            if (command is SessionCommand.Delete delete && _keeper is not null)
            {
                _keeper.Delete(delete.Checkpoint);
            }
            else
            {
                _driver.Carry(command);
                if (command is SegmentCommand told && _segments.GetValueOrDefault(told.Segment.Trial) == told.Segment)
                {
                    Overdue.Told(told);
                }
            }
        }
    }

    /// <summary>After an exception: brings what was decided before it into the journal.</summary>
    public void Rescue()
    {
        try
        {
            _parts.Journal?.Write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Said already, or by whoever ends the session: what was not written did not happen.
        }
    }

    /// <summary>Waits until callbacks have been told everything, and the journal is on the disk.</summary>
    public async ValueTask CloseAsync(bool finished, string reason)
    {
        Callbacks.Publish(new CallbackCall.ExperimentEnd(finished, reason));
        await Callbacks.CloseAsync().ConfigureAwait(false);
        if (_keeper is not null)
        {
            await _keeper.DisposeAsync().ConfigureAwait(false);
        }

        if (_parts.Journal is { IsThere: false })
        {
            throw JournalKeeper.Gone(_parts.Info.Directory);
        }
    }

    void ICallbackWatcher.Drained() => _driver.CallbacksDrained();

    void ICallbackWatcher.Faulted(TunerCallback callback, Exception exception, TrialId? trial)
    {
        var machine = MachineFault.Of(exception);
        if (machine is not null)
        {
            // Said once, as the reason for which the session ends.
        }
        else if (callback is LoggerCallback)
        {
            Log.LoggerLost(_parts.Logger, callback.Name,
                trial is not { } one ? "all that follows" : one == CallbackQueue.Decisions ? "decisions" : $"trial {one}", exception.Message);
        }
        else
        {
            Log.CallbackFailed(_parts.Logger, callback.Name, exception.Message, exception);
        }

        if (machine is not null)
        {
            _driver.Failed(machine);
        }
        else if (callback.IsRequired)
        {
            _driver.CallbackFailed(new($"The required callback '{callback.Name}' failed: {exception.Message}", exception));
        }
    }

    private void HandleOne(ExperimentEvent happened)
    {
        var timed = ExperimentTelemetry.TimesDecisions && _parts.Telemetry is not null;
        var began = timed ? _parts.Time.GetTimestamp() : 0;
        happened.Lasted = _parts.IsVirtual ? null : _parts.Time.GetElapsedTime(_began);
        var commands = _controller.Handle(happened);
        if (timed)
        {
            _parts.Telemetry!.Decided(_parts.Time.GetElapsedTime(began));
        }

        _parts.Journal?.Append(happened, commands);
        foreach (var observer in _parts.Observers)
        {
            observer.Handled(happened, commands);
        }

        string? stopReason = null;
        for (var i = 0; i < commands.Count; i++)
        {
            Plan(commands[i], ref stopReason);
        }

        if (!_cancelled && _controller.EndsTrialsNow)
        {
            _cancelled = true;
            foreach (var (trial, _) in _segments)
            {
                Cancel(trial);
            }
        }

        if (!Callbacks.IsEmpty)
        {
            _hooks.Describe(happened, commands, stopReason);
        }
    }

    // One that was answered already hears of its end by that.
    private void Cancel(TrialId trial)
    {
        if (_controller.Board.StatusOf(trial) == TrialStatus.Running && _segments.TryGetValue(trial, out var segment))
        {
            _commands.Enqueue(new SegmentCommand.Cancel(segment));
        }
    }

    // Notes what a command leads to; done when it is in the journal.
    private void Plan(ExperimentCommand command, ref string? stopReason)
    {
        switch (command)
        {
            case ExperimentCommand.Answer a:
                stopReason = a.Verdict == Verdict.Stop ? a.Reason : stopReason;
                Log.TrialReported(_parts.Logger, a.Trial, a.Report, a.Verdict);
                _commands.Enqueue(new SegmentCommand.Answer(_segments[a.Trial], a.Report, a.Verdict, a.Save, a.Reason));
                break;
            case ExperimentCommand.StartTrial s:
                _commands.Enqueue(Start(s.Trial, s.From));
                break;
            case ExperimentCommand.Redirect { Verdict: Verdict.Stop } r:
                Cancel(r.Trial);
                break;
            case ExperimentCommand.CreateTrial c when _parts.Resume is not null:
                ExperimentRecovery.ClaimDirectory(_parts.Info.Directory, c.Trial, _parts.Logger);
                break;
            case ExperimentCommand.RequestSuggestion r when _parts.Searcher.IsImmediate:
                _requests.Enqueue(r.Number);
                break;
            case ExperimentCommand.RequestSuggestion r:
                _commands.Enqueue(new SessionCommand.AskSearcher(r.Number, _controller.History()));
                break;
            case ExperimentCommand.DeleteCheckpoint d:
                _commands.Enqueue(new SessionCommand.Delete(d.Checkpoint));
                break;
            default:
                Log.Decided(_parts.Logger, command);
                break;
        }
    }

    private bool IsUsable(CheckpointRef checkpoint) => !_damaged.Contains(checkpoint) && _driver.HasCheckpoint(checkpoint);

    /// <summary>Gives up the segments that were told to end and have not in time. Their trials stand as they were answered.</summary>
    public void GiveUpLate()
    {
        foreach (var segment in Overdue.GiveUp())
        {
            Take(new SegmentEvent.Ended(segment, SegmentEnd.AsAnswered));
        }
    }

    private void Over(SegmentId segment)
    {
        _segments.Remove(segment.Trial);
        Overdue.Ended(segment);
    }

    private SegmentCommand.Start Start(TrialId id, CheckpointRef? from)
    {
        var trial = _controller.View(id);
        var catchUp = _controller.CatchUpOf(id);
        if (from is { } asked && asked.Trial == id && !trial.HasExploited && !IsUsable(asked))
        {
            // Deleted by hand, or by what was cut off the journal. Nothing is lost by beginning earlier: what is recorded stands.
            from = _controller.Checkpoints(id).Where(c => c.AfterReport < asked.AfterReport && IsUsable(c)).Cast<CheckpointRef?>().LastOrDefault();
            catchUp = catchUp.From((from?.AfterReport ?? 0) + 1);
            Log.CheckpointIsGone(_parts.Logger, id, asked.RelativePath, from?.RelativePath ?? "the beginning");
        }

        Log.TrialStarts(_parts.Logger, id, from?.RelativePath ?? "the beginning");
        var segment = _segments[id] = new(id, _controller.Events);
        return new(segment, trial.Config, from, _controller.NextCheckpointNumber(id), trial.Failures, catchUp) { Share = _controller.ShareOf(id) };
    }
}
