using System.Threading.Tasks.Sources;
using Tuning.Checkpointing;
using Tuning.Control;
using Tuning.Trials;

namespace Tuning.Execution;

/// <content>Reports and their answers; those that the journal holds are answered from it.</content>
internal sealed partial class TrialSession
{
    // Seconds. Who reports less often stays awake for his answer, which costs him little; who reports more often would take cores from others.
    private const double WorthWaiting = 500e-6;

    /// <inheritdoc/>
    public override ValueTask ReportAsync(Metrics metrics, Action<CheckpointDirectory>? save = null)
    {
        if (_thread is not null && TrialThread.OfCaller == _thread)
        {
            // The thread is the trial's own and has nothing else to do: to wait on it is the fastest way.
            Report(metrics, save);
            return ValueTask.CompletedTask;
        }

        if (!Prepare(metrics, save))
        {
            return ValueTask.CompletedTask;
        }

        _waitsOnThread = false;
        _waiter.Reset();
        environment.Mailbox.Reported(this);
        return FinishAsync(new ValueTask(this, _waiter.Version));
    }

    /// <inheritdoc/>
    public override void Report(Metrics metrics, Action<CheckpointDirectory>? save = null)
    {
        if (_thread is null || TrialThread.OfCaller != _thread)
        {
            ReportAsync(metrics, save).AsTask().GetAwaiter().GetResult();
            return;
        }

        if (Prepare(metrics, save))
        {
            _waitsOnThread = true;
            environment.Mailbox.Reported(this);
            _thread.WaitForAnswer(awake: TimeThisIteration >= WorthWaiting);
            Obey(_verdict, _saveDue, _reason);
        }
    }

    void IValueTaskSource.GetResult(short token) => _waiter.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _waiter.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);

    private async ValueTask FinishAsync(ValueTask answered)
    {
        await answered.ConfigureAwait(!_waiter.RunContinuationsAsynchronously);
        Obey(_verdict, _saveDue, _reason);
    }

    // Takes a report in; false when the journal holds it already and it has been answered from there.
    private bool Prepare(Metrics metrics, Action<CheckpointDirectory>? save)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        if (_ended is not null)
        {
            throw new TrialEndedException(_ended);
        }

        environment.Abort.ThrowIfCancellationRequested();
        var now = environment.Time.GetTimestamp();
        _number++;
        _save = save;
        Digest = ReportDigest.Of(metrics);
        if (_number <= _catchUp.RecordedReports)
        {
            _stamp = now;
            Repeat();
            return false;
        }

        // Whole microseconds: what a clock is good for, and short in the journal.
        TimeThisIteration = Math.Round(environment.Time.GetElapsedTime(_stamp, now).TotalMicroseconds) / 1e6;
        _timeTotal = Math.Round((_timeTotal + TimeThisIteration) * 1e6) / 1e6;
        _stamp = now;
        ReportMetrics = metrics;
        return true;
    }

    private void Repeat()
    {
        var at = _number - _catchUp.FirstReport;
        var recorded = at < _catchUp.Digests.Length ? _catchUp.Digests[at] : 0;
        if (recorded != 0 && recorded != Digest && !_warned)
        {
            _warned = true;
            Log.CatchUpDiffers(Logger, Id, _number);
        }

        var last = _number == _catchUp.RecordedReports ? _catchUp.LastAnswer : null;
        if (last is null or { Verdict: Verdict.Continue, Save: false } && environment.Signals.Suspended is { } suspended)
        {
            // Nothing is lost: these reports are repeated in the next session as well.
            End(Verdict.Interrupt, suspended);
        }

        Obey(last?.Verdict ?? Verdict.Continue, (last?.Save ?? false) || _catchUp.SaveAfter.Contains(_number), last?.Reason);
    }

    private void Obey(Verdict verdict, bool save, string? reason)
    {
        if (save)
        {
            Save();
        }

        if (verdict != Verdict.Continue)
        {
            End(verdict, reason);
        }
    }

    private void End(Verdict verdict, string? reason)
    {
        _ended = $"Trial {Id} ends here ({verdict}): {reason}";
        throw new TrialEndedException(_ended);
    }

    private void Save()
    {
        if (_save is null)
        {
            Log.NothingToSave(Logger, Id, _number);
            return;
        }

        var checkpoint = new CheckpointRef(Id, _nextCheckpoint, _number);
        var path = Path.Combine(environment.Directory, checkpoint.RelativePath);
        OwnFiles.MakeDirectory(Directory);
        OwnFiles.Claim(path);
        CheckpointStore.Write(path, _save, environment.DurableCheckpoints);
        _nextCheckpoint++;
        _lastSaved = _number;
        environment.Mailbox.Saved(this, checkpoint);
    }
}
