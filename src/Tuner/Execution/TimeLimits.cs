namespace Tuning.Execution;

/// <summary>
/// Ends segments that take too long: a trial that trains for longer than it may, and one that reports nothing for so long that it hangs. For the session that
/// is a failure like others. In a process the segment is killed; on a thread, which nobody can end, it is told to stop and abandoned by name.
/// </summary>
/// <param name="inner">Runs the segments.</param>
/// <param name="ofTrial">How long a trial may train, over all its segments; null for no limit.</param>
/// <param name="ofReport">How long it may take from one report to the next, waiting for answers apart; null for no limit.</param>
/// <param name="directory">The experiment's directory.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class TimeLimits(ITrialExecutor inner, TimeSpan? ofTrial, TimeSpan? ofReport, string directory, TimeProvider time, ILogger logger)
    : ITrialExecutor, ISegmentMailbox
{
    private static readonly TimeSpan _longestPeriod = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();

    // Under the lock.
    private readonly Dictionary<TrialId, Watched> _running = [];
    private ISegmentMailbox? _mailbox;
    private ITimer? _timer;

    /// <inheritdoc/>
    public ValueTask StartAsync(ISegmentMailbox mailbox, CancellationToken cancellationToken)
    {
        _mailbox = mailbox;
        var shortest = TimeSpan.FromTicks(Math.Min(ofTrial?.Ticks ?? long.MaxValue, ofReport?.Ticks ?? long.MaxValue) / 4);
        var period = shortest < _longestPeriod ? shortest : _longestPeriod;
        _timer = time.CreateTimer(static limits => ((TimeLimits)limits!).Check(), this, period, period);
        return inner.StartAsync(this, cancellationToken);
    }

    /// <inheritdoc/>
    public void Send(SegmentCommand command)
    {
        lock (_lock)
        {
            if (command is SegmentCommand.Start start)
            {
                _running[start.Segment.Trial] = new(start.Segment, TimeSpan.FromSeconds(start.CatchUp.TimeTotal));
            }
            else if (command is SegmentCommand.Answer && _running.TryGetValue(command.Segment.Trial, out var answered))
            {
                answered.Sign = time.GetTimestamp();
                answered.Waits = false;
            }
        }

        inner.Send(command);
    }

    /// <inheritdoc/>
    public bool GiveUp(SegmentId segment, string reason)
    {
        lock (_lock)
        {
            if (_running.TryGetValue(segment.Trial, out var watched) && watched.Segment == segment)
            {
                _running.Remove(segment.Trial);
            }
        }

        return inner.GiveUp(segment, reason);
    }

    /// <inheritdoc/>
    public void Suspend(string reason) => inner.Suspend(reason);

    /// <inheritdoc/>
    public void Abort() => inner.Abort();

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _timer?.Dispose();
        return inner.DisposeAsync();
    }

    void ISegmentMailbox.Failed(MachineFault fault) => _mailbox!.Failed(fault);

    void ISegmentMailbox.Alive(SegmentId segment)
    {
        lock (_lock)
        {
            if (_running.TryGetValue(segment.Trial, out var watched) && watched.Segment == segment)
            {
                watched.Sign = time.GetTimestamp();
                watched.Began ??= watched.Sign;
            }
        }
    }

    void ISegmentMailbox.Post(SegmentEvent message)
    {
        lock (_lock)
        {
            if (!_running.TryGetValue(message.Segment.Trial, out var watched) || watched.Segment != message.Segment)
            {
                // Of one that was given up.
                return;
            }

            if (message is SegmentEvent.Reported)
            {
                watched.Waits = true;
            }
            else if (message is SegmentEvent.Ended or SegmentEvent.Failed or SegmentEvent.Damaged)
            {
                _running.Remove(message.Segment.Trial);
            }
        }

        _mailbox!.Post(message);
    }

    private void Check()
    {
        List<(SegmentId Segment, string Why, bool Retry)> late = [];
        lock (_lock)
        {
            var now = time.GetTimestamp();
            foreach (var watched in _running.Values.Where(w => w.Began is not null && !w.Waits))
            {
                if (watched.Before + time.GetElapsedTime(watched.Began!.Value, now) is var trained && trained >= ofTrial)
                {
                    late.Add((watched.Segment,
                        Invariant($"It trained for {trained.TotalSeconds:0.#} s; trial_timeout allows {ofTrial.Value.TotalSeconds:0.###} s."),
                        false));
                }
                else if (time.GetElapsedTime(watched.Sign, now) is var silent && silent >= ofReport)
                {
                    late.Add((watched.Segment,
                        Invariant($"It reported nothing for {silent.TotalSeconds:0.#} s; report_timeout allows {ofReport.Value.TotalSeconds:0.###} s."),
                        true));
                }
            }

            late.ForEach(l => _running.Remove(l.Segment.Trial));
        }

        foreach (var (segment, why, retry) in late)
        {
            if (!inner.GiveUp(segment, why))
            {
                Log.Abandoned(logger, segment.Trial, why);
            }

            try
            {
                TrialError.AppendFile(Path.Combine(directory, segment.Trial.DirectoryName), new TimeoutException(why), time);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Log.ErrorFileFailed(logger, segment.Trial, TrialError.FileName, e.Message);
            }

            _mailbox!.Post(new SegmentEvent.Failed(segment, why, retry));
        }
    }

    private sealed class Watched(SegmentId segment, TimeSpan before)
    {
        public SegmentId Segment { get; } = segment;

        /// <summary>How long the trial had trained before.</summary>
        public TimeSpan Before { get; } = before;

        /// <summary>When it began to run; null while it waits for a place.</summary>
        public long? Began { get; set; }

        /// <summary>When it was last heard of, or answered.</summary>
        public long Sign { get; set; }

        /// <summary>Whether it waits for an answer.</summary>
        public bool Waits { get; set; }
    }
}
