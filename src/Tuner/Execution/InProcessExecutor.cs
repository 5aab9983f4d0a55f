using System.Collections.Concurrent;
using System.Diagnostics;

namespace Tuning.Execution;

/// <summary>Runs segments in this process; where, says the class that derives from it.</summary>
internal abstract class InProcessExecutor(SegmentEnvironment environment) : ITrialExecutor
{
    private readonly SegmentSignals _signals = new();

    // Added by whoever sends, read and removed by the segments' threads.
    private readonly ConcurrentDictionary<TrialId, TrialSegment> _segments = new();
    private ISegmentMailbox? _mailbox;

    // Where the process has a limit: the slots of segments that were placed and do not run yet. Placed by whoever gives a slot back.
    private readonly ConcurrentDictionary<TrialId, SlotPool.Slot> _slots = new();
    private readonly ConcurrentDictionary<TrialId, SlotPool.Slot> _running = new();
    private readonly Lock _placing = new();
    private bool _closed;

    /// <summary>Whether continuations of user code run on the thread that answers; for executors without threads.</summary>
    protected virtual bool ContinuesInline => false;

    /// <inheritdoc/>
    public virtual ValueTask StartAsync(ISegmentMailbox mailbox, CancellationToken cancellationToken)
    {
        _mailbox = mailbox;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Send(SegmentCommand command)
    {
        switch (command)
        {
            case SegmentCommand.Answer answer:
                _segments[answer.Segment.Trial].Answer(answer);
                break;
            case SegmentCommand.Start start:
                var segment = _segments[start.Segment.Trial] = new(start, environment, _mailbox!, _signals) { ContinuesInline = ContinuesInline };
                if (_signals.IsAborted)
                {
                    segment.Cancel();
                }

                PlaceWhereFree(start.Segment.Trial);
                break;
            case SegmentCommand.Cancel cancel:
                _segments.GetValueOrDefault(cancel.Segment.Trial)?.Cancel();
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <inheritdoc/>
    public bool GiveUp(SegmentId segment, string reason)
    {
        if (_segments.TryGetValue(segment.Trial, out var running) && running.Is(segment))
        {
            running.Abandon(reason);
            if (_running.TryRemove(segment.Trial, out var slot))
            {
                slot.Pool.Release(slot);
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public void Suspend(string reason) => _signals.Suspend(reason);

    /// <inheritdoc/>
    public void Abort()
    {
        _signals.Abort();
        foreach (var (_, segment) in _segments)
        {
            segment.Cancel();
        }
    }

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        StopPlacing();
        return ValueTask.CompletedTask;
    }

    /// <summary>Whether a segment runs.</summary>
    protected bool IsBusy => !_segments.IsEmpty;

    /// <summary>Gives the segment of a trial a thread that calls <see cref="RunAsync"/>.</summary>
    protected abstract void Place(TrialId trial);

    /// <summary>Runs the segment of a trial that was placed. Never throws.</summary>
    public async ValueTask RunAsync(TrialId trial)
    {
        var segment = _segments[trial];
        if (_slots.TryRemove(trial, out var slot))
        {
            SlotPool.Ambient = _running[trial] = slot;
        }

        var began = environment.Time.GetTimestamp();
        try
        {
            using var activity = environment.Telemetry?.BeginSegment(trial);
            using var scope = environment.Telemetry is { } told ? environment.Logger.BeginScope(new LogScope(told.Experiment, trial)) : null;
            await segment.RunAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // What failed is what surrounds a segment, and nobody else would hear of it.
            _mailbox!.Post(segment.Lost(e));
        }
        finally
        {
            environment.Telemetry?.SegmentEnded(environment.Time.GetElapsedTime(began));
            if (slot is not null && _running.TryRemove(new(trial, slot)))
            {
                slot.Pool.Release(slot);
            }
        }

        // The trial's next segment may have come meanwhile.
        _segments.TryRemove(new(trial, segment));
    }

    /// <summary>Places nothing any more; called before what it is placed in goes.</summary>
    protected void StopPlacing()
    {
        environment.Slots?.Forget(this);
        lock (_placing)
        {
            _closed = true;
        }
    }

    private void PlaceWhereFree(TrialId trial)
    {
        if (environment.Slots is null)
        {
            Place(trial);
            return;
        }

        environment.Slots.Take(this, environment.ParentSlot, slot =>
        {
            lock (_placing)
            {
                if (!_closed)
                {
                    _slots[trial] = slot;
                    Place(trial);
                    return;
                }
            }

            slot.Pool.Release(slot);
        });
    }
}
