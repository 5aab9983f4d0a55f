namespace Tuning.Control;

/// <summary>Computes suggestions anew, from what the searcher knew when it was asked, and compares them with the record.</summary>
internal sealed class SuggestionVerifier(ISearcher searcher, ExperimentState state, Func<long, SearchHistory, Suggestion> suggest)
{
    // By number of the suggestion.
    private readonly Dictionary<long, SearchHistory> _histories = [];

    /// <summary>Notes what the searcher knows now for suggestions that are asked for.</summary>
    public void Note(IReadOnlyList<ExperimentCommand> commands)
    {
        foreach (var command in commands)
        {
            if (command is ExperimentCommand.RequestSuggestion request && !searcher.IsImmediate)
            {
                _histories[request.Number] = state.History();
            }
        }
    }

    /// <summary>Computes a suggestion anew and compares.</summary>
    /// <returns>The difference; null when there is none, or when what the searcher knew is not known any more.</returns>
    public VerificationDifference? Compare(ExperimentEvent.SuggestionReady e)
    {
        var history = searcher.IsImmediate ? SearchHistory.Empty : _histories.GetValueOrDefault(e.Number);
        _histories.Remove(e.Number);
        if (history is null || (!searcher.IsImmediate && history.Basis != e.Basis))
        {
            return null;
        }

        return (suggest(e.Number, history), e.Suggestion) switch
        {
            (Suggestion.Invalid now, Suggestion.Invalid then) => now.Config.Equals(then.Config) && now.Reason == then.Reason ? null
                : new(Fail(now), Fail(then)),
            (Suggestion.Invalid now, _) => new(Fail(now), null),
            (_, Suggestion.Invalid then) => new(null, Fail(then)),
            (Suggestion.Configure now, Suggestion.Configure then) when !now.Config.Equals(then.Config) => new(
                new ExperimentCommand.CreateTrial(new(state.Trials.Count), e.Number, now.Config),
                new ExperimentCommand.CreateTrial(new(state.Trials.Count), e.Number, then.Config)),
            (Suggestion.Configure now, not Suggestion.Configure) => new(new ExperimentCommand.CreateTrial(new(state.Trials.Count), e.Number, now.Config), null),
            (not Suggestion.Configure, Suggestion.Configure then) =>
                new(null, new ExperimentCommand.CreateTrial(new(state.Trials.Count), e.Number, then.Config)),
            _ => null,
        };
    }

    private ExperimentCommand.EndTrial Fail(Suggestion.Invalid invalid) => new(new(state.Trials.Count), TrialStatus.Failed, invalid.Reason);
}
