namespace Tuning.Control;

/// <content>When a trial, a session and the experiment end.</content>
internal sealed partial class ExperimentController
{
    // A trial whose end was applied, and where in the record what follows from its end begins; null once that was observed.
    private (TrialId Trial, int From)? _undecided;

    // Ends a trial, and asks the scheduler what that means for others.
    private void End(TrialId id, TrialStatus status, string reason)
    {
        Emit(new ExperimentCommand.EndTrial(id, status, reason));
        if (_difference is not null || _state.StopReason is not null)
        {
            return;
        }

        var from = _commands.Count;
        _undecided = (id, _cursor);
        var decisions = _scheduler.DecideEnded(id, status, _state.Trials);
        if (decisions.Count > 0)
        {
            DecideOthers(null, decisions);
        }

        if (_difference is null && _recorded is not null && _cursor < _recorded.Count && ExperimentState.IsEndDecision(_recorded[_cursor]))
        {
            _difference = new(null, _recorded[_cursor]);
        }

        if (_difference is null)
        {
            _state.ObserveEnd(id, _commands, from, _commands.Count);
            _undecided = null;
        }
    }

    // Ends the session when nothing runs and nothing is under way.
    private void Conclude()
    {
        if (_plan.IsOnDemand && _state is { Asks: 0, StopReason: null, SuspendReason: null } && (_state.Trials.Live.Count > 0 || HasSuggestionsLeft))
        {
            // Nothing happens until somebody asks or tells.
            return;
        }

        while (MayDecide && _state.Trials.Occupied == 0 && _state.Suggestions.Requested.Count == 0 && _state.SuspendReason is null)
        {
            if (_state.StopReason is null && _state.Takers.Count > 0)
            {
                ResolveExploits(force: true);
                StartTrials();
                continue;
            }

            if (_state.Trials.Live.Count > 0)
            {
                EndLeftOver();
                RequestSuggestions();
                continue;
            }

            break;
        }

        DeleteSurplus();
        if (!MayDecide || _state.Trials.Occupied > 0)
        {
            return;
        }

        if (_state.SuspendReason is { } suspend && (_state.Trials.Live.Count > 0 || HasSuggestionsLeft))
        {
            Emit(new ExperimentCommand.SuspendExperiment(suspend));
        }
        else if (_state.Suggestions.Requested.Count == 0 || !HasSuggestionsLeft)
        {
            Finish();
        }
    }

    private bool HasSuggestionsLeft => _state.StopReason is null && (_state.Suggestions.HasMore || _state.Suggestions.Requested.Count > 0);

    private void EndLeftOver()
    {
        foreach (var id in _state.Trials.Live.ToArray())
        {
            if (_difference is null)
            {
                Emit(new ExperimentCommand.EndTrial(id, TrialStatus.Terminated, WhyLeft(id)));
            }
        }
    }

    private string WhyLeft(TrialId id)
    {
        var generic = $"nothing else runs, and the scheduler '{_scheduler.Name}' starts it no more";
        return _state.Trials.StatusOf(id) != TrialStatus.Paused ? $"never went on: {generic}"
            : _scheduler.LeaveReason(id, _state.Trials) ?? $"left paused: {generic}";
    }

    private void Finish()
    {
        var suggestions = _state.Suggestions;
        if (_state.StopReason is { } stop)
        {
            Emit(new ExperimentCommand.FinishExperiment(stop));
        }
        else if (suggestions.HasMore)
        {
            Emit(new ExperimentCommand.FinishExperiment(
                $"the searcher '{suggestions.Searcher}' waits for results, but nothing runs that could bring any; {Count(_state.Trials.Count, "trial")} of {(suggestions.Total == long.MaxValue ? "no fixed number" : suggestions.Total)} ended",
                IsError: true));
        }
        else
        {
            var ended = _state.Trials.Count == 1 ? "its only trial ended" : $"all {Count(_state.Trials.Count, "trial")} ended";
            Emit(new ExperimentCommand.FinishExperiment(suggestions.Exhausted is { } why ? $"{ended}; the searcher '{suggestions.Searcher}' has nothing more to try: {why}" : ended));
        }
    }
}
