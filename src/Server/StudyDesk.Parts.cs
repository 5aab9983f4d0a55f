using Tuning.Server.Web;

namespace Tuning.Server;

/// <content>What the requests have in common: who has which trial, and what is over.</content>
internal sealed partial class StudyDesk
{
    private async Task<ImmutableArray<Handle>> HandOutAsync(AskRequest ask, CancellationToken gone)
    {
        var trials = new List<StudyTrial>();
        try
        {
            using var limit = new CancellationTokenSource(ask.Wait, _loop.Time);
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, gone, _stopping.Token);
            using var atOnce = new CancellationTokenSource();
            await atOnce.CancelAsync().ConfigureAwait(false);
            while (trials.Count < ask.Count && await NextAsync(trials.Count == 0 ? waiting.Token : atOnce.Token).ConfigureAwait(false) is { } trial)
            {
                trials.Add(trial);
            }

            gone.ThrowIfCancellationRequested();
            if (trials.Count == 0)
            {
                CheckOpen();
                return [];
            }

            var asked = new Asked(ask.Request, ask.Count, ask.Lease?.TotalSeconds ?? _lease?.TotalSeconds, ask.Client,
                [.. trials.Select(t => new Handle(t.Id.Number, t.Attempt))]);
            lock (_lock)
            {
                _log.Add(asked);
                trials.ForEach(t => Hand(t, asked));
            }

            return asked.Trials;
        }
        catch
        {
            // Nobody was told of them.
            lock (_lock)
            {
                trials.ForEach(_unclaimed.Enqueue);
            }

            throw;
        }
    }

    // Null when there are no more, or none came in time.
    private async Task<StudyTrial?> NextAsync(CancellationToken waiting)
    {
        lock (_lock)
        {
            while (_unclaimed.TryDequeue(out var left))
            {
                if (left.Ended is null && !_handed.ContainsKey(new(left.Id.Number, left.Attempt)))
                {
                    return left;
                }
            }
        }

        try
        {
            return await _study.AskAsync(waiting).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (waiting.IsCancellationRequested)
        {
            return null;
        }
        catch (InvalidOperationException e)
        {
            throw Broken(e.Message);
        }
    }

    private AskAnswer Answer(ImmutableArray<Handle> handles, AskRequest ask)
    {
        CheckFinished();
        if (!handles.IsEmpty)
        {
            return new([.. handles.Select(Given)], true, null, null);
        }

        if (_loop.EndReason is { } reason && !_loop.MayComeAgain)
        {
            return new([], false, reason, null);
        }

        var running = _loop.Running.Count;
        return _loop.MayComeAgain || _loop.MayBringTrials
            ? new([], true, Invariant($"There is no trial now: {running} are under way, and what comes next depends on them."), ask.Wait < _tick ? 1 : 0)
            : new([], false, "All trials have been handed out.", null);
    }

    private HandedOut Given(Handle handle)
    {
        HandedTrial? handed;
        lock (_lock)
        {
            handed = _handed.GetValueOrDefault(handle);
        }

        return new(handle, handed?.Trial.Config ?? _loop.Find(new(handle.Trial))!.Config, handed?.Trial.Reason, handed?.Lease?.TotalSeconds);
    }

    // Under the lock, or before anybody else knows of the desk.
    private void Hand(StudyTrial trial, Asked asked)
    {
        var handed = new HandedTrial
        {
            Trial = trial,
            Client = asked.Client,
            Lease = asked.Lease is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            HeardAt = _loop.Time.GetTimestamp(),
            Step = trial.Step,
        };
        _handed[handed.Handle] = handed;
        if (handed.Lease is not null)
        {
            _leased.Add(handed.Handle);
        }
    }

    // The trial that is meant: null where no server that runs has handed it out.
    private (HandedTrial? Handed, Handle Handle) Find(int number, Handle? attempt)
    {
        var view = _loop.Find(new(number))
            ?? throw new ProblemException(404, "no-trial", Invariant($"There is no trial {number}; {_loop.Count} were handed out so far, the first is 0."));
        var handle = attempt ?? new(number, Latest(view));
        if (handle.Attempt > view.Failures + 1)
        {
            throw new ProblemException(404, "no-trial", Invariant($"Trial {number} has no attempt {handle.Attempt}; its latest is {Latest(view)}."));
        }

        lock (_lock)
        {
            // One that is under way and was not handed out here belongs to whoever speaks of it first.
            if (!_handed.ContainsKey(handle) && _loop.Running.FirstOrDefault(t => t.Id.Number == number && t.Attempt == handle.Attempt) is { } running)
            {
                var asked = new Asked(null, 1, null, null, [handle]);
                _log.Add(asked);
                Hand(running, asked);
            }

            return (_handed.GetValueOrDefault(handle), handle);
        }
    }

    // A trial that failed for good has one failure more than attempts after it.
    private static int Latest(TrialView view) => view.Status == TrialStatus.Failed ? view.Failures : view.Failures + 1;

    private void End(HandedTrial handed, TrialOutcome outcome)
    {
        handed.Outcome = outcome;
        lock (_lock)
        {
            _leased.Remove(handed.Handle);
        }

        CheckFinished();
    }

    /// <summary>Tells whether all is over.</summary>
    public void CheckFinished()
    {
        if (_loop.IsFinished)
        {
            Finished();
        }
    }

    // What was said at the end of a trial, said again.
    private TellAnswer Told(HandedTrial handed, TrialOutcome outcome, ulong digest, string? failure)
    {
        if (outcome.StoppedAt is not null && outcome.Told == 0 && outcome.Failure is null)
        {
            handed.Outcome = outcome with { Told = digest == 0 ? 1 : digest, Failure = failure };
            return new(Word(handed.Trial.Id), false, false);
        }

        var isSame = failure is not null ? outcome.Failure == failure
            : outcome.Failure is null && (outcome.Told == digest || (outcome.StoppedAt is not null && digest == 0));
        return isSame ? new(Word(handed.Trial.Id), outcome.StoppedAt is null, true) : throw Ended(handed.Handle, outcome.Reason);
    }

    // The end of a trial that this server did not hand out: by the record.
    private TellAnswer EarlierTold(Handle handle, Metrics? metrics, string? failure)
    {
        var view = _loop.Find(new(handle.Trial))!;
        var isOver = handle.Attempt <= view.Failures;
        var isSame = isOver ? failure is not null : failure is null && view.Status == TrialStatus.Terminated
            && (view.IsPruned || metrics is null || metrics.All(m => _earlier.Value.Count > handle.Trial
                && _earlier.Value[handle.Trial].Metrics.TryGet(m.Key, out var recorded) && recorded.Equals(m.Value)));
        return isSame ? new(Word(view.Id), !view.IsPruned, true)
            : throw Ended(handle, isOver ? $"its attempt {handle.Attempt} failed" : view.Reason ?? "it is not under way");
    }

    private ReportAnswer Earlier(Handle handle, long step)
    {
        var view = _loop.Find(new(handle.Trial))!;
        return view.Status == TrialStatus.Terminated && view.TrainingIteration == step && view.Reason is { } reason
            ? new(true, reason, true)
            : throw Ended(handle, view.Reason ?? "it is not under way");
    }

    private string Word(TrialId trial) => _loop.Find(trial)!.Word;

    private static ProblemException Ended(Handle handle, string reason) =>
        new(409, "trial-ended", Invariant($"Trial {handle.Trial}, attempt {handle.Attempt}, is not under way: {reason.TrimEnd('.')}."));

    private static ProblemException Broken(string message) => new(500, "study-failed", message);

    private T Calling<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (ArgumentException e)
        {
            // Without the name of the parameter, which is none of the client's.
            throw new ProblemException(422, "invalid-value", e.ParamName is null ? e.Message : e.Message.Replace($" (Parameter '{e.ParamName}')", "",
                StringComparison.Ordinal));
        }
        catch (InvalidOperationException e)
        {
            throw _loop.Fault is not null || e is ObjectDisposedException ? Broken(e.Message) : new ProblemException(409, "trial-ended", e.Message);
        }
    }

    private void CheckOpen()
    {
        if (_stopping.IsCancellationRequested)
        {
            throw new ProblemException(503, "stopping", "The server is stopping; the study goes on when it is started again.") { RetryAfter = 2 };
        }
    }

    private void Tick()
    {
        try
        {
            Expire();
        }
        catch (Exception e)
        {
            // The border of the timer: the next request meets the same, and says it.
            Failed(e);
        }
    }

    // Gives up what nobody was heard of for too long.
    private void Expire()
    {
        HandedTrial[] leased;
        lock (_lock)
        {
            if (_leased.Count == 0)
            {
                return;
            }

            leased = [.. _leased.Select(h => _handed[h])];
        }

        foreach (var handed in leased)
        {
            lock (handed)
            {
                if (handed.Outcome is null && _loop.Time.GetElapsedTime(handed.HeardAt) is var silence && silence > handed.Lease)
                {
                    var who = handed.Client is { } client ? $" ({client})" : "";
                    var why = Invariant($"its client{who} was not heard of for {handed.Lease.Value.TotalSeconds:0.###} s");
                    Calling(() =>
                    {
                        _study.TellFailed(handed.Trial, why);
                        return true;
                    });
                    End(handed, new(why, null, 0, why));
                }
            }
        }
    }

    private void Remember(string name, AskedOnce asked)
    {
        _requests[name] = asked;
        _oldRequests.Enqueue((name, asked));
        if (_oldRequests.Count > MostRequests && _oldRequests.Dequeue() is var (old, oldest) && _requests.GetValueOrDefault(old) == oldest)
        {
            _requests.Remove(old);
        }
    }

    private void Forget(string name)
    {
        lock (_lock)
        {
            _requests.Remove(name);
        }
    }

    // Compared by reference: a name may be used again after it brought nothing.
    private sealed class AskedOnce(int count, Task<ImmutableArray<Handle>> trials)
    {
        public int Count => count;

        public Task<ImmutableArray<Handle>> Trials => trials;
    }
}

