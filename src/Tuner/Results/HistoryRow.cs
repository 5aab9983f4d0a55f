namespace Tuning;

/// <summary>One report of a trial, read back. Immutable.</summary>
/// <param name="Report">Its number within the trial, from 1.</param>
/// <param name="TrainingIteration">The trial's <c>training_iteration</c>; after an exploit it may go back.</param>
/// <param name="At">When it was received.</param>
/// <param name="TimeTotal">Seconds that the trial had trained.</param>
/// <param name="Metrics">The metrics that were asked for, as far as this report has them. Arrays are not kept.</param>
public sealed record HistoryRow(int Report, long TrainingIteration, DateTimeOffset At, double TimeTotal, Metrics Metrics)
{
    /// <summary>A number by path; NaN where this report has none.</summary>
    public double this[string metric] => Metrics.Number(metric) ?? double.NaN;
}
