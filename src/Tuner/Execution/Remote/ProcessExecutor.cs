using System.Diagnostics;

namespace Tuning.Execution.Remote;

/// <summary>
/// Runs each segment in a process of its own: this program once more, which runs segments and nothing else (<see cref="TrialWorker"/>). Processes are used
/// again, one more than is needed waits warm, and one that waits for long ends. Whatever ends a process ends the one segment in it.
/// </summary>
internal sealed class ProcessExecutor : ITrialExecutor
{
    private static readonly TimeSpan _idleFor = TimeSpan.FromSeconds(30);

    private readonly SegmentEnvironment _environment;
    private readonly ChildStarter _starter;
    private readonly ILoggerFactory _logs;
    private readonly string _experiment;
    private readonly int _slots;
    private readonly Lock _lock = new();

    // Under the lock.
    private readonly List<TrialChild> _idle = [];
    private readonly Dictionary<TrialId, TrialChild> _busy = [];
    private readonly WaitingSegments _waiting;
    private readonly ProcessDeaths _deaths;
    private readonly HashSet<Task> _ending = [];
    private int _starting;
    private string? _suspended;
    private bool _closed, _aborted;

    private ISegmentMailbox? _mailbox;
    private ITimer? _timer;

    /// <param name="environment">What all segments share.</param>
    /// <param name="starter">Starts processes.</param>
    /// <param name="experiment">The experiment's name.</param>
    /// <param name="slots">How many segments run at once at most.</param>
    /// <param name="logs">Where what processes log goes.</param>
    public ProcessExecutor(SegmentEnvironment environment, ChildStarter starter, string experiment, int slots, ILoggerFactory logs)
    {
        (_environment, _starter, _experiment, _slots, _logs, _deaths) = (environment, starter, experiment, slots, logs, new(environment));
        _waiting = new(start => _mailbox!.Post(new SegmentEvent.Ended(start.Segment, SegmentEnd.AsAnswered)));
    }

    /// <inheritdoc/>
    /// <exception cref="IsolationException">The program runs no trials when it is started for that.</exception>
    public async ValueTask StartAsync(ISegmentMailbox mailbox, CancellationToken cancellationToken)
    {
        _mailbox = mailbox;

        // The first process shows whether the program can do it, before anything runs.
        var (child, refusal) = await _starter.StartAsync().ConfigureAwait(false);
        if (child is null)
        {
            throw new IsolationException(refusal!);
        }

        lock (_lock)
        {
            Take(child);
        }

        child.Listen(Hear);
        _timer = _environment.Time.CreateTimer(_ => EndIdle(), null, _idleFor, _idleFor);
    }

    /// <inheritdoc/>
    public void Send(SegmentCommand command)
    {
        switch (command)
        {
            case SegmentCommand.Start start when _environment.Slots is { } slots:
                slots.Take(this, _environment.ParentSlot, slot => Begin(start, slot));
                break;
            case SegmentCommand.Start start:
                Begin(start, null);
                break;
            default:
                TrialChild? child;
                lock (_lock)
                {
                    // The trial's last segment may still be on its way out of its process.
                    child = _busy.GetValueOrDefault(command.Segment.Trial) is { } busy && busy.Segment?.Segment == command.Segment ? busy : null;
                    if (child is null && command is SegmentCommand.Cancel)
                    {
                        _waiting.Cancel(command.Segment);
                    }
                }

                child?.Send(command);
                break;
        }
    }

