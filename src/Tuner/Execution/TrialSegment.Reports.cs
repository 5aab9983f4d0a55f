using System.Threading.Tasks.Sources;

namespace Tuning.Execution;

/// <content>Reports and their answers; those that the journal holds are answered from it.</content>
internal sealed partial class TrialSegment
{
    // Seconds. Who reports less often stays awake for his answer, which costs him little; who reports more often would take cores from others.
    private const double WorthWaiting = 500e-6;

    /// <inheritdoc/>
    public override ValueTask ReportAsync(Metrics metrics, Action<CheckpointDirectory>? save = null) => ReportAsync(metrics, save, null);

    /// <inheritdoc/>
    public override ValueTask ReportAsync(Metrics metrics, Func<CheckpointDirectory, Task> save) => ReportAsync(metrics, null, save);

    /// <inheritdoc/>
    public override void Report(Metrics metrics, Action<CheckpointDirectory>? save = null) => Wait(ReportAsync(metrics, save, null));

    /// <inheritdoc/>
    public override void Report(Metrics metrics, Func<CheckpointDirectory, Task> save)
    {
        // Whoever blocks cannot run what follows an await of the save.
        using var synchronous = new SynchronousCode();
        Wait(ReportAsync(metrics, null, save));
    }

    private static void Wait(ValueTask reported)
    {
        if (reported.IsCompletedSuccessfully)
        {
            reported.GetAwaiter().GetResult();
        }
        else
        {
            reported.AsTask().GetAwaiter().GetResult();
        }
    }

    private ValueTask ReportAsync(Metrics metrics, Action<CheckpointDirectory>? save, Func<CheckpointDirectory, Task>? saveAsync)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        if (Interlocked.Exchange(ref _reporting, 1) != 0)
        {
            Fault(new InvalidOperationException($"Trial {Id} reported while another report of it was under way: report from one thread at a time, and await "
                + "each report before the next."));
        }

