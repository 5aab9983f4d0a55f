using Tuning.Randomness;

namespace Tuning.Search;

/// <summary>
/// Asks a searcher and tells it results, without an experiment around it: for benchmarks, simulations and tests. The history is
/// the one that an experiment would show.
/// </summary>
/// <remarks>Used by one thread.</remarks>
/// <param name="searcher">The searcher.</param>
/// <param name="seed">The place of the searcher's streams.</param>
internal sealed class SearchRun(ISearcher searcher, SeedPath seed)
{
    private readonly HistoryBuilder _history = new();
    private long _events;
    private int _ended;

    /// <summary>How many trials were asked for.</summary>
    public int Count => _history.Count;

    /// <summary>What the searcher may know now.</summary>
    public SearchHistory History => _history.Snapshot(_events);

    /// <summary>A trial.</summary>
    public SearchObservation this[int trial] => _history[trial];

    /// <summary>The next trial, running from now on; or that there is none now, or none any more.</summary>
    /// <returns>What the searcher answered; a configuration belongs to trial <see cref="Count"/> - 1.</returns>
    public Suggestion Ask()
    {
        var number = _history.Count;
        var suggestion = searcher.Ask(searcher.IsImmediate ? SearchHistory.Empty : History, number, (seed / number).Stream());
        if (suggestion is Suggestion.Configure configure)
        {
            _history.Add(new(new(number), number, configure.Config, TrialStatus.Running, null, 0));
            _events += 2;
        }
        else if (suggestion is Suggestion.Invalid invalid)
        {
            _history.Add(new(new(number), number, invalid.Config, TrialStatus.Failed, null, 0) { EndOrder = _ended++ });
            _events += 2;
        }

        return suggestion;
    }

    /// <summary>A trial has ended with its values.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="values">The objectives, in the experiment's order.</param>
    public void Tell(int trial, params ReadOnlySpan<double> values) => Tell(trial, 0, values);

    /// <summary>A trial has ended with its values, and breaks the conditions for feasible trials by so much.</summary>
    public void Tell(int trial, double violation, ReadOnlySpan<double> values) => End(trial, _history[trial] with
    {
        Status = TrialStatus.Terminated,
        Objective = values.IsEmpty ? null : values[0],
        Objectives = values.Length > 1 ? [.. values] : [],
        Reports = 1,
        Iteration = 1,
        Violation = violation,
    });

    /// <summary>A running trial reported.</summary>
    public void Report(int trial, long iteration, double value)
    {
        var known = _history[trial];
        _history.Set(trial, known with
        {
            Objective = value,
            Reports = known.Reports + 1,
            Iteration = iteration,
            Curve = (IntermediateValue[])[.. known.Curve.Span, new(iteration, value)]
        });
        _events++;
    }

    /// <summary>A trial that reported was ended before its time.</summary>
    public void Prune(int trial) => End(trial, _history[trial] with { Status = TrialStatus.Terminated, IsPruned = true });

    /// <summary>A trial that reported has ended by itself.</summary>
    public void Complete(int trial) => End(trial, _history[trial] with { Status = TrialStatus.Terminated });

    /// <summary>A trial has failed.</summary>
    public void Fail(int trial) => End(trial, _history[trial] with { Status = TrialStatus.Failed });

    private void End(int trial, SearchObservation ended)
    {
        _history.Set(trial, ended with { EndOrder = _ended++ });
        _events++;
    }
}
