namespace Tuning;

public sealed partial class ResultGrid
{
    private static readonly string[] _firstColumns = ["trial_id", "trial", "status", "reports", AutoMetrics.TrainingIteration, AutoMetrics.TimeTotal];
    private static readonly string[] _lastColumns = ["checkpoint", "reason"];
    private static readonly string[] _automatic = [AutoMetrics.TrainingIteration, AutoMetrics.TimeTotal];

    /// <summary>One row per trial with its last metrics, its configuration and why it ended.</summary>
    public ResultTable ToTable()
    {
        string[] first = FeasibleIf.IsEmpty ? _firstColumns : [.. _firstColumns, "violation"];
        var metrics = Record.MetricNames().Except(_automatic).ToList();
        var parameters = _trials.SelectMany(t => t.Config.Flatten().Select(p => p.Key)).Distinct().Order(StringComparer.Ordinal).ToList();
        var rows = new List<IReadOnlyList<object?>>(Count);
        foreach (var trial in this)
        {
            var last = LastReport(trial.Id)?.Metrics;
            rows.Add(
            [
                trial.Id.ToString(), trial.Id.DirectoryName, trial.Word, (long)trial.Reports, trial.TrainingIteration,
                    trial.TimeTotal.TotalSeconds,
                .. FeasibleIf.IsEmpty ? (object?[])[] : [trial.Violation],
                .. metrics.Select(m => last is not null && last.TryGet(m, out var value) ? ResultTable.Cell(value) : null),
                .. parameters.Select(p => trial.Config.TryGet(p, out var value) ? value : null),
                trial.Checkpoint is { } checkpoint ? Path.GetRelativePath(Directory, checkpoint.Path).Replace('\\', '/') : null,
                trial.Reason,
            ]);
        }

        var columns = new List<string>(first);
        var settings = Named(parameters.Select(p => "config/" + p.Replace('.', '/')), [.. first, .. _lastColumns], "config/");
        columns.AddRange(Named(metrics, [.. first, .. settings, .. _lastColumns], "metrics/"));
        return new([.. columns, .. settings, .. _lastColumns], rows);
    }

    /// <summary>Writes <see cref="ToTable"/> as CSV.</summary>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="forSpreadsheet">Whether texts that a spreadsheet would run get an apostrophe before them; see <see cref="ResultTable.WriteCsv"/>.</param>
    public void WriteCsv(string path, bool forSpreadsheet = false)
    {
        using var writer = new StreamWriter(OwnFiles.CreateNamed(path));
        ToTable().WriteCsv(writer, forSpreadsheet);
    }

    // Names that are taken get a prefix, until they are free: a metric may be called status, and so may a parameter.
    private static List<string> Named(IEnumerable<string> names, IEnumerable<string> taken, string prefix)
    {
        var seen = new HashSet<string>(taken, StringComparer.Ordinal);
        var free = new List<string>();
        foreach (var name in names)
        {
            free.Add(name);
            while (!seen.Add(free[^1]))
            {
                free[^1] = prefix + free[^1];
            }
        }

        return free;
    }

    /// <summary>
    /// What was decided, in order, each with its reason: suggestions, pauses, promotions, stops, perturbations. Read from the record when
    /// enumerated.
    /// </summary>
    /// <param name="trial">A trial: what concerns it, also where others took over its state; null for all.</param>
    public IEnumerable<Decision> Decisions(TrialId? trial = null) =>
        trial is null ? Record.Decisions() : Record.Decisions().Where(d => d.Trial == trial || d.Source == trial || d.Kind == DecisionKind.StopExperiment);

