namespace Tuning.Specification;

/// <summary>What a warm start takes from one directory.</summary>
/// <param name="Trials">The trials that can be learnt from, in the order in which they ended.</param>
internal sealed record WarmStartTrials(ImmutableArray<SearchObservation> Trials)
{
    /// <summary>Why nothing can be taken; null when something can.</summary>
    public string? Problem { get; init; }

    /// <summary>How many trials of the directory are used, and why others are not; null when nothing can be taken.</summary>
    public string? Usage { get; init; }
}

/// <summary>
/// Reads the trials of earlier experiments that a search can learn from: those that ended, whose configurations belong to the search
/// space, with the objectives of this experiment as they were reported last, whatever theirs were.
/// </summary>
/// <param name="space">The search space.</param>
/// <param name="constraints">Its constraints.</param>
/// <param name="objectives">What is optimised now.</param>
/// <param name="feasibility">The conditions for feasible trials now.</param>
/// <param name="keepsCurves">Whether learning curves are wanted.</param>
internal sealed class WarmStartSource(SearchSpace space, ImmutableArray<string> constraints, ImmutableArray<Objective> objectives, Feasibility feasibility,
    bool keepsCurves)
{
    private readonly ParameterCodec _codec = new(space, constraints);

    /// <summary>The trials of all directories, numbered below 0, oldest first.</summary>
    /// <param name="directories">The directories, in the order of their experiments.</param>
    /// <param name="usage">Told for each directory how many of its trials are used.</param>
    /// <exception cref="SpecificationException">Nothing can be taken from one of them; the message says why.</exception>
    public ImmutableArray<SearchObservation> ReadAll(ImmutableArray<string> directories, Action<string> usage)
    {
        var all = new List<SearchObservation>();
        foreach (var directory in directories)
        {
            var read = Read(directory);
            if (read.Problem is { } problem)
            {
                throw new SpecificationException("warm_start: " + problem);
            }

            usage(read.Usage!);
            all.AddRange(read.Trials);
        }

        return [.. all.Select((t, i) => t with { Suggestion = i - all.Count, EndOrder = i })];
    }

    /// <summary>The trials of one directory.</summary>
    public WarmStartTrials Read(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return None($"There is no directory {directory}.");
        }

        ExperimentSpec earlier;
        ExperimentState state;
        var reported = new HashSet<string>();
        try
        {
            using var reader = new JournalReader(directory);
            earlier = ExperimentSpec.FromJson(reader.Header.Specification);
            state = reader.ReadState(earlier.ToPlan() with { Objectives = objectives, Feasibility = feasibility }, keepsCurves,
                (entry, _) => Note(entry.Event, reported));
        }
        catch (Exception e) when (e is JournalException or IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            return None(e.Message);
        }

        return Sift(directory, earlier, state, reported);
    }

    private void Note(ExperimentEvent happened, HashSet<string> reported)
    {
        if (happened is ExperimentEvent.Reported { Report: var report } && reported.Count < objectives.Length)
        {
            reported.UnionWith(objectives.Select(o => o.Metric).Where(m => report.Value(m) is not null));
        }
    }

    // Those that ended, in that order, each with the objectives of this experiment as it reported them last. A trial that took over the state of another is
    // left out: its results are not those of its configuration.
    private static List<SearchObservation> Ended(ExperimentState state) =>
    [
        .. state.Trials.All.Where(t => t.EndOrder >= 0 && t.Takeover is null).OrderBy(t => t.EndOrder).Select((t, i) => t.ToObservation() with
        {
            Suggestion = -1,
            EndOrder = i,
            Objective = t.Objective is double.NaN ? null : t.Objective,
        }),
    ];

    private static WarmStartTrials None(string problem) => new([]) { Problem = problem };

    private WarmStartTrials Sift(string directory, ExperimentSpec earlier, ExperimentState state, HashSet<string> reported)
    {
        var ended = Ended(state);
        if (ended.Count == 0)
        {
            return None($"No trial of {directory} has ended, so there is nothing to learn from.");
        }

        var without = objectives.FirstOrDefault(o => !reported.Contains(o.Metric));
        if (without is not null)
        {
            var optimised = earlier.Objectives.IsEmpty ? "" : $" (it optimised {string.Join(", ", earlier.Objectives)})";
            return None($"No trial of {directory} reported '{without.Metric}', which is optimised here{optimised}; give experiments that report it.");
        }

        var (kept, reasons) = Sort(ended);
        var others = reasons.Values.Sum() is > 0 and var count
            ? $"{Have(count)} other parameters " +
                $"({string.Join(", ", reasons.OrderByDescending(r => r.Value).ThenBy(r => r.Key,
                    StringComparer.Ordinal).Take(3).Select(r => $"{r.Key} in {r.Value}"))})"
            : null;
        return kept.Count == 0
            ? None($"None of the {ended.Count} trials of {directory} belongs to this space: {others}.")
            : new([.. kept]) { Usage = Usage(directory, state.Trials.All, kept, others) };
    }

    // One line: how many of how many, what they teach, and why the rest is left out.
    private string Usage(string directory, IReadOnlyList<Trial> trials, List<SearchObservation> kept, string? others)
    {
        var failed = kept.Count(t => t.Status == TrialStatus.Failed);
        var silent = kept.Count(t => t.Status != TrialStatus.Failed && t.Objective is null);
        string?[] used = [failed > 0 ? $"{failed} failed" : null, silent > 0 ? $"{Have(silent)} no number for {objectives[0].Metric}" : null];
        string?[] left =
        [
            others,
            trials.Count(t => t.EndOrder >= 0 && t.Takeover is not null) is > 0 and var took ? $"{took} took over another's state" : null,
            trials.Count(t => t.EndOrder < 0) is > 0 and var unfinished ? $"{Have(unfinished)} not ended" : null,
        ];
        return $"{kept.Count} of {trials.Count} trials of {directory} are used{Listed(" (of these ", used, ")")}{Listed("; left out: ", left, "")}.";
    }

    private static string Have(int count) => count == 1 ? "1 has" : $"{count} have";

    private static string Listed(string before, string?[] items, string after)
    {
        string[] said = [.. items.OfType<string>()];
        return said.Length == 0 ? "" : before + string.Join(", ", said) + after;
    }

    private (List<SearchObservation> Kept, Dictionary<string, int> Reasons) Sort(List<SearchObservation> ended)
    {
        var kept = new List<SearchObservation>(ended.Count);
        var reasons = new Dictionary<string, int>();
        foreach (var trial in ended)
        {
            if (_codec.Mismatch(trial.Config) is { } reason)
            {
                reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
            }
            else
            {
                kept.Add(trial);
            }
        }

        return (kept, reasons);
    }
}