    /// <inheritdoc/>
    public bool GiveUp(SegmentId segment, string reason)
    {
        lock (_lock)
        {
            if (_busy.TryGetValue(segment.Trial, out var child) && child.Segment?.Segment == segment)
            {
                child.IsGivenUp = true;
                child.Kill();
            }
            else
            {
                _waiting.Cancel(segment);
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public void Suspend(string reason)
    {
        lock (_lock)
        {
            _suspended = reason;
            Tell(new RemoteSuspend(reason));
        }
    }

    /// <inheritdoc/>
    public void Abort()
    {
        lock (_lock)
        {
            _aborted = true;
            Tell(new RemoteAbort());
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _environment.Slots?.Forget(this);
        List<TrialChild> children;
        lock (_lock)
        {
            _closed = true;
            children = [.. _idle, .. _busy.Values];
            _idle.Clear();
        }

        _timer?.Dispose();
        children.FindAll(c => c.Segment is not null).ForEach(c => c.Kill());
        await Task.WhenAll(children.Select(c => c.DisposeAsync().AsTask())).ConfigureAwait(false);
        Task[] ending;
        lock (_lock)
        {
            ending = [.. _ending];
        }

        await Task.WhenAll(ending).ConfigureAwait(false);
    }

    private void Begin(SegmentCommand.Start start, SlotPool.Slot? slot)
    {
        lock (_lock)
        {
            _waiting.Add(start, slot);
            if (_idle.Count > 0)
            {
                var child = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
                Take(child);
            }

            StartWhereNeeded();
        }
    }

    // Under the lock: a process for each that waits, and one more in the place of the one that was taken.
    private void StartWhereNeeded()
    {
        while (!_closed && _starting < _waiting.Count + (_idle.Count == 0 ? 1 : 0) && _busy.Count + _idle.Count + _starting < _slots)
        {
            StartMore();
        }
    }

    private void StartMore()
    {
        _starting++;
        Track(Task.Run(async () =>
        {
            var (child, refusal) = await _starter.StartAsync().ConfigureAwait(false);
            lock (_lock)
            {
                _starting--;
                if (child is not null && !_closed)
                {
                    Take(child);
                }
                else if (child is null && _waiting.TryTake(out var waiting))
                {
                    SlotPool.ReleaseSoon(waiting.Slot);
                    _mailbox!.Post(_deaths.Lost(waiting.Start, $"No process could be started for it: {refusal}", retry: true));
                }
            }

            if (child is null)
            {
                return;
            }

            if (_closed)
            {
                await child.DisposeAsync().ConfigureAwait(false);
                return;
            }

            child.Listen(Hear);
        }));
    }

    // Under the lock: a process that is free takes what waits, or waits itself.
    private void Take(TrialChild child)
    {
        child.Since = _environment.Time.GetTimestamp();
        if (_suspended is { } reason)
        {
            child.Send(new RemoteSuspend(reason));
        }

        if (_aborted)
        {
            child.Send(new RemoteAbort());
        }

        if (!_waiting.TryTake(out var next))
        {
            _idle.Add(child);
            return;
        }

        var trial = next.Start.Segment.Trial;
        (_busy[trial], child.Slot) = (child, next.Slot);
        try
        {
            child.Begin(next.Start, Path.Combine(_environment.Directory, trial.DirectoryName), _environment.Telemetry);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _mailbox!.Post(new SegmentEvent.Failed(next.Start.Segment, TrialError.OneLine(e), Retry: true) { Machine = MachineFault.Of(e) });
            Free(child, trial);
            return;
        }

    }

    // On the thread that reads what the process says.
    private void Hear(TrialChild child, object? message)
    {
        switch (message)
        {
            case null:
                lock (_lock)
                {
                    // Before it is known how it ended: nothing begins in it any more.
                    _idle.Remove(child);
                }

                Track(Task.Run(() => BuryAsync(child)));
                break;
            case SegmentEvent e when child.Segment?.Segment != e.Segment:
                break; // of one that is over
            case SegmentEvent.Ended or SegmentEvent.Failed or SegmentEvent.Damaged:
                lock (_lock)
                {
                    Free(child, ((SegmentEvent)message).Segment.Trial);
                }

                _mailbox!.Post((SegmentEvent)message);
                break;
            case SegmentEvent e:
                child.LastReport = e is SegmentEvent.Reported report ? report.Number : child.LastReport;
                _mailbox!.Post(e);
                break;
            case RemoteLog log:
                using (_environment.Logger.BeginScope(new LogScope(_experiment, child.Segment?.Segment.Trial)))
                {
                    _logs.CreateLogger(log.Category).Log(log.Level, log.Id, log.Text, null, static (text, _) => text);
                }

                break;
            case RemoteAlive alive:
                _mailbox!.Alive(alive.Segment);
                break;
            case RemoteFault fault:
                _mailbox!.Failed(MachineFault.Told(fault.Message));
                break;
            default:
                throw new UnreachableException();
        }
    }

    // Under the lock.
    private void Free(TrialChild child, TrialId trial)
    {
        Ended(child);
        _busy.Remove(trial);
        _deaths.Forget(trial);
        SlotPool.ReleaseSoon(child.Slot);
        child.Slot = null;
        if (!_closed && !child.IsGivenUp)
        {
            Take(child);
        }
    }

    private void Ended(TrialChild child)
    {
        _environment.Telemetry?.SegmentEnded(_environment.Time.GetElapsedTime(child.Since));
        child.End();
    }

    // The process is gone: if it had a segment, that has failed.
    private async Task BuryAsync(TrialChild child)
    {
        var how = await child.Ended.ConfigureAwait(false) ?? "ended by itself";
        await child.DrainAsync().ConfigureAwait(false);
        var printed = child.Said;
        SegmentEvent? lost = null;
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            if (child.Segment is { } segment)
            {
                var trial = segment.Segment.Trial;
                if (_busy.GetValueOrDefault(trial) == child)
                {
                    _busy.Remove(trial);
                }

                SlotPool.ReleaseSoon(child.Slot);
                if (!child.IsGivenUp)
                {
                    lost = _deaths.Died(segment, Math.Max(child.LastReport, segment.CatchUp.RecordedReports), how, printed);
                }

                Ended(child);
            }

            if (_waiting.Count > 0)
            {
                StartWhereNeeded();
            }
        }

        await child.DisposeAsync().ConfigureAwait(false);
        if (lost is not null)
        {
            _mailbox!.Post(lost);
        }
    }

    private void EndIdle()
    {
        TrialChild[] old;
        lock (_lock)
        {
            // The last one stays warm.
            old = [.. _idle.Take(_idle.Count - 1).Where(c => _environment.Time.GetElapsedTime(c.Since) >= _idleFor)];
            _idle.RemoveAll(old.Contains);
        }

        foreach (var child in old)
        {
            Track(Task.Run(async () => await child.DisposeAsync().ConfigureAwait(false)));
        }
    }

    // Under the lock.
    private void Tell(object message)
    {
        foreach (var child in _idle.Concat(_busy.Values))
        {
            child.Send(message);
        }
    }

    private void Track(Task task)
    {
        lock (_lock)
        {
            _ending.RemoveWhere(t => t.IsCompleted);
            _ending.Add(task);
        }
    }
}
