using System.Diagnostics;

namespace Tuning.Experiments.Studies;

/// <summary>
/// Drives the session of a study: whoever asks and tells takes the place of a loop, and of the executor. Each call handles its events under one
/// lock, and returns when they are written.
/// </summary>
/// <remarks>Any thread. A search algorithm that takes its time is asked outside of the lock, by the thread that waits for it.</remarks>
internal sealed partial class StudyLoop : ISessionDriver, ISessionObserver, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly SessionParts _parts;
    private readonly ExperimentController _controller;
    private readonly ExperimentSession _session;
    private readonly ImmutableArray<IDisposable> _owned;

    // All below is guarded by the lock.
    private readonly SortedDictionary<TrialId, StudyTrial> _running = [];
    private readonly Dictionary<TrialId, string?> _reasons = [];
    private SegmentCommand.Answer? _answer;
    private Exception? _fault;
    private readonly bool _open;
    private bool _closed;

    /// <summary>Begins, or goes on.</summary>
    /// <param name="parts">What the session is made of.</param>
    /// <param name="owned">What is to be closed with the study, in order.</param>
    public StudyLoop(SessionParts parts, params ImmutableArray<IDisposable> owned)
    {
        (_parts, _controller, _owned) = (parts, parts.Controller, owned);
        _session = new(parts with { Observers = [.. parts.Observers, this] }, this);
        lock (_lock)
        {
            var isAnythingLeft = _session.Begin();
            _open = true;
            if (isAnythingLeft)
            {
                Finish();
            }
        }
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
            return ResultGrid.Of(_parts.Info, _controller.State, _parts.Observers.OfType<MemoryRecord>().FirstOrDefault());
        }
    }

    /// <summary>A trial reports and goes on, unless it is told to stop.</summary>
    /// <returns>Whether it is to stop; it has ended then.</returns>
    public bool Report(StudyTrial trial, Metrics metrics)
    {
        lock (_lock)
        {
            Check();
            CheckLive(trial, "report");
            trial.CheckStep(metrics, isLast: false);
            if (Send(trial, metrics) is not { Verdict: not Verdict.Continue } verdict)
            {
                return false;
            }

            Take(new SegmentEvent.Ended(trial.Segment, SegmentEnd.AsAnswered));
            trial.MayBeTold = true;
            return verdict.Verdict == Verdict.Stop
                ? true
                : throw new InvalidOperationException(
                    $"The scheduler pauses {trial} ({verdict.Reason}), and a study cannot pause what others run: use a scheduler that only stops trials.");
        }
    }

    /// <summary>A trial has ended well.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="metrics">Its last report; null when it has made that.</param>
    public void Tell(StudyTrial trial, Metrics? metrics)
    {
        lock (_lock)
        {
            Check();
            if (WasStopped(trial))
            {
                return;
            }

            CheckLive(trial, "be told");
            if (metrics is null && trial.Reports is { Number: 0, Recorded: 0 } && !Info.Objectives.IsEmpty)
            {
                throw new InvalidOperationException(
                    $"{trial} has reported nothing: tell its value, Tell(trial, value), or that it failed, TellFailed(trial, message).");
            }

            var stops = false;
            if (metrics is not null)
            {
                trial.CheckStep(metrics, isLast: true);

                // What is told at the end of an attempt is new, also where an earlier one had come further.
                trial.Reports.SkipRecorded();
                stops = Send(trial, trial.WithStep(metrics, _controller.View(trial.Id).TrainingIteration), isTold: true) is { Verdict: not Verdict.Continue };
            }

            Take(new SegmentEvent.Ended(trial.Segment, stops ? SegmentEnd.AsAnswered : SegmentEnd.Completed));
        }
    }

    /// <summary>A trial has failed.</summary>
    public void TellFailed(StudyTrial trial, string message)
    {
        lock (_lock)
        {
            Check();
            if (!WasStopped(trial))
            {
                CheckLive(trial, "be told");
                Take(new SegmentEvent.Failed(trial.Segment, message.ReplaceLineEndings(" "), Retry: true));
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
                Handle(new ExperimentEvent.StopRequested(_session.Now(), "the study was closed"));
            }

            _closed = true;
            finished = _controller.IsFinished;
            Pulse();
        }

        await _session.CloseAsync(finished, EndReason ?? "the study was closed").ConfigureAwait(false);
        foreach (var owned in _owned)
        {
            owned.Dispose();
        }
    }

    void ISessionDriver.Carry(SessionCommand command)
    {
        switch (command)
        {
            case SegmentCommand.Answer answer:
                _answer = answer;
                break;
            case SegmentCommand.Start start:
                _reasons.Remove(start.Segment.Trial, out var reason);
                var trial = _running[start.Segment.Trial] = new(this, start, reason, _session.Now());
                if (_open)
                {
                    _unclaimed.Enqueue(trial);
                }
                else if (start.CatchUp.RecordedReports > 0)
                {
                    trial.Step = _controller.View(trial.Id).TrainingIteration;
                }

                break;
            case SessionCommand.AskSearcher ask:
                _requests.Enqueue(ask);
                break;
            case SessionCommand.Delete or SegmentCommand.Cancel:
                break; // whoever runs trials keeps their files, and hears at the next report
            default:
                throw new UnreachableException();
        }
    }

    bool ISessionDriver.HasCheckpoint(CheckpointRef checkpoint) => true;

    void ISessionDriver.CallbacksDrained()
    {
        lock (_lock)
        {
            Pulse();
        }
    }

    void ISessionDriver.Failed(Exception error) => ((ISessionDriver)this).CallbackFailed(new(error.Message, error));

    void ISessionDriver.CallbackFailed(InvalidOperationException error)
    {
        lock (_lock)
        {
            _fault ??= error;
            Pulse();
        }
    }

    void ISessionObserver.Handled(ExperimentEvent happened, IReadOnlyList<ExperimentCommand> commands)
    {
        for (var i = 0; i < commands.Count; i++)
        {
            switch (commands[i])
            {
                case ExperimentCommand.CreateTrial create:
                    _reasons[create.Trial] = ((happened as ExperimentEvent.SuggestionReady)?.Suggestion as Search.Suggestion.Configure)?.Reason;
                    break;
                case ExperimentCommand.RetryTrial retry:
                    TakeBack(retry.Trial, $"it failed ({retry.Reason}), and will be handed out again");
                    break;
                case ExperimentCommand.EndTrial end:
                    TakeBack(end.Trial, $"it {(end.Status == TrialStatus.Failed ? "failed" : "ended")}: {end.Reason}");
                    break;
            }
        }
    }

    private void TakeBack(TrialId id, string why)
    {
        if (_running.Remove(id, out var trial))
        {
            trial.Ended = why;
        }
    }

    private void Handle(ExperimentEvent happened)
    {
        try
        {
            _session.Handle(happened);
        }
        catch (Exception e)
        {
            Fail(e);
            throw;
        }

        Finish();
    }

    private void Take(SegmentEvent message)
    {
        try
        {
            _session.Take(message);
        }
        catch (Exception e)
        {
            Fail(e);
            throw;
        }

        Finish();
    }

    // Whatever it is, what was decided so far must be in the journal; nothing can be decided after it.
    private void Fail(Exception error)
    {
        _fault ??= error;
        _session.Rescue();
        Pulse();
    }

    private void Finish()
    {
        try
        {
            _session.Write();
            _session.Act(waits: false);
        }
        catch (Exception e)
        {
            Fail(e);
            throw;
        }

        Pulse();
    }

    private void Check()
    {
        ObjectDisposedException.ThrowIf(_closed, typeof(Study));
        if (_fault is not null)
        {
            throw new InvalidOperationException($"The study cannot go on: {_fault.Message}", _fault);
        }

        if (_controller.NextDeadline is { } deadline && _controller.Elapsed + (_session.Now() - _controller.LastAt) >= deadline)
        {
            Handle(new ExperimentEvent.TimePassed(_session.Now()));
        }
    }

    private void CheckLive(StudyTrial trial, string what)
    {
        if (trial.Owner != this)
        {
            throw new ArgumentException(
                $"{trial} was handed out by another study, or before this one was opened again; Running has the trials under way.", nameof(trial));
        }

        if (trial.Ended is { } why)
        {
            throw new InvalidOperationException($"{trial} cannot {what}: {why}.");
        }
    }

    // Whether a trial has ended at its last report, so that the end which its loop tells is known. Told once.
    private static bool WasStopped(StudyTrial trial)
    {
        var stopped = trial.MayBeTold;
        trial.MayBeTold = false;
        return stopped;
    }

    // Sends a report, unless the record answers it.
    private SegmentCommand.Answer? Send(StudyTrial trial, Metrics metrics, bool isTold = false)
    {
        var now = _session.Now();
        var elapsed = now - trial.Since;
        var digest = ReportDigest.Of(metrics);
        var isNew = trial.Reports.Next();
        var number = trial.Reports.Number;
        (trial.Since, trial.Step) = (now, (long)(metrics.Number(AutoMetrics.TrainingIteration) ?? number));
        if (!isNew)
        {
            if (trial.Reports.DiffersFirst(digest))
            {
                Tuning.Execution.Log.CatchUpDiffers(_parts.Logger, trial.Id, number);
            }

            var (verdict, save, reason) = trial.Reports.Repeated();
            return new(trial.Segment, number, verdict, save, reason);
        }

        _answer = null;
        var seconds = trial.Reports.Spend(elapsed);
        Take(new SegmentEvent.Reported(trial.Segment, number, trial.Reports.TimeTotal, seconds, metrics, digest) { IsTold = isTold });
        return _answer;
    }
}
