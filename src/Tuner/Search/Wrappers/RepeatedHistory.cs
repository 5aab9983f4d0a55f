namespace Tuning.Search;

/// <summary>A history in which the trials of suggestions k·n to k·n + n - 1 are one trial, whose values are the means of theirs.</summary>
/// <remarks>A cache: the same history gives the same, whatever was followed before. Used by one thread at a time.</remarks>
/// <param name="repeat">How many trials are one.</param>
internal sealed class RepeatedHistory(int repeat)
{
    private readonly Dictionary<long, Group> _groups = [];
    private HistoryBuilder _builder = new();
    private ChangeLog? _changes;
    private int _ended;

    /// <summary>The first trial of a group that was shown; null when there is none.</summary>
    public SearchObservation? First(long number) => _groups.TryGetValue(number, out var group) ? group.Members.FirstOrDefault(m => m is not null) : null;

    /// <summary>Brings it up to a history.</summary>
    public SearchHistory Follow(SearchHistory history)
    {
        var changes = history.Changes;
        var goesOn = changes is not null && _changes is not null && changes.History == _changes.History && changes.Count >= _changes.Count;
        if (!goesOn || !Take(history, changes!.Places[_changes!.Count..changes.Count]))
        {
            Clear();
            Take(history, Enumerable.Range(0, history.Observations.Count));
        }

        _changes = changes;
        return _builder.Snapshot(history.Basis);
    }

    private void Clear()
    {
        _groups.Clear();
        _builder = new();
        _ended = 0;
    }

    // False when a group that had ended goes on: what was derived from its end is void.
    private bool Take(SearchHistory history, IEnumerable<int> places)
    {
        var touched = new SortedDictionary<long, Group>();
        foreach (var place in places.Distinct().Order())
        {
            var trial = history.Observations[place];
            if (trial.Suggestion < 0)
            {
                continue;
            }

            var (number, index) = (trial.Suggestion / repeat, (int)(trial.Suggestion % repeat));
            if (!_groups.TryGetValue(number, out var group))
            {
                _groups.Add(number, group = new(number, new SearchObservation?[repeat], _groups.Count));
            }

            group.Members[index] = trial;
            touched[number] = group;
        }

        foreach (var group in touched.Values.Where(g => !g.IsEnded))
        {
            if (group.EndOrder >= 0)
            {
                return false;
            }
        }

        foreach (var group in touched.Values.Where(g => g.IsEnded && g.EndOrder < 0).OrderBy(g => g.Members.Max(m => m!.EndOrder)))
        {
            group.EndOrder = _ended++;
        }

        foreach (var group in touched.Values.OrderBy(g => g.Place))
        {
            _builder.Set(group.Place, Mean(group));
        }

        return true;
    }

    private static SearchObservation Mean(Group group)
    {
        var known = group.Members.Where(m => m is not null).Select(m => m!).ToList();
        // Of repeats that ran to their end where there are any; else of those that were cut short.
        var valued = known.Where(HasValue).ToList();
        var used = valued.Exists(m => !m.IsPruned) ? valued.FindAll(m => !m.IsPruned) : valued;
        var first = known[0];
        return new(first.Trial, group.Number, first.Config, !group.IsEnded ? TrialStatus.Running : used.Count == 0 ? TrialStatus.Failed
            : TrialStatus.Terminated, used.Count == 0 ? null : used.Average(m => m.Objective!.Value), known.Sum(m => m.Reports))
        {
            Objectives = used.Count == 0 || used[0].Objectives.Length < 2 ? []
                : [.. Enumerable.Range(0, used[0].Objectives.Length).Select(i => Average(used.Select(m => m.Value(i))))],
            Violation = used.Count == 0 ? 0 : used.Average(m => m.Violation),
            EndOrder = group.EndOrder,
            Iteration = known.Max(m => m.Iteration),
            IsPruned = used.Count > 0 && used[0].IsPruned,
            Curve = Curve(used),
        };
    }

    private static bool HasValue(SearchObservation trial) => trial.Status != TrialStatus.Failed && trial.Objective is { } value && !double.IsNaN(value);

    // By iteration, of the repeats that reported then.
    private static IntermediateValue[] Curve(List<SearchObservation> trials) => trials.TrueForAll(t => t.Curve.IsEmpty)
        ? []
        : [.. trials.SelectMany(t => t.Curve.ToArray()).GroupBy(p => p.Iteration).OrderBy(g => g.Key)
            .Select(g => new IntermediateValue(g.Key, Average(g.Select(p => p.Value))))];

    // Of what is a number: a repeat that is none says nothing about the others.
    private static double Average(IEnumerable<double> values) => values.Where(v => !double.IsNaN(v)).DefaultIfEmpty(double.NaN).Average();

    private sealed class Group(long number, SearchObservation?[] members, int place)
    {
        public long Number => number;

        public SearchObservation?[] Members => members;

        public int Place => place;

        public int EndOrder { get; set; } = -1;

        public bool IsEnded => Array.TrueForAll(members, m => m is { IsEnded: true });
    }
}
