using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Tuning.Running;

/// <summary>
/// Runs an experiment on one thread: takes all waiting messages as one batch, lets the session handle each, writes the journal with one call, and
/// only then publishes and acts.
/// </summary>
/// <remarks>
/// Any thread may send messages, ask for a stop, or abort. Everything else belongs to the loop's thread. An exception in the loop
/// ends the experiment with that error; the journal then holds everything up to it.
/// </remarks>
internal sealed class ExperimentLoop : ISegmentMailbox, ISessionDriver, IDisposable
{
    private const int LargestBatch = 4096;

    private readonly SessionParts _parts;
    private readonly ITrialExecutor _executor;
    private readonly ExperimentSession _session;
    private readonly ThreadGate _gate = new();
    private readonly Action _wake;

    // Many writers; the loop reads. Writers wake the loop themselves: no thread of the pool stands between.
    private readonly Channel<SessionMessage> _messages = Channel.CreateUnbounded<SessionMessage>(
        new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

    // The loop's alone, as everything below.
    private readonly ITimer _timer, _late;
    private TimeSpan? _armed;
    private long? _armedLate;
    private bool _aborted;
    private long _iteration;
    private Exception? _error;

    public ExperimentLoop(SessionParts parts, ITrialExecutor executor)
    {
        (_parts, _executor, _wake) = (parts, executor, _gate.Signal);
        _session = new(parts, this);
        _timer = NewTimer(static loop => ((ExperimentLoop)loop!).Post(new LoopMessage.Deadline()));
        _late = NewTimer(static loop => ((ExperimentLoop)loop!).Post(new LoopMessage.Late()));

        ITimer NewTimer(TimerCallback due) => parts.Time.CreateTimer(due, this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private bool HasEnded => _aborted || _session.HasEnded;

    /// <summary>Asks for a graceful stop: running trials write a checkpoint at their next report. Any thread.</summary>
    public void RequestStop(string reason)
    {
        // In this order: the end of a segment that heard of the stop comes after the stop.
        Post(new LoopMessage.Stop(reason));
        _executor.Suspend(reason);
    }

    /// <summary>Leaves at once. The journal is whole; the experiment can be resumed. Any thread.</summary>
    public void Abort()
    {
        Post(new LoopMessage.Abort());
        _executor.Abort();
    }

    /// <summary>Runs the experiment on the calling thread, until it has finished, is suspended, or fails.</summary>
    public LoopResult Run()
    {
        try
        {
            if (_session.Begin())
            {
                FinishBatch();
                while (!HasEnded)
                {
                    Wait();
                    ReadBatch();
                    FinishBatch();
                }
            }
        }
        catch (Exception e)
        {
            // The border of the hosted service: whatever it is, what was decided so far must be in the journal.
            _error = _parts.Journal is { IsThere: false } ? JournalKeeper.Gone(_parts.Info.Directory) : MachineFault.Of(e) ?? e;
            if (_error is MachineFault)
            {
                Log.Suspended(_parts.Logger, _error.Message);
            }
            else
            {
                Log.LoopFailed(_parts.Logger, e.Message, e);
            }

            _executor.Abort();
            _session.Rescue();
        }

        _messages.Writer.TryComplete();
        var controller = _parts.Controller;
        return new(controller.IsFinished, controller.EndReason ?? _error?.Message ?? "aborted")
        {
            Failed = controller.IsFailed,
            FailedTrial = controller.FailedFast,
            Aborted = _aborted,
            Error = _error,
        };
    }

    /// <summary>Waits until callbacks have been told everything, and the journal is on the disk. Call after <see cref="Run"/>.</summary>
    public ValueTask CloseAsync(LoopResult result) => _session.CloseAsync(result.Finished, result.Reason);

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _late.Dispose();
    }

    void ISegmentMailbox.Post(SegmentEvent message) => Post(message);

    void ISegmentMailbox.Failed(MachineFault fault) => Post(new LoopMessage.Fault(fault));

    void ISessionDriver.Carry(SessionCommand command)
    {
        switch (command)
        {
            case SegmentCommand segment:
                _executor.Send(segment);
                break;
            case SessionCommand.AskSearcher ask:
                _ = Task.Run(() => Suggest(ask));
                break;
            default:
                throw new UnreachableException();
        }
    }

    bool ISessionDriver.HasCheckpoint(CheckpointRef checkpoint) => Directory.Exists(Path.Combine(_parts.Info.Directory, checkpoint.RelativePath));

    bool ISessionDriver.GiveUp(SegmentId segment, string reason) => _executor.GiveUp(segment, reason);

    void ISessionDriver.CallbackFailed(InvalidOperationException error) => Post(new LoopMessage.CallbackFailed(error));

    void ISessionDriver.Failed(Exception error) => Post(new LoopMessage.Fault(error));

    void ISessionDriver.CallbacksDrained() => Post(new LoopMessage.Drained());

    private void Suggest(SessionCommand.AskSearcher ask)
    {
        try
        {
            Post(new LoopMessage.Suggested(ask.Number, _session.Suggest(ask.Number, ask.History), ask.History.Basis));
        }
        catch (InvalidOperationException e)
        {
            // Carried to the loop, which ends with it.
            Post(new LoopMessage.Fault(e));
        }
    }

    private void Post(SessionMessage message) => _messages.Writer.TryWrite(message);

    [SuppressMessage("Reliability", "CA2012", Justification = "The awaiter is used once; the loop's thread waits in place of an await")]
    private void Wait()
    {
        var ready = _messages.Reader.WaitToReadAsync().ConfigureAwait(false).GetAwaiter();
        if (!ready.IsCompleted)
        {
            ready.UnsafeOnCompleted(_wake);
            _gate.Wait();
        }

        ready.GetResult();
    }

    private void ReadBatch()
    {
        _iteration++;
        if (!_session.Callbacks.IsEmpty)
        {
            _session.Callbacks.Publish(new CallbackCall.StepBegin(_iteration));
        }

        for (var read = 0; read < LargestBatch && !HasEnded && _messages.Reader.TryRead(out var message); read++)
        {
            Take(message);
        }
    }

    private void Take(SessionMessage message)
    {
        switch (message)
        {
            case SegmentEvent e:
                _session.Take(e);
                break;
            case LoopMessage.Suggested s:
                _session.Handle(new ExperimentEvent.SuggestionReady(_session.Now(), s.Number, s.Suggestion, s.Basis));
                break;
            case LoopMessage.Stop s:
                _session.Handle(new ExperimentEvent.StopRequested(_session.Now(), s.Reason));
                break;
            case LoopMessage.Late:
                _armedLate = null;
                _session.GiveUpLate();
                break;
            case LoopMessage.Deadline:
                _session.Handle(new ExperimentEvent.TimePassed(_session.Now()));

                // A timer may come a moment early. One that nothing came of is not set again: it would come at once, for ever.
                _armed = _parts.Controller is var c && c.NextDeadline <= c.Elapsed ? c.NextDeadline : null;
                break;
            case LoopMessage.CallbackFailed f:
                _error ??= f.Error;
                RequestStop(_error.Message);
                break;
            case LoopMessage.Fault f:
                throw f.Error;
            case LoopMessage.Abort:
                _aborted = true;
                break;
            case LoopMessage.Drained:
                break; // what is held goes on at the end of the batch
            default:
                throw new UnreachableException();
        }
    }

    // Writes, publishes, acts.
    private void FinishBatch()
    {
        _session.Write();
        if (!_session.Callbacks.IsEmpty)
        {
            _session.Callbacks.Publish(new CallbackCall.StepEnd(_iteration));
        }

        _session.Act();
        ArmTimer();
    }

    private void ArmTimer()
    {
        var controller = _parts.Controller;
        if (controller.NextDeadline is var deadline && deadline != _armed)
        {
            _armed = deadline;
            Set(_timer, deadline - controller.Elapsed);
        }

        if (_session.Overdue.Next is var late && late != _armedLate)
        {
            _armedLate = late;
            Set(_late, late is { } at ? _parts.Time.GetElapsedTime(_parts.Time.GetTimestamp(), at) : null);
        }
    }

    // What is longer than a timer takes is looked at again on the way.
    private static void Set(ITimer timer, TimeSpan? due) => timer.Change(
        due is { } wait ? new(Math.Clamp(wait.Ticks, TimeSpan.TicksPerMillisecond, TimeSpan.TicksPerDay)) : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}

/// <summary>How a loop ended.</summary>
/// <param name="Finished">Whether the experiment has finished; if not, it can be resumed.</param>
/// <param name="Reason">Why it ended.</param>
internal sealed record LoopResult(bool Finished, string Reason)
{
    /// <summary>Whether it finished because it could not go on.</summary>
    public bool Failed { get; init; }

    /// <summary>The trial whose failure stopped the experiment (<c>fail_fast</c>); null for none.</summary>
    public TrialId? FailedTrial { get; init; }

    /// <summary>Whether it left at once, without waiting for trials.</summary>
    public bool Aborted { get; init; }

    /// <summary>What went wrong outside of any trial; null when nothing did.</summary>
    public Exception? Error { get; init; }
}