/// <summary>What is asked for.</summary>
/// <param name="Count">How many trials, at least 1.</param>
/// <param name="Wait">How long to wait for the first where there is none at once.</param>
/// <param name="Lease">After how long without a word they are given up; null for what the server says.</param>
/// <param name="Request">A name for the ask, so that it can be repeated; null for none.</param>
/// <param name="Client">Who asks; null where that is not said.</param>
internal sealed record AskRequest(int Count, TimeSpan Wait, TimeSpan? Lease, string? Request, string? Client);

/// <summary>What was handed out.</summary>
/// <param name="Trials">The trials; none where there is none now.</param>
/// <param name="More">Whether it is of use to ask again.</param>
/// <param name="Reason">Why there is none; null where there is.</param>
/// <param name="RetryAfter">After how many seconds to ask again; null where that is of no use.</param>
internal sealed record AskAnswer(ImmutableArray<HandedOut> Trials, bool More, string? Reason, int? RetryAfter);

/// <summary>A trial as a client sees it.</summary>
internal sealed record HandedOut(Handle Handle, ParameterSet Config, string? Reason, double? Lease);

/// <summary>What a report is answered.</summary>
internal sealed record ReportAnswer(bool Stops, string? Reason, bool Repeated);

/// <summary>What the end of a trial is answered.</summary>
/// <param name="Status">How the trial stands now, in a word.</param>
/// <param name="Recorded">Whether what was told counts; not where the trial had been stopped at a report.</param>
/// <param name="Repeated">Whether it had been told before.</param>
internal sealed record TellAnswer(string Status, bool Recorded, bool Repeated);
