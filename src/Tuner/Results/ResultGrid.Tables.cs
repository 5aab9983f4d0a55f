using System.Globalization;
using Tuning.Results;
using Tuning.Trials;

namespace Tuning;

public sealed partial class ResultGrid
{
    private static readonly string[] _firstColumns = ["trial_id", "status", "reports", AutoMetrics.TrainingIteration, AutoMetrics.TimeTotal];
    private static readonly string[] _lastColumns = ["checkpoint", "reason"];

    /// <summary>One row per trial with its last metrics, its configuration and why it ended.</summary>
    public ResultTable ToTable()
    {
        string[] first = FeasibleIf.IsEmpty ? _firstColumns : [.. _firstColumns, "violation"];
        var metrics = Record.MetricNames().Except(first, StringComparer.Ordinal).ToList();
        var parameters = _trials.SelectMany(t => t.Config.Flatten().Select(p => p.Key)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var rows = new List<IReadOnlyList<object?>>(Count);
        foreach (var trial in this)
        {
            var last = LastReport(trial.Id)?.Metrics;
            rows.Add(
            [
                trial.Id.ToString(), trial.Status.ToString().ToLowerInvariant(), (long)trial.Reports, trial.TrainingIteration, trial.TimeTotal.TotalSeconds,
                .. FeasibleIf.IsEmpty ? (object?[])[] : [trial.Violation],
                .. metrics.Select(m => last is not null && last.TryGet(m, out var value) ? ResultTable.Cell(value) : null),
                .. parameters.Select(p => trial.Config.TryGet(p, out var value) ? value : null),
                trial.Checkpoint is { } checkpoint ? Path.GetRelativePath(Directory, checkpoint.Path).Replace('\\', '/') : null,
                trial.Reason,
            ]);
        }

        return new([.. first, .. metrics, .. parameters.Select(p => "config/" + p.Replace('.', '/')), .. _lastColumns], rows);
    }

    /// <summary>Writes <see cref="ToTable"/> as CSV.</summary>
    /// <param name="path">The file; one that exists is replaced.</param>
    public void WriteCsv(string path)
    {
        using var writer = new StreamWriter(path);
        ToTable().WriteCsv(writer);
    }

    /// <summary>Writes every report of every trial as CSV: one row per report, with the trial's number and all metrics.</summary>
    /// <param name="path">The file; one that exists is replaced. Memory does not grow with the number of reports.</param>
    public void WriteHistoryCsv(string path)
    {
        string[] automatic = ["trial_id", "report", AutoMetrics.TrainingIteration, AutoMetrics.TimeTotal, AutoMetrics.Timestamp];
        var metrics = Record.MetricNames().Except(automatic, StringComparer.Ordinal).ToList();
        using var writer = new StreamWriter(path);
        ResultTable.WriteRow(writer, [.. automatic, .. metrics]);
        foreach (var report in Record.Reports())
        {
            ResultTable.WriteRow(
                writer,
                [
                    report.Trial.ToString(), report.Number.ToString(CultureInfo.InvariantCulture), report.TrainingIteration, report.TimeTotal, report.At.ToUnixTimeSeconds(),
                    .. metrics.Select(m => report.Metrics.TryGet(m, out var value) ? ResultTable.Cell(value) : null),
                ]);
        }
    }
}
