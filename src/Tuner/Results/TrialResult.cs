namespace Tuning;

/// <summary>What became of one trial. Metrics other than the objective are read from the experiment's journal when asked for.</summary>
/// <remarks>Safe on any thread.</remarks>
public sealed class TrialResult
{
    private readonly ResultGrid _grid;
    private readonly TrialView _trial;

    internal TrialResult(ResultGrid grid, TrialView trial) => (_grid, _trial) = (grid, trial);

    /// <summary>The trial's number.</summary>
    public TrialId Id => _trial.Id;

    /// <summary>Where it stands.</summary>
    public TrialStatus Status => _trial.Status;

    /// <summary>Whether the scheduler ended it before its time.</summary>
    public bool IsPruned => _trial.IsPruned;

    /// <summary>
    /// Whether it came to its end: by itself, by a stop criterion of its own, or by the time that its scheduler gives a trial. Those that the scheduler or the
    /// end of the whole experiment cut short did not, and those that failed.
    /// </summary>
    public bool IsCompleted => _trial.Status == TrialStatus.Terminated && _trial is { IsPruned: false, IsStopped: false };

    /// <summary>Where it stands, in a word: as <see cref="Status"/>, but what has terminated is completed, pruned or stopped.</summary>
    internal string Word => _trial.Word;

    /// <summary>Its configuration; after an exploit the one that it took over last.</summary>
    public ParameterSet Config => _trial.Config;

    /// <summary>The parameters that distinguish it from the others: those that were searched or computed, by dotted path.</summary>
    public IEnumerable<KeyValuePair<string, object?>> Parameters =>
        _trial.SearchedPaths.Where(p => Config.TryGet(p, out _)).Select(p => KeyValuePair.Create(p, Config[p]));

    /// <summary>Why it ended, or stands where it stands.</summary>
    public string? Reason => _trial.Reason;

    /// <summary>The error that ended it; null unless it failed for good.</summary>
    public string? Error => _trial.Status == TrialStatus.Failed ? _trial.Reason ?? "It failed without a message." : null;

    /// <summary>How many reports it made.</summary>
    public int Reports => _trial.Reports;

    /// <summary>Its <c>training_iteration</c> at the last report; 0 before the first.</summary>
    public long TrainingIteration => _trial.TrainingIteration;

    /// <summary>How long it trained, over all of its segments.</summary>
    public TimeSpan TimeTotal => TimeSpan.FromSeconds(double.IsFinite(_trial.TimeTotal) ? _trial.TimeTotal : 0);

    /// <summary>The experiment's first objective at the last report that had one; null where there is none.</summary>
    public double? Objective => _trial.Objective;

    /// <summary>The value of the first objective that stands for it when trials are compared, by <see cref="ResultGrid.Scope"/>.</summary>
    internal double? Standing => _trial.Standing;

    /// <summary>
    /// By how much it breaks the conditions for feasible trials (<see cref="ResultGrid.FeasibleIf"/>), in sum: 0 when it fulfils them or there
    /// are none, NaN while that is undecided, infinity when it ended without a metric that they need.
    /// </summary>
    public double Violation => _trial.Violation;

    /// <summary>Whether it fulfils all conditions for feasible trials, as far as it went.</summary>
    public bool IsFeasible => _trial.IsFeasible;

    /// <summary>The metrics of its last report; empty when it never reported. Arrays are not kept.</summary>
    public Metrics Metrics => _grid.LastReport(Id)?.Metrics ?? new Metrics(1);

    /// <summary>The full path of its directory. It exists only when something was written there.</summary>
    public string Directory => Path.Combine(_grid.Directory, Id.DirectoryName);

    /// <summary>The checkpoint that it would continue from, which is its latest; null when it has none.</summary>
    public CheckpointDirectory? Checkpoint => _trial.Checkpoint is { } checkpoint ? _grid.CheckpointAt(checkpoint) : null;

    /// <summary>Its checkpoints that exist, oldest first.</summary>
    public IReadOnlyList<CheckpointDirectory> Checkpoints() =>
        [.. _grid.Record.Checkpoints(Id).Select(_grid.CheckpointAt).Where(c => System.IO.Directory.Exists(c.Path))];