    /// <summary>
    /// How much each searched parameter had to do with which trials were good, the most important first. Empty with fewer than
    /// <see cref="ParameterImportance.LeastTrials"/> trials that ended with a value, or without an objective.
    /// </summary>
    /// <param name="metric">Path of the metric; null takes the experiment's objective.</param>
    /// <param name="mode">Which direction is better; null takes the experiment's.</param>
    public IReadOnlyList<ParameterImportance> Importance(string? metric = null, Mode? mode = null)
    {
        if (metric is null && Objectives.IsEmpty)
        {
            return [];
        }

        var objective = ObjectiveFor(metric, mode, nameof(Importance));
        var values = objective.Equals(Objectives.FirstOrDefault()) ? null : Record.Values(objective.Metric, ResultScope.Last);
        var trials = new List<(ParameterSet, double)>();
        foreach (var trial in _trials)
        {
            var value = values is null ? trial.Objective : values.TryGetValue(trial.Id, out var found) ? found : null;
            if (value is { } number && double.IsFinite(number) && trial.Status == TrialStatus.Terminated)
            {
                trials.Add((trial.Config, -objective.Score(number)));
            }
        }

        return ParameterImportance.Of(Space.Domains, trials);
    }

    /// <summary>
    /// The feasible trials that no other is better than in all objectives, with the volume that they dominate; null with fewer than two
    /// objectives, or while no trial has ended with a finite value for each.
    /// </summary>
    /// <param name="referencePoint">Where the volume begins, a value of each objective; null takes <see cref="ReferencePoint"/>, and without that a point a
    /// little worse than the front.</param>
    /// <exception cref="ArgumentException">It has not a number for each objective.</exception>
    public ParetoFront? ParetoFront(IReadOnlyList<double>? referencePoint = null)
    {
        if (Objectives.Length < 2)
        {
            return null;
        }

        if (referencePoint is not null && (referencePoint.Count != Objectives.Length || !referencePoint.All(double.IsFinite)))
        {
            throw new ArgumentException($"A reference point has a number for each of {string.Join(", ", Objectives)}.", nameof(referencePoint));
        }

        return FrontOf([.. Objectives.Select(o => Record.Values(o.Metric, ResultScope.Last))], referencePoint);
    }

    /// <summary>The front, given the last value of each objective of each trial.</summary>
    internal ParetoFront? FrontOf(IReadOnlyList<IReadOnlyDictionary<TrialId, double>> columns, IReadOnlyList<double>? referencePoint = null)
    {
        var trials = this.Where(t => t.Status == TrialStatus.Terminated && t.IsFeasible)
            .Select(t => (Trial: t, Values: columns.Select(c => c.TryGetValue(t.Id, out var value) ? value : double.NaN).ToArray()))
            .Where(t => t.Values.All(double.IsFinite)).ToList();
        return trials.Count == 0 ? null : Tuning.ParetoFront.Of(Objectives, trials, referencePoint ?? ReferencePoint);
    }

    /// <summary>Writes every report of every trial as CSV: one row per report, with the trial's number and all metrics.</summary>
    /// <param name="path">The file; one that exists is replaced. Memory does not grow with the number of reports.</param>
    /// <param name="forSpreadsheet">Whether texts that a spreadsheet would run get an apostrophe before them; see <see cref="ResultTable.WriteCsv"/>.</param>
    public void WriteHistoryCsv(string path, bool forSpreadsheet = false)
    {
        string[] first = ["trial_id", "trial", "report", AutoMetrics.TrainingIteration, AutoMetrics.TimeTotal, AutoMetrics.Timestamp];
        var metrics = Record.MetricNames().Except([.. _automatic, AutoMetrics.Timestamp]).ToList();
        using var writer = new StreamWriter(OwnFiles.CreateNamed(path));
        ResultTable.WriteRows(writer, Record.Reports().Select(report => (IEnumerable<object?>)
        [
            report.Trial.ToString(), report.Trial.DirectoryName, (long)report.Number, report.TrainingIteration, report.TimeTotal, report.At.ToUnixTimeSeconds(),
            .. metrics.Select(m => report.Metrics.TryGet(m, out var value) ? ResultTable.Cell(value) : null),
        ]).Prepend([.. first, .. Named(metrics, first, "metrics/")]), forSpreadsheet);
    }
}
