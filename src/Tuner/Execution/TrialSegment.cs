using System.Threading.Tasks.Sources;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tuning.Checkpointing;
using Tuning.Control;
using Tuning.Training;

namespace Tuning.Execution;

/// <summary>
/// A segment that runs in this process: makes the trainable, loads the checkpoint, sends reports and takes their answers, and writes checkpoints where
/// they are due.
/// </summary>
/// <remarks>
/// Used by the trial's thread. <see cref="Answer"/> is called by any, once for each report that was sent. Reports that the journal already holds are
/// answered from it (<see cref="ReportCursor"/>).
/// </remarks>
internal sealed partial class TrialSegment(SegmentCommand.Start start, SegmentEnvironment environment, ISegmentMailbox mailbox, SegmentSignals signals)
    : TrialContext, IValueTaskSource
{
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
    private Action<CheckpointDirectory>? _save;

    // Why the trial has ended; null while it goes on.
    private string? _ended;

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
    public override CheckpointDirectory? Checkpoint => _checkpoint;

    /// <inheritdoc/>
    public override int Cpus => environment.Cpus;

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

    /// <summary>Runs the whole segment on the calling thread and tells the mailbox how it ended. Never throws.</summary>
    public async ValueTask RunAsync()
    {
        _thread = TrialThread.OfCaller;
        _stamp = environment.Time.GetTimestamp();
        try
        {
            if (_reports.Owed is { } answered)
            {
                // The checkpoint that the answer asked for is there: all that was missing is the end of the segment.
                End(answered.Verdict, answered.Reason);
            }
            else
            {
                // Not ConfigureAwait(false): the trainable is disposed of on the thread that it ran on.
                await TrainAsync();
            }
        }
        catch (Exception e) when (IsOurEnd(e))
        {
        }
        catch (Exception e)
        {
            // One of the four borders where every exception is caught: a trial's fault is the trial's.
            Fail(e);
            return;
        }

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

    private async ValueTask TrainAsync()
    {
        object? trainable = null;
        try
        {
            if (start.From is { } from)
            {
                _checkpoint = CheckpointStore.Open(Path.Combine(environment.Directory, from.RelativePath));
            }

            var made = environment.Trainable.Create(Services);
            trainable = made;
            _stamp = environment.Time.GetTimestamp();
            await made.RunAsync(this, signals.Aborted);
            if (_ended is null && environment.SaveAtEnd && _save is not null && _reports.Number > _lastSaved && !_reports.IsRepeating)
            {
                Save();
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
                (trainable as IDisposable)?.Dispose();
            }

            if (_scope is { } scope)
            {
                await scope.DisposeAsync();
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

            if (e is OperationCanceledException && signals.Aborted.IsCancellationRequested)
            {
                _ended ??= "the process aborts";
                return true;
            }
        }

        return false;
    }

    private void Fail(Exception exception)
    {
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
