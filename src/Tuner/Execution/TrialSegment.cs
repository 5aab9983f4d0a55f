using System.Diagnostics.CodeAnalysis;
using System.Threading.Tasks.Sources;

namespace Tuning.Execution;

/// <summary>
/// A segment that runs in this process: makes the trainable, loads the checkpoint, sends reports and takes their answers, and writes checkpoints where
/// they are due.
/// </summary>
/// <remarks>
/// Used by the trial's thread. <see cref="Answer"/> is called by any, once for each report that was sent. Reports that the journal already holds are
/// answered from it (<see cref="ReportCursor"/>).
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "A source without a timer and a parent holds nothing")]
internal sealed partial class TrialSegment(SegmentCommand.Start start, SegmentEnvironment environment, ISegmentMailbox mailbox, SegmentSignals signals)
    : TrialContext, IValueTaskSource
{
    // In the place of a fault: there can be none any more.
    private static readonly Exception _over = new InvalidOperationException("The segment is over.");

    private readonly ReportCursor _reports = new(start.CatchUp);
    private AsyncServiceScope? _scope;
    private TrialThread? _thread;
    private CheckpointDirectory? _checkpoint;

    // The waiter of a report that was made off the trial's own thread.
    private ManualResetValueTaskSourceCore<bool> _waiter = new() { RunContinuationsAsynchronously = true };
    private bool _waitsOnThread;

    private int _lastSaved = start.From is null ? -1 : start.CatchUp.FirstReport - 1;
    private int _nextCheckpoint = start.NextCheckpoint;
    private long _stamp;
    private bool _askedForCheckpoint = start.From is null;

    // The last save that came with a report: one of the two, or none.
    private Action<CheckpointDirectory>? _save;
    private Func<CheckpointDirectory, Task>? _saveAsync;

    // Why the trial has ended; null while it goes on.
    private string? _ended;

    // Whether its last report was answered by its end.
    private bool _endsNow;

    // What fails the segment beside what its function throws, or that it is over. Written by any thread, read by the trial's.
    private Exception? _fault;

    // Cancelled by whoever stops the trial.
    private readonly CancellationTokenSource _stop = new();

    // 1 while a report is under way, on whatever thread.
    private int _reporting;

    // Why the checkpoint that it begins with cannot be used.
    private Exception? _damaged;

    // Written by whoever answers before the trial is woken.
    private SegmentCommand.Answer? _answer;

    /// <summary>Whether continuations of the user's code run on the thread that answers; for executors without threads.</summary>
    public bool ContinuesInline
    {
        init => _waiter.RunContinuationsAsynchronously = !value;
    }

    /// <inheritdoc/>
    public override TrialId Id => start.Segment.Trial;

    /// <inheritdoc/>
    public override ParameterSet Parameters => start.Config;

    /// <inheritdoc/>
    public override CheckpointDirectory? Checkpoint
    {
        get
        {
            _askedForCheckpoint = true;
            return _checkpoint;
        }
    }

    /// <inheritdoc/>
    public override int Cpus => environment.Cpus;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, ImmutableArray<string>> Devices =>
        field ??= start.Share?.Devices.ToImmutableSortedDictionary(d => d.Name, d => d.Devices) ?? base.Devices;

    /// <inheritdoc/>
    internal override TrialShare? Share => start.Share;

    /// <inheritdoc/>
    public override SeedPath Seed => environment.Seed / "trial" / Id.Number;

    /// <inheritdoc/>
    public override string Directory => Path.Combine(environment.Directory, Id.DirectoryName);

    /// <inheritdoc/>
    public override IServiceProvider Services => (_scope ??= environment.Services.CreateAsyncScope()).ServiceProvider;

    /// <inheritdoc/>
    public override ILogger Logger => environment.Logger;

    /// <inheritdoc/>
    public override ImmutableArray<HookSpec> Hooks => environment.Hooks;

    /// <inheritdoc/>
    public override bool IsOver(Metrics metrics) => environment.Stop.Any(s => metrics.Number(s.Metric) is { } value && s.Threshold.IsReachedBy(value));

    /// <summary>Runs the whole segment on the calling thread and tells the mailbox how it ended. Never throws.</summary>
    public async ValueTask RunAsync()
    {
        if ((_thread = TrialThread.OfCaller) is not null)
        {
            _thread.Context.Failed = Fault;
        }

        StrayExceptions.BelongTo(this);
        mailbox.Alive(start.Segment);
        _stamp = environment.Time.GetTimestamp();
        Exception? thrown = null;
        try
        {
            if (_reports.Owed is { } answered)
            {
                // The checkpoint that the answer asked for is there: all that was missing is the end of the segment.
                End(answered.Verdict, answered.Reason);
            }
            else if (_ended is null)
            {
                // Not ConfigureAwait(false): the trainable is disposed of on the thread that it ran on.
                await TrainAsync();
            }
        }
        catch (Exception e)
        {
            // One of the four borders where every exception is caught: a trial's fault is the trial's.
            thrown = IsOurEnd(e) ? null : e;
        }

        _thread?.RunPosted();
        if ((Interlocked.Exchange(ref _fault, _over) ?? thrown) is { } fault)
        {
            Fail(fault);
            return;
        }

        _ended ??= _stop.IsCancellationRequested ? "it was told to stop" : null;
        if (_ended is null && _reports.IsRepeating)
        {
            Log.CatchUpEndedEarly(Logger, Id, _reports.Number, _reports.Recorded);
        }

        mailbox.Post(new SegmentEvent.Ended(start.Segment, _ended is null ? SegmentEnd.Completed : SegmentEnd.AsAnswered));
    }

    /// <summary>Answers the report that waits.</summary>
    public void Answer(SegmentCommand.Answer answer)
    {
        _answer = answer;
        if (_waitsOnThread)
        {
            _thread!.Answer();
        }
        else
        {
            _waiter.SetResult(true);
        }
    }

    /// <summary>The last message of a segment that could not be run.</summary>
    public SegmentEvent Lost(Exception e) => new SegmentEvent.Failed(start.Segment, TrialError.OneLine(e), Retry: true) { Machine = MachineFault.Of(e) };

    /// <summary>Whether it is this one.</summary>
    public bool Is(SegmentId segment) => start.Segment == segment;

    /// <summary>Nobody waits for it any more: its next report ends it. Any thread.</summary>
    public void Abandon(string reason)
    {
        _ended ??= reason;
        Cancel();
    }

    /// <summary>The trial is to stop, without an answer to a report. Any thread.</summary>
    public void Cancel() => _ = _stop.CancelAsync();

    /// <summary>Something that belongs to the segment threw where nobody waits for it: the trial fails with it at its next report or end. Any thread.</summary>
    public void Fault(Exception exception)
    {
        if (exception is TrialEndedException || IsOurEnd(exception))
        {
            return;
        }

        var before = Interlocked.CompareExchange(ref _fault, exception, null);
        if (before is null)
        {
            Cancel();
        }
        else if (before == _over)
        {
            Log.FailedAfterItsEnd(Logger, Id, exception.Message, exception);
        }
    }

    private async ValueTask TrainAsync()
    {
        object? trainable = null;
        try
        {
            if (start.From is { } from)
            {
                try
                {
                    _checkpoint = CheckpointStore.Open(Path.Combine(environment.Directory, from.RelativePath));
                }
                catch (Exception e) when ((e is IOException or UnauthorizedAccessException) && MachineFault.Of(e) is null)
                {
                    _damaged = e;
                    throw;
                }
            }

            ITrainable made;
            using (new SynchronousCode())
            {
                trainable = made = environment.Trainable.Create(Services);
            }

            _stamp = environment.Time.GetTimestamp();
            await made.RunAsync(this, _stop.Token);
            if (_ended is null && Volatile.Read(ref _fault) is null && environment.SaveAtEnd && !(_save is null && _saveAsync is null)
                && _reports.Number > _lastSaved && !_reports.IsRepeating)
            {
                await SaveAsync();
            }
        }
        finally
        {
            if (trainable is IAsyncDisposable asynchronous)
            {
                await asynchronous.DisposeAsync();
            }
            else
            {
                using var synchronous = new SynchronousCode();
                (trainable as IDisposable)?.Dispose();
            }

            if (_scope is { } scope)
            {
                ValueTask disposing;
                using (new SynchronousCode())
                {
                    disposing = scope.DisposeAsync();
                }

                await disposing;
            }
        }
    }

    private bool IsOurEnd(Exception exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (_ended is not null && e is TrialEndedException)
            {
                return true;
            }

            if (e is OperationCanceledException && (signals.IsAborted || _stop.IsCancellationRequested))
            {
                _ended ??= "it was told to stop";
                return true;
            }
        }

        return false;
    }

    private void Fail(Exception exception)
    {
        if (MachineFault.Of(exception) is { } fault)
        {
            mailbox.Post(new SegmentEvent.Failed(start.Segment, fault.Message, Retry: true) { Machine = fault });
            return;
        }

        if (exception == _damaged)
        {
            mailbox.Post(new SegmentEvent.Damaged(start.Segment, start.From!.Value, exception.Message));
            return;
        }

        var cause = TrialError.CauseOf(exception);
        Log.TrialFailed(Logger, Id, cause.Message, exception);
        try
        {
            TrialError.AppendFile(Directory, exception, environment.Time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.ErrorFileFailed(Logger, Id, TrialError.FileName, e.Message);
        }

        mailbox.Post(new SegmentEvent.Failed(start.Segment, TrialError.OneLine(cause), cause is not TrialConfigurationException));
    }
}
