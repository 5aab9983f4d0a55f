using System.Globalization;
using Tuning.Search;
using Tuning.Trials;

namespace Tuning.Control;

/// <content>What is decided after an event was applied, in this order.</content>
internal sealed partial class ExperimentController
{
    // Whether all live trials are to be looked at, not only those that the event touched.
    private bool _sweep;
    private (int Reports, string Text) _endedByItself = (0, "");

    private bool MayDecide => _difference is null && !_state.IsFinished && !_state.IsSuspended;

    private void Decide(ExperimentEvent e)
    {
        if (_state.IsFinished || _state.IsSuspended)
        {
            if (e is ExperimentEvent.Resumed)
            {
                // Nothing to do, and the session must end like any other.
                Emit(new ExperimentCommand.FinishExperiment(_state.EndReason!));
            }

            return;
        }

        switch (e)
        {
            case ExperimentEvent.Reported r:
                DecideReport(r);
                break;
            case ExperimentEvent.SuggestionReady { Suggestion: Suggestion.Configure c } s when _state.AcceptsTrials:
                Emit(new ExperimentCommand.CreateTrial(new(_state.Trials.Count), s.Number, c.Config));
                break;
            case ExperimentEvent.SegmentEnded s:
                Touch(s.Trial);
                DecideEnd(s);
                break;
            case ExperimentEvent.SegmentFailed f:
                Touch(f.Trial);
                DecideFailure(f);
                break;
            case ExperimentEvent.Resumed:
                _sweep = true;
                EndStopped();
                break;
            case ExperimentEvent.TimePassed when _state.StopReason is null && CheckTime() is { } reason:
                StopExperiment(reason);
                break;
        }

        Settle();
        StartTrials();
        RequestSuggestions();
        Conclude();
    }

    // How many segments may run at once now.
    private int Slots => _plan.IsOnDemand ? _state.Trials.Occupied + _state.Asks : _plan.Slots;

    private void Touch(TrialId id) => _touched.Add(_state.Trials.Find(id));

    private void DecideEnd(ExperimentEvent.SegmentEnded e)
    {
        var trial = _state.Trials.Find(e.Trial);
        if (TrialTransitions.HasSegment(trial.Status))
        {
            var reason = trial.Live!.LastAnswer is { Verdict: Verdict.Stop } stop ? stop.Reason! : EndedByItself(trial.Reports);
            End(e.Trial, TrialStatus.Terminated, reason);
        }
    }

    // Most trials end after as many reports as the one before: they share the text.
    private string EndedByItself(int reports)
    {
        if (_endedByItself.Text.Length == 0 || _endedByItself.Reports != reports)
        {
            _endedByItself = (reports, $"ended by itself after {Count(reports, "report")}");
        }

        return _endedByItself.Text;
    }

    private void DecideFailure(ExperimentEvent.SegmentFailed e)
    {
        var trial = _state.Trials.Find(e.Trial);
        if (!TrialTransitions.HasSegment(trial.Status))
        {
            return;
        }

        var live = trial.Live!;
        var budget = _plan.Failures.MaxFailures;
        if (live is { OwesSave: false, LastAnswer: { Verdict: Verdict.Stop } stop })
        {
            End(e.Trial, TrialStatus.Terminated, $"{stop.Reason} (ending its segment failed: {e.Message})");
        }
        else if (e.Retry && (budget < 0 || trial.Failures - live.FailuresForgiven <= budget))
        {
            Emit(new ExperimentCommand.RetryTrial(e.Trial, trial.Failures, e.Message));
        }
        else
        {
            End(e.Trial, TrialStatus.Failed, e.Message);
        }
    }

    // Trials that a killed process had stopped, with nothing left to write.
    private void EndStopped()
    {
        foreach (var id in _state.Trials.Live.ToArray())
        {
            var trial = _state.Trials.Find(id);
            if (trial.Status == TrialStatus.Stopping && _difference is null)
            {
                End(id, TrialStatus.Terminated, trial.Live!.LastAnswer!.Reason!);
            }
        }
    }

    // Ends what is to end and does not run, and does the exploits that can be done.
    private void Settle()
    {
        if (_sweep)
        {
            _touched.Clear();
            _touched.AddRange(_state.Trials.Live.Select(_state.Trials.Find));
            _sweep = false;
        }

        for (var i = 0; i < _touched.Count && MayDecide; i++)
        {
            EndIfDue(_touched[i]);
        }

        _touched.Clear();
        ResolveExploits(force: false);
    }