        var isLeft = true;
        try
        {
            var answered = Answered(metrics, save, saveAsync);
            isLeft = answered.IsCompleted;
            return answered;
        }
        finally
        {
            if (isLeft)
            {
                Volatile.Write(ref _reporting, 0);
            }
        }
    }

    private ValueTask Answered(Metrics metrics, Action<CheckpointDirectory>? save, Func<CheckpointDirectory, Task>? saveAsync)
    {
        ThrowIfEnded();
        var now = environment.Time.GetTimestamp();
        var since = _stamp;
        (_stamp, _save, _saveAsync) = (now, save, saveAsync);
        if (!_askedForCheckpoint && signals.WarnsOfCheckpoint())
        {
            Log.CheckpointIsIgnored(Logger, Id, start.From!.Value.RelativePath);
        }

        _askedForCheckpoint = true;
        var digest = ReportDigest.Of(metrics);
        if (!_reports.Next())
        {
            mailbox.Alive(start.Segment);
            return Repeat(digest);
        }

        var seconds = _reports.Spend(environment.Time.GetElapsedTime(since, now));
        var report = new SegmentEvent.Reported(start.Segment, _reports.Number, _reports.TimeTotal, seconds, metrics, digest);
        if (_thread is not null && TrialThread.OfCaller == _thread)
        {
            // The thread is the trial's own and has nothing else to do: to wait on it is the fastest way.
            _waitsOnThread = true;
            mailbox.Post(report);
            _thread.WaitForAnswer(awake: seconds >= WorthWaiting);
            return Obey(_answer!.Verdict, _answer.Save, _answer.Reason);
        }

        _waitsOnThread = false;
        _waiter.Reset();
        mailbox.Post(report);
        return FinishAsync(new ValueTask(this, _waiter.Version));
    }

    void IValueTaskSource.GetResult(short token) => _waiter.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _waiter.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);

    private async ValueTask FinishAsync(ValueTask answered)
    {
        try
        {
            await answered.ConfigureAwait(!_waiter.RunContinuationsAsynchronously);
            await Obey(_answer!.Verdict, _answer.Save, _answer.Reason);
        }
        finally
        {
            Volatile.Write(ref _reporting, 0);
        }
    }

    // Throws where the trial has ended: also where it has failed by something that nobody waited for.
    private void ThrowIfEnded()
    {
        if ((_ended ?? Volatile.Read(ref _fault)?.Message) is { } why)
        {
            throw new TrialEndedException(why);
        }

        if (signals.IsAborted)
        {
            throw new OperationCanceledException("The process aborts.", _stop.Token);
        }
    }

    // A report that the journal holds already is answered from there.
    private ValueTask Repeat(ulong digest)
    {
        if (_reports.DiffersFirst(digest))
        {
            Log.CatchUpDiffers(Logger, Id, _reports.Number);
        }

        var (verdict, save, reason) = _reports.Repeated();
        if (verdict == Verdict.Continue && signals.Suspended is { } suspended)
        {
            // Nothing is lost: these reports are repeated in the next session as well.
            (verdict, reason) = (Verdict.Interrupt, suspended);
        }

        return Obey(verdict, save, reason);
    }

    private ValueTask Obey(Verdict verdict, bool save, string? reason)
    {
        if (Volatile.Read(ref _fault) is not null)
        {
            ThrowIfEnded();
        }

        _endsNow = verdict != Verdict.Continue;
        if (save)
        {
            var saved = SaveAsync();
            if (!saved.IsCompletedSuccessfully)
            {
                return ObeyAsync(saved, verdict, reason);
            }
        }

        if (verdict != Verdict.Continue)
        {
            End(verdict, reason);
        }

        return ValueTask.CompletedTask;
    }

    private async ValueTask ObeyAsync(ValueTask saved, Verdict verdict, string? reason)
    {
        try
        {
            await saved;
        }
        finally
        {
            Volatile.Write(ref _reporting, 0);
        }

        if (verdict != Verdict.Continue)
        {
            End(verdict, reason);
        }
    }

    internal override bool EndsNow => _endsNow;

    internal override void ForgetSave() => (_save, _saveAsync) = (null, null);

    private void End(Verdict verdict, string? reason)
    {
        _ended = $"Trial {Id} ends here ({verdict}): {reason}";
        throw new TrialEndedException(_ended);
    }

    private ValueTask SaveAsync()
    {
        if (_save is null && _saveAsync is null)
        {
            Log.NothingToSave(Logger, Id, _reports.Number);
            return ValueTask.CompletedTask;
        }

        if (_save is not null && AsyncVoid.Is(_save.Method))
        {
            throw new TrialConfigurationException(
                $"The save of trial {Id} is async void, so that nobody can tell when it has written: give it as Func<CheckpointDirectory, Task>.");
        }

        var checkpoint = new CheckpointRef(Id, _nextCheckpoint, _reports.Number);
        var path = Path.Combine(environment.Directory, checkpoint.RelativePath);
        OwnFiles.MakeDirectory(Directory);
        OwnFiles.Claim(path);
        if (_saveAsync is not null)
        {
            return WriteAsync();
        }

        try
        {
            using var synchronous = new SynchronousCode();
            CheckpointStore.Write(path, directory =>
            {
                _save!(directory);
                ThrowIfGivenUp();
            }, environment.DurableCheckpoints);
            Saved();
        }
        catch (UnsavedException e)
        {
            Log.NothingSaved(Logger, Id, _reports.Number, e.Message);
        }

        return ValueTask.CompletedTask;

        async ValueTask WriteAsync()
        {
            await CheckpointStore.WriteAsync(path, async directory =>
            {
                await _saveAsync(directory);
                ThrowIfGivenUp();
            }, environment.DurableCheckpoints);
            Saved();
        }

        // Another segment of the trial may write one of this name by now.
        void ThrowIfGivenUp()
        {
            if (_ended is { } why)
            {
                throw new TrialEndedException(why);
            }
        }

        void Saved()
        {
            _nextCheckpoint++;
            _lastSaved = _reports.Number;
            mailbox.Post(new SegmentEvent.CheckpointWritten(start.Segment, checkpoint));
        }
    }
}
