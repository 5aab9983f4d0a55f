namespace Tuning.Control;

/// <content>When a session and the experiment end.</content>
internal sealed partial class ExperimentController
{
    // Ends the session when nothing runs and nothing is under way.
    private void Conclude()
    {
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
                var what = _state.Trials.Find(id).Status == TrialStatus.Paused ? "left paused: nothing else runs, and" : "never went on: nothing else runs, and";
                Emit(new ExperimentCommand.EndTrial(id, TrialStatus.Terminated, $"{what} the scheduler '{_scheduler.Name}' starts it no more"));
            }
        }
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
