namespace Tuning.Experiments.Studies;

/// <content>Handing out trials, and how things stand for those who ask.</content>
internal sealed partial class StudyLoop
{
    // Trials that have started and were not handed out: more askers had come than are left.
    private readonly Queue<StudyTrial> _unclaimed = new();

    // Suggestions that nobody computes yet: whoever asks next does.
    private readonly Queue<SessionCommand.AskSearcher> _requests = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _asking;
    private int _computing;

    /// <summary>The clock of the study.</summary>
    public TimeProvider Time => _parts.Time;

    /// <summary>Why nothing can be decided any more: the search failed, or the journal cannot be written. Null while all is well.</summary>
    public Exception? Fault
    {
        get
        {
            lock (_lock)
            {
                return _fault;
            }
        }
    }

    /// <summary>Whether a trial under way would be handed out again if it failed.</summary>
    public bool MayComeAgain
    {
        get
        {
            lock (_lock)
            {
                return _running.Count > 0 && _controller.RetriesFailed && !_controller.IsFinished;
            }
        }
    }

    /// <summary>Whether more trials may come, now or after results.</summary>
    public bool MayBringTrials
    {
        get
        {
            lock (_lock)
            {
                return _controller.MayBringTrials;
            }
        }
    }

    /// <summary>How many callers ask at this moment.</summary>
    public int Asking
    {
        get
        {
            lock (_lock)
            {
                return _asking;
            }
        }
    }

    /// <summary>How many trials there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _controller.Board.Count;
            }
        }
    }

    /// <summary>How a trial stands; null where there is none of this number.</summary>
    public TrialView? Find(TrialId trial)
    {
        lock (_lock)
        {
            return trial.Number >= 0 && trial.Number < _controller.Board.Count ? _controller.View(trial) : null;
        }
    }

    /// <summary>The next trial; null when there are no more.</summary>
    /// <exception cref="InvalidOperationException">The search algorithm waits for results of trials under way.</exception>
    public StudyTrial? Ask(CancellationToken cancellationToken)
    {
        var entered = false;
        try
        {
            while (true)
            {
                var step = Next(ref entered, waitsForResults: false);
                if (step.Request is { } request)
                {
                    Compute(request);
                }
                else if (step.Changed is { } changed)
                {
                    changed.Wait(cancellationToken);
                }
                else
                {
                    return step.Trial;
                }
            }
        }
        finally
        {
            Leave(entered);
        }
    }

    /// <summary>The next trial; null when there are no more. Waits for results where the search algorithm does.</summary>
    public async Task<StudyTrial?> AskAsync(CancellationToken cancellationToken)
    {
        var entered = false;
        try
        {
            while (true)
            {
                var step = Next(ref entered, waitsForResults: true);
                if (step.Request is { } request)
                {
                    await Task.Run(() => Compute(request), CancellationToken.None).ConfigureAwait(false);
                }
                else if (step.Changed is { } changed)
                {
                    await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    return step.Trial;
                }
            }
        }
        finally
        {
            Leave(entered);
        }
    }

    // One look at how things stand: a trial, nothing more, a suggestion to compute, or something to wait for.
    private Step Next(ref bool entered, bool waitsForResults)
    {
        lock (_lock)
        {
            Check();
            _asking += entered ? 0 : 1;
            entered = true;
            if (_session.Callbacks.IsFull)
            {
                return new(null, null, _changed.Task);
            }

            if (_unclaimed.Count == 0 && _controller.MayBringTrials && _controller.Asks < _asking)
            {
                Handle(new ExperimentEvent.Asked(_session.Now()));
            }

            if (_unclaimed.TryDequeue(out var trial) || !_controller.MayBringTrials)
            {
                return new(trial, null, null);
            }

            if (_requests.TryDequeue(out var request))
            {
                _computing++;
                return new(null, request, null);
            }

            return _computing > 0 || waitsForResults
                ? new(null, null, _changed.Task)
                : throw new InvalidOperationException(
                    $"The searcher '{_parts.Searcher.Name}' waits for results: tell the study of one of the {_running.Count} trials under way before you "
                    + "ask again, or use AskAsync, which waits until another thread does.");
        }
    }

    private void Compute(SessionCommand.AskSearcher request)
    {
        Suggestion? suggestion = null;
        try
        {
            suggestion = _session.Suggest(request.Number, request.History);
        }
        catch (InvalidOperationException e)
        {
            lock (_lock)
            {
                _fault ??= e;
            }

            throw;
        }
        finally
        {
            lock (_lock)
            {
                _computing--;
                if (suggestion is not null && !_closed)
                {
                    Handle(new ExperimentEvent.SuggestionReady(_session.Now(), request.Number, suggestion, request.History.Basis));
                }
                else
                {
                    Pulse();
                }
            }
        }
    }

    private void Leave(bool entered)
    {
        if (entered)
        {
            lock (_lock)
            {
                _asking--;
            }
        }
    }

    // Wakes those who wait, to look again.
    private void Pulse()
    {
        if (_asking > 0)
        {
            var changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            changed.SetResult();
        }
    }

    private readonly record struct Step(StudyTrial? Trial, SessionCommand.AskSearcher? Request, Task? Changed);
}