    private void EndIfDue(Trial trial)
    {
        if (trial.Status is not (TrialStatus.Pending or TrialStatus.Paused))
        {
            return;
        }

        if (trial.Live!.Redirect == Verdict.Stop)
        {
            End(trial.Id, TrialStatus.Terminated, trial.Live.RedirectReason!);
        }
        else if (_state.StopReason is { } reason && !trial.Live.OwesStop)
        {
            End(trial.Id, TrialStatus.Terminated, reason);
        }
    }

    private void ResolveExploits(bool force)
    {
        var takers = _state.Takers;
        if (force)
        {
            takers.TouchAll();
        }

        var after = -1L;
        while (MayDecide && takers.NextDue(ref after) is { } taker)
        {
            var plan = taker.Live!.Plan!;
            var source = _state.Trials.Find(plan.Source);
            if (taker.Status != TrialStatus.Pending || (plan.Captured is null && !force && IsAwaited(source)))
            {
                continue;
            }

            if (plan.Captured is { } captured)
            {
                Emit(new ExperimentCommand.AdoptCheckpoint(taker.Id, captured));
            }
            else
            {
                Emit(new ExperimentCommand.AbandonExploit(taker.Id, $"trial {source.Id} {WhyNot(source, plan)}, so its state cannot be taken over"));
            }

            // In verification the record may say something else; it is looked at again.
            takers.Touch(taker);
        }
    }

    // Why a source gives no checkpoint: an older one than its state at the decision would undo what it was chosen for.
    private static string WhyNot(Trial source, ExploitPlan plan) => source switch
    {
        { Status: TrialStatus.Failed } => "failed",
        { Restore: null } => "has no checkpoint",
        _ => string.Create(CultureInfo.InvariantCulture, $"has no checkpoint of its report {plan.AtLeast} or a later one: its last follows report {source.RestoreFollows}"),
    };

    // Whether a checkpoint of the source is still to come. One that waits itself is not waited for: two trials cannot wait for each other.
    private static bool IsAwaited(Trial source) =>
        TrialTransitions.HasSegment(source.Status)
        || (source.Status == TrialStatus.Pending && source.Live is { Plan: null } live && (live.SaveRequested || live.OwesSave));

    private void StartTrials()
    {
        var trials = _state.Trials;
        while (MayDecide && _state.SuspendReason is null && trials.Startable.Count > 0 && trials.Occupied < Slots)
        {
            // While the experiment stops, only those start that still owe their last checkpoint.
            var isChosen = _state.StopReason is null;
            TrialId? chosen = isChosen ? _scheduler.Choose(trials) : trials.OldestStartable;
            if (chosen is not { } id)
            {
                return;
            }

            if (!trials.IsStartable(id))
            {
                throw new InvalidOperationException(
                    $"The scheduler '{_scheduler.Name}' chose trial {id} to start, which is not startable; startable are: {string.Join(", ", trials.Startable)}.");
            }

            Emit(new ExperimentCommand.StartTrial(id, trials.Find(id).Restore, isChosen ? _scheduler.StartReason(id, trials) : null));
        }
    }

    private void RequestSuggestions()
    {
        if (_difference is not null || !_state.AcceptsTrials)
        {
            return;
        }

        var suggestions = _state.Suggestions;
        var trials = _state.Trials;
        var ready = _state.Pace?.Ready(_plan.Slots) ?? 0;
        for (var free = Slots + ready - trials.Occupied - trials.StartablePending - suggestions.Requested.Count; free > 0 && suggestions.CanAsk; free--)
        {
            Emit(new ExperimentCommand.RequestSuggestion(suggestions.Ask()));
        }
    }

    private void DeleteSurplus()
    {
        if (_state.Holds.Unsettled.Count == 0)
        {
            return;
        }

        foreach (var id in _state.Holds.Unsettled)
        {
            if (_plan.Checkpoints.NumToKeep is not null && _difference is null)
            {
                DeleteSurplus(_state.Trials.Find(id));
            }
        }

        _state.Holds.Unsettled.Clear();
    }

    private void DeleteSurplus(Trial trial)
    {
        _surplus.Clear();
        CheckpointRetention.Select(
            trial.Checkpoints ?? [],
            _plan.Checkpoints,
            c => Ref(c) == trial.Restore || _state.Holds.IsHeld(Ref(c)),
            _surplus);
        foreach (var checkpoint in _surplus)
        {
            Emit(new ExperimentCommand.DeleteCheckpoint(Ref(checkpoint)));
        }

        CheckpointRef Ref(SavedCheckpoint c) => new(trial.Id, c.Number, c.AfterReport);
    }

    private static string Count(int number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";
}
