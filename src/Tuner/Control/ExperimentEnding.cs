namespace Tuning.Control;

/// <summary>When a session and the experiment end, and why.</summary>
internal sealed class ExperimentEnding(ExperimentPlan plan, ExperimentState state, CommandEmitter commands, TrialStarts starts, TrialEndings endings)
{
    private readonly SurplusCheckpoints _surplus = new(plan, state, commands);

    /// <summary>Ends the session when nothing runs and nothing is under way.</summary>
    public void Conclude()
    {
        if (plan.IsOnDemand && state is { Asks: 0, StopReason: null, SuspendReason: null } && (state.Trials.Live.Count > 0 || HasSuggestionsLeft))
        {
            // Nothing happens until somebody asks or tells.
            return;
        }

        if (state is { StopReason: null, SuspendReason: null, Trials.NextDue: not null })
        {
            // Nothing happens until it is time to try again.
            _surplus.Delete();
            return;
        }

        while (commands.MayDecide && state.Trials.Occupied == 0 && state.Suggestions.Requested.Count == 0 && state.SuspendReason is null)
        {
            if (state.StopReason is null && state.Exploits.Count > 0)
            {
                starts.ResolveExploits(force: true);
                starts.StartTrials();
                continue;
            }

            if (state.Trials.Live.Count > 0)
            {
                endings.EndLeftOver();
                starts.RequestSuggestions();
                continue;
            }

            break;
        }

        _surplus.Delete();
        if (!commands.MayDecide || state.Trials.Occupied > 0)
        {
            return;
        }

        if (state.SuspendReason is { } suspend && (state.Trials.Live.Count > 0 || HasSuggestionsLeft))
        {
            commands.Emit(new ExperimentCommand.SuspendExperiment(suspend));
        }
        else if (state.Suggestions.Requested.Count == 0 || !HasSuggestionsLeft)
        {
            Finish();
        }
    }

    private bool HasSuggestionsLeft => state.StopReason is null && (state.Suggestions.HasMore || state.Suggestions.Requested.Count > 0);

    private void Finish()
    {
        var suggestions = state.Suggestions;
        if (state.StopReason is { } stop)
        {
            commands.Emit(new ExperimentCommand.FinishExperiment(stop, state.StopsInError));
        }
        else if (suggestions.HasMore)
        {
            commands.Emit(new ExperimentCommand.FinishExperiment(
                $"the searcher '{suggestions.Searcher}' waits for results, but nothing runs that could bring any; "
                + $"{TrialEndings.Count(state.Trials.Count, "trial")} of {(suggestions.Total == long.MaxValue ? "no fixed number" : suggestions.Total)} ended",
                IsError: true));
        }
        else
        {
            var ended = state.Trials.Count == 1 ? "its only trial ended" : $"all {TrialEndings.Count(state.Trials.Count, "trial")} ended";
            var why = suggestions.Exhausted is { } exhausted ? $"; the searcher '{suggestions.Searcher}' has nothing more to try: {exhausted}" : "";
            commands.Emit(new ExperimentCommand.FinishExperiment(ended + why));
        }
    }
}
