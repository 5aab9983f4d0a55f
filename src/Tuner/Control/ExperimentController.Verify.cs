using Tuning.Search;

namespace Tuning.Control;

/// <summary>Where the record and what would be decided today part.</summary>
/// <param name="Decided">What would be decided; null when nothing more.</param>
/// <param name="Recorded">What stands in the record; null when nothing more.</param>
internal sealed record VerificationDifference(ExperimentCommand? Decided, ExperimentCommand? Recorded);

internal sealed partial class ExperimentController
{
    private readonly Dictionary<long, SearchHistory> _histories = [];
    private IReadOnlyList<ExperimentCommand>? _recorded;
    private int _cursor;
    private ExperimentEvent.Reported? _unobserved;
    private VerificationDifference? _difference;

    /// <summary>
    /// Decides anew, with the pure functions of all components, and compares with the record; suggestions are computed anew as well.
    /// The record is what is applied.
    /// </summary>
    /// <returns>The first difference at this event; null when the record is what would be decided.</returns>
    public VerificationDifference? Verify(ExperimentEvent e, IReadOnlyList<ExperimentCommand> recorded)
    {
        var suggestion = e is ExperimentEvent.SuggestionReady s ? CompareSuggestion(s) : null;
        Begin(recorded);
        _state.Apply(e);
        _unobserved = e as ExperimentEvent.Reported;
        Decide(e);
        if (_difference is null && _cursor < recorded.Count)
        {
            _difference = new(null, recorded[_cursor]);
        }

        var difference = suggestion ?? _difference;
        if (_difference is not null)
        {
            var from = _cursor;
            _difference = null;
            _recorded = null;
            ApplyRecorded(_unobserved, recorded, from);
            RequestSuggestions();
        }

        foreach (var command in _commands)
        {
            if (command is ExperimentCommand.RequestSuggestion request && !_searcher.IsImmediate)
            {
                _histories[request.Number] = History();
            }
        }

        return difference;
    }

    // Applies a decision. In verification only while it is what stands in the record.
    private void Emit(ExperimentCommand command)
    {
        if (_recorded is not null && !Matches(command))
        {
            return;
        }

        _commands.Add(command);
        _state.Apply(command);
    }

    private bool Matches(ExperimentCommand command)
    {
        if (_difference is not null)
        {
            return false;
        }

        var next = _cursor < _recorded!.Count ? _recorded[_cursor] : null;
        if (command.IsRecorded)
        {
            if (!command.Equals(next))
            {
                _difference = new(command, next);
                return false;
            }

            _cursor++;
        }
        else if (command is ExperimentCommand.Answer && next is not null && ExperimentState.IsReportDecision(next))
        {
            // A plain continue is not recorded; here something else was decided.
            _difference = new(command, next);
            return false;
        }

        return true;
    }

    private VerificationDifference? CompareSuggestion(ExperimentEvent.SuggestionReady e)
    {
        var history = _searcher.IsImmediate ? SearchHistory.Empty : _histories.GetValueOrDefault(e.Number);
        _histories.Remove(e.Number);
        if (history is null || (!_searcher.IsImmediate && history.Basis != e.Basis))
        {
            return null;
        }

        return (Suggest(e.Number, history), e.Suggestion) switch
        {
            (Suggestion.Configure now, Suggestion.Configure then) when !now.Config.Equals(then.Config) => new(
                new ExperimentCommand.CreateTrial(new(_state.Trials.Count), e.Number, now.Config),
                new ExperimentCommand.CreateTrial(new(_state.Trials.Count), e.Number, then.Config)),
            (Suggestion.Configure now, not Suggestion.Configure) => new(new ExperimentCommand.CreateTrial(new(_state.Trials.Count), e.Number, now.Config), null),
            (not Suggestion.Configure, Suggestion.Configure then) => new(null, new ExperimentCommand.CreateTrial(new(_state.Trials.Count), e.Number, then.Config)),
            _ => null,
        };
    }
}
