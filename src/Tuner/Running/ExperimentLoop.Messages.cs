using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Tuning.Callbacks;
using Tuning.Control;
using Tuning.Execution;
using Tuning.Trials;

namespace Tuning.Running;

/// <content>Messages: how they come in, from any thread, and which event each of them is, on the loop's.</content>
internal sealed partial class ExperimentLoop
{
    void ISessionMailbox.Reported(TrialSession session) => Post(new(LoopMessageKind.Reported, session));

    void ISessionMailbox.Saved(TrialSession session, CheckpointRef checkpoint) => Post(new(LoopMessageKind.Saved, session, new SavedDetail(checkpoint)));

    void ISessionMailbox.Ended(TrialSession session, SegmentEnd end) =>
        Post(new(LoopMessageKind.Ended, session, end == SegmentEnd.Completed ? EndedDetail.Completed : EndedDetail.AsAnswered));

    void ISessionMailbox.Failed(TrialSession session, string message, bool retry) => Post(new(LoopMessageKind.Failed, session, new FailedDetail(message, retry)));

    void ICallbackWatcher.Drained() => Post(new(LoopMessageKind.Drained));

    void ICallbackWatcher.Faulted(TunerCallback callback, Exception exception)
    {
        Log.CallbackFailed(_parts.Logger, callback.Name, exception.Message, exception);
        if (callback.IsRequired)
        {
            Post(new(LoopMessageKind.CallbackFailed, null, new ExceptionDetail(callback.Name, exception)));
        }
    }

    private void Post(LoopMessage message) => _messages.Writer.TryWrite(message);

    [SuppressMessage("Reliability", "CA2012", Justification = "The awaiter is used once; the loop's thread waits in place of an await")]
    private void Wait()
    {
        var ready = _messages.Reader.WaitToReadAsync().ConfigureAwait(false).GetAwaiter();
        if (!ready.IsCompleted)
        {
            ready.UnsafeOnCompleted(_signal.Set);
            _signal.Wait();
        }

        ready.GetResult();
    }

    private void ReadBatch()
    {
        _iteration++;
        if (!_callbacks.IsEmpty)
        {
            _publish.Add(new(CallbackHook.StepBegin) { Iteration = _iteration });
        }

        for (var read = 0; read < LargestBatch && !_ended && _messages.Reader.TryRead(out var message); read++)
        {
            Take(message);
        }
    }

    private void Take(LoopMessage message)
    {
        switch (message.Kind)
        {
            case LoopMessageKind.Reported:
                var session = message.Session!;
                FirstReport(session);
                var report = new TrialReport(session.Id, session.ReportNumber, Now(), session.TimeTotal, session.TimeThisIteration, session.ReportMetrics);
                Handle(new ExperimentEvent.Reported(report, session.Digest));
                break;
            case LoopMessageKind.Saved:
                Handle(new ExperimentEvent.CheckpointSaved(Now(), ((SavedDetail)message.Detail!).Checkpoint));
                break;
            case LoopMessageKind.Ended:
                _sessions.TryRemove(message.Session!.Id, out _);
                Handle(new ExperimentEvent.SegmentEnded(Now(), message.Session.Id, ((EndedDetail)message.Detail!).End));
                break;
            case LoopMessageKind.Failed:
                _sessions.TryRemove(message.Session!.Id, out _);
                var failed = (FailedDetail)message.Detail!;
                Handle(new ExperimentEvent.SegmentFailed(Now(), message.Session.Id, failed.Message, failed.Retry));
                break;
            case LoopMessageKind.Suggested:
                var suggested = (SuggestedDetail)message.Detail!;
                Handle(new ExperimentEvent.SuggestionReady(Now(), suggested.Number, suggested.Suggestion, suggested.Basis));
                break;
            case LoopMessageKind.SearchFailed:
                var fault = (ExceptionDetail)message.Detail!;
                throw new InvalidOperationException($"The searcher '{fault.What}' failed: {fault.Exception.Message}", fault.Exception);
            case LoopMessageKind.Stop:
                Handle(new ExperimentEvent.StopRequested(Now(), (string)message.Detail!));
                break;
            case LoopMessageKind.Time:
                _armed = null;
                Handle(new ExperimentEvent.TimePassed(Now()));
                break;
            case LoopMessageKind.CallbackFailed:
                var callback = (ExceptionDetail)message.Detail!;
                _error ??= new InvalidOperationException($"The required callback '{callback.What}' failed: {callback.Exception.Message}", callback.Exception);
                RequestStop(_error.Message);
                break;
            case LoopMessageKind.Abort:
                _aborted = _ended = true;
                break;
            case LoopMessageKind.Drained:
                break; // the held actions go on at the end of the batch
            default:
                throw new UnreachableException();
        }
    }

    private void FirstReport(TrialSession session)
    {
        if (!_reported)
        {
            _reported = true;
            _parts.FirstReport?.Invoke(session.ReportMetrics);
        }
    }
}
