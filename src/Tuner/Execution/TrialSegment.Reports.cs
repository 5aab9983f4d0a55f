using System.Threading.Tasks.Sources;
using Tuning.Checkpointing;
using Tuning.Control;

namespace Tuning.Execution;

/// <content>Reports and their answers; those that the journal holds are answered from it.</content>
internal sealed partial class TrialSegment
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

        if (Prepare(metrics, save) is not { } report)
        {
            return ValueTask.CompletedTask;
        }

        _waitsOnThread = false;
        _waiter.Reset();
        mailbox.Post(report);
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

        if (Prepare(metrics, save) is { } report)
        {
            _waitsOnThread = true;
            mailbox.Post(report);
            _thread.WaitForAnswer(awake: report.TimeThisIteration >= WorthWaiting);
            Obey(_answer!.Verdict, _answer.Save, _answer.Reason);
        }
    }

    void IValueTaskSource.GetResult(short token) => _waiter.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _waiter.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);

    private async ValueTask FinishAsync(ValueTask answered)
    {
        await answered.ConfigureAwait(!_waiter.RunContinuationsAsynchronously);
        Obey(_answer!.Verdict, _answer.Save, _answer.Reason);
    }

    // Takes a report in; null when the journal holds it already and it has been answered from there.
    private SegmentEvent.Reported? Prepare(Metrics metrics, Action<CheckpointDirectory>? save)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        if (_ended is not null)
        {
            throw new TrialEndedException(_ended);
        }

        signals.Aborted.ThrowIfCancellationRequested();
        var now = environment.Time.GetTimestamp();
        var since = _stamp;
        _stamp = now;
        _save = save;
        var digest = ReportDigest.Of(metrics);
        if (!_reports.Next())
        {
            Repeat(digest);
            return null;
        }

        var seconds = _reports.Spend(environment.Time.GetElapsedTime(since, now));
        return new(start.Segment, _reports.Number, _reports.TimeTotal, seconds, metrics, digest);
    }

    private void Repeat(ulong digest)
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

        Obey(verdict, save, reason);
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
            Log.NothingToSave(Logger, Id, _reports.Number);
            return;
        }

        var checkpoint = new CheckpointRef(Id, _nextCheckpoint, _reports.Number);
        var path = Path.Combine(environment.Directory, checkpoint.RelativePath);
        OwnFiles.MakeDirectory(Directory);
        OwnFiles.Claim(path);
        CheckpointStore.Write(path, _save, environment.DurableCheckpoints);
        _nextCheckpoint++;
        _lastSaved = _reports.Number;
        mailbox.Post(new SegmentEvent.CheckpointWritten(start.Segment, checkpoint));
    }
}
