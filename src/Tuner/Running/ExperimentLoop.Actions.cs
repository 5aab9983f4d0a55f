using Tuning.Control;
using Tuning.Execution;
using Tuning.Search;
using Tuning.Trials;

namespace Tuning.Running;

/// <content>What commands lead to, outside of the controller.</content>
internal sealed partial class ExperimentLoop
{
    // Notes what a command leads to; done when the batch is in the journal.
    private void Plan(ExperimentCommand command, ref string? stopReason)
    {
        switch (command)
        {
            case ExperimentCommand.Answer answer:
                if (answer.Verdict == Verdict.Stop)
                {
                    stopReason = answer.Reason;
                }

                _actions.Enqueue(new(_sessions[answer.Trial], answer, null));
                break;
            case ExperimentCommand.CreateTrial create when _parts.Resume is not null:
                ExperimentRecovery.ClaimDirectory(_parts.Info.Directory, create.Trial, _parts.Logger);
                break;
            case ExperimentCommand.StartTrial start:
                var session = NewSession(start);
                _actions.Enqueue(new(session, null, start));
                break;
            case ExperimentCommand.RequestSuggestion request when _parts.Searcher.IsImmediate:
                _requests.Enqueue(request.Number);
                break;
            case ExperimentCommand.RequestSuggestion request:
                SuggestLater(request.Number, _controller.History());
                break;
            case ExperimentCommand.DeleteCheckpoint delete:
                _actions.Enqueue(new(null, null, delete));
                break;
            case ExperimentCommand.EndTrial { Status: TrialStatus.Failed } end:
                Log.TrialFails(_parts.Logger, end.Trial, end.Reason);
                break;
            case ExperimentCommand.EndTrial end:
                Log.TrialTerminates(_parts.Logger, end.Trial, end.Reason);
                break;
            case ExperimentCommand.RetryTrial retry:
                Log.TrialRetries(_parts.Logger, retry.Trial, retry.Failures, retry.Reason);
                break;
            case ExperimentCommand.AdoptCheckpoint adopt:
                Log.TrialExploits(_parts.Logger, adopt.Trial, adopt.Source.RelativePath);
                break;
            case ExperimentCommand.StopExperiment stop:
                Log.ExperimentStops(_parts.Logger, stop.Reason);
                break;
            case ExperimentCommand.FinishExperiment finish:
                Log.ExperimentEnds(_parts.Logger, finish.Reason);
                _ended = true;
                break;
            case ExperimentCommand.SuspendExperiment suspend:
                Log.ExperimentEnds(_parts.Logger, suspend.Reason);
                _ended = true;
                break;
        }
    }

    // Does what was planned, in order. While a callback's queue is full, trials wait: nothing is dropped, and no decision is held up.
    private void Act()
    {
        while (_actions.TryPeek(out var action))
        {
            if (action.MakesWork && !_ended && _callbacks.IsFull)
            {
                return;
            }

            _actions.Dequeue();
            switch (action)
            {
                case { Answer: { } answer }:
                    Log.TrialReported(_parts.Logger, answer.Trial, answer.Report, answer.Verdict);
                    action.Session!.Answer(answer.Verdict, answer.Save, answer.Reason);
                    break;
                case { Other: ExperimentCommand.StartTrial start }:
                    LogStart(start);
                    _parts.Executor.Run(start.Trial, _parts.ResourceClass);
                    break;
                case { Other: ExperimentCommand.DeleteCheckpoint delete }:
                    _keeper.Delete(delete.Checkpoint);
                    break;
            }
        }
    }

    private void LogStart(ExperimentCommand.StartTrial start)
    {
        if (start.From is { } from)
        {
            Log.TrialStartsFrom(_parts.Logger, start.Trial, from.RelativePath);
        }
        else
        {
            Log.TrialStarts(_parts.Logger, start.Trial);
        }
    }

    private TrialSession NewSession(ExperimentCommand.StartTrial start)
    {
        var trial = _controller.View(start.Trial);
        var (from, catchUp) = (start.From, _controller.CatchUpOf(start.Trial));
        if (from is { } asked && !Exists(asked) && asked.Trial == start.Trial && !_controller.HasExploited(start.Trial))
        {
            // Deleted by hand, or by what was cut off the journal. Nothing is lost by beginning earlier: what is recorded stands.
            from = _controller.Checkpoints(start.Trial).Where(c => c.AfterReport < asked.AfterReport && Exists(c)).Cast<CheckpointRef?>().LastOrDefault();
            catchUp = catchUp.From((from?.AfterReport ?? 0) + 1);
            Log.CheckpointIsGone(_parts.Logger, start.Trial, asked.RelativePath, from?.RelativePath ?? "the beginning");
        }

        var segment = new SegmentStart(start.Trial, trial.Config, from, _controller.NextCheckpointNumber(start.Trial), catchUp);
        var session = new TrialSession(segment, _environment) { ContinuesInline = _parts.IsInline };
        _sessions[start.Trial] = session;
        return session;
    }

    private bool Exists(CheckpointRef checkpoint) => Directory.Exists(Path.Combine(_parts.Info.Directory, checkpoint.RelativePath));

    private Suggestion SuggestNow(long number)
    {
        try
        {
            return _controller.Suggest(number, SearchHistory.Empty);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"The searcher '{_parts.Searcher.Name}' failed: {e.Message}", e);
        }
    }

    private void SuggestLater(long number, SearchHistory history) => _ = Task.Run(() =>
    {
        try
        {
            Post(new(LoopMessageKind.Suggested, null, new SuggestedDetail(number, _controller.Suggest(number, history), history.Basis)));
        }
        catch (Exception e)
        {
            // Carried to the loop, which ends with it.
            Post(new(LoopMessageKind.SearchFailed, null, new ExceptionDetail(_parts.Searcher.Name, e)));
        }
    });

    /// <summary>Something to do once the batch is written.</summary>
    private readonly record struct LoopAction(TrialSession? Session, ExperimentCommand.Answer? Answer, ExperimentCommand? Other)
    {
        /// <summary>Whether it lets a trial go on, which makes work for callbacks.</summary>
        public bool MakesWork => Session is not null;
    }
}