    /// <summary>The one of its checkpoints that exist with the best value of a metric at the report that it follows; of equal ones the newer.</summary>
    /// <param name="metric">Path of the metric; null takes <see cref="CheckpointConfig.CheckpointScoreAttribute"/>, and without that the objective.</param>
    /// <param name="mode">Which direction is better; null takes the experiment's, where it has this metric as a score or an objective.</param>
    /// <returns>The checkpoint; null when the trial has none that exists.</returns>
    /// <exception cref="InvalidOperationException">There is nothing to compare by; the message says what is missing.</exception>
    public CheckpointDirectory? BestCheckpoint(string? metric = null, Mode? mode = null)
    {
        var score = _grid.CheckpointScore is { } known && (metric is null || metric == known.Metric) ? known with { Mode = mode ?? known.Mode }
            : _grid.ObjectiveFor(metric, mode, nameof(BestCheckpoint));
        return ScoredCheckpoints(score).Aggregate(
            default(ScoredCheckpoint), (best, c) => best is null || score.Compare(c.Score, best.Score) <= 0 ? c : best)?.Directory;
    }

    /// <summary>Its checkpoints that exist, oldest first, with the value of a metric at the report that each follows.</summary>
    internal IReadOnlyList<ScoredCheckpoint> ScoredCheckpoints(Objective? score)
    {
        var reports = _grid.Record.Reports(Id).ToDictionary(r => r.Number);
        return [.. _grid.Record.Checkpoints(Id)
            .Select(c => (Directory: _grid.CheckpointAt(c), Report: reports.GetValueOrDefault(c.AfterReport)))
            .Where(c => System.IO.Directory.Exists(c.Directory.Path))
            .Select(c => new ScoredCheckpoint(c.Directory, c.Report?.TrainingIteration ?? 0, score is null ? null : c.Report?.Value(score.Metric)))];
    }

    /// <summary>A checkpoint with what was reported before it.</summary>
    internal sealed record ScoredCheckpoint(CheckpointDirectory Directory, long Iteration, double? Score);

    /// <summary>Reads the trial's reports back, oldest first.</summary>
    /// <param name="metrics">The metrics to read, by the names under which the rows then have them; none reads all of them.</param>
    /// <exception cref="KeyNotFoundException">No report of the trial has such a metric; the message has the nearest name.</exception>
    public Task<IReadOnlyList<HistoryRow>> ReadHistoryAsync(params string[] metrics) => ReadHistoryAsync(metrics, CancellationToken.None);

    /// <summary>Reads the trial's reports back, oldest first.</summary>
    /// <param name="metrics">The metrics to read; none reads all of them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KeyNotFoundException">No report of the trial has such a metric; the message has the nearest name.</exception>
    public Task<IReadOnlyList<HistoryRow>> ReadHistoryAsync(IReadOnlyCollection<string> metrics, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        return Task.Run<IReadOnlyList<HistoryRow>>(() => ReadHistory(metrics, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// Its state, the value of the objective, and the parameters that were searched: <c>00007 completed, loss = 0.02 (lr = 0.1, opt = adam)</c>.
    /// </summary>
    public override string ToString()
    {
        var value = _grid.Objectives is [var objective, ..] && Standing is { } number ? $", {objective.Metric} = {NumberText.Of(number)}" : "";
        var parameters = string.Join(", ", Parameters.Select(p =>
            $"{p.Key} = {(p.Value is double real ? NumberText.Of(real) : Convert.ToString(p.Value, CultureInfo.InvariantCulture))}"));
        return $"{Id} {Word}{value}{(parameters.Length > 0 ? $" ({parameters})" : "")}";
    }

    private List<HistoryRow> ReadHistory(IReadOnlyCollection<string> metrics, CancellationToken cancellationToken)
    {
        var rows = new List<HistoryRow>(Reports);
        var missing = new HashSet<string>(metrics, StringComparer.Ordinal);
        foreach (var report in _grid.Record.Reports(Id, cancellationToken))
        {
            var chosen = report.Metrics;
            if (metrics.Count > 0)
            {
                chosen = new Metrics(metrics.Count);
                foreach (var metric in metrics)
                {
                    var today = _grid.Vocabulary.Metric(metric);
                    if (report.Metrics.TryGet(today, out var value))
                    {
                        chosen[metric] = value;
                    }
                    else if (report.Value(today) is { } automatic)
                    {
                        chosen[metric] = automatic;
                    }
                    else
                    {
                        continue;
                    }

                    missing.Remove(metric);
                }
            }

            rows.Add(new(report.Number, report.TrainingIteration, report.At, report.TimeTotal, chosen));
        }

        return missing.Count == 0 || rows.Count == 0
            ? rows
            : throw new KeyNotFoundException($"Trial {Id} reported no '{missing.First()}'."
                + ResultGrid.MetricHint(missing.First(), _grid.Record.MetricNames(Id)));
    }
}
