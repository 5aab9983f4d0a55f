namespace Tuning.Trials;

/// <summary>One report of a trial, as it is journaled and as stoppers, schedulers and observers see it. Immutable.</summary>
/// <param name="Trial">The trial.</param>
/// <param name="Number">1 for the first report of the trial, then 2, 3 …; never goes back.</param>
/// <param name="At">When it was received.</param>
/// <param name="TimeTotal">Seconds that the trial has trained so far, over all of its segments.</param>
/// <param name="TimeThisIteration">Seconds since the trial's report before, or since the start of its segment.</param>
/// <param name="Metrics">What the trial reported. Arrays are present live and absent in replay.</param>
public sealed record TrialReport(TrialId Trial, int Number, DateTimeOffset At, double TimeTotal, double TimeThisIteration, Metrics Metrics)
{
    /// <summary>The trainable's own <c>training_iteration</c> where it reports one, else <see cref="Number"/>.</summary>
    public long TrainingIteration => Metrics.Number(AutoMetrics.TrainingIteration) is { } own ? (long)own : Number;

    /// <summary>Whether a study was told it at the end of the trial: the trial's value, and no step or instance of its own.</summary>
    /// <value>Default false.</value>
    public bool IsTold { get; init; }

    /// <summary>A number by path; the metrics that every report has (<see cref="AutoMetrics"/>) included. Null when absent or a text.</summary>
    public double? Value(string path) => Metrics.Number(path) ?? path switch
    {
        AutoMetrics.TrainingIteration => Number,
        AutoMetrics.TimeTotal => TimeTotal,
        AutoMetrics.TimeThisIteration => TimeThisIteration,
        AutoMetrics.Timestamp => At.ToUnixTimeSeconds(),
        _ => null,
    };
}

/// <summary>Names of the metrics that every report has without the trainable's doing.</summary>
public static class AutoMetrics
{
    /// <summary>How many reports, or the trainable's own count (an algorithm's goes on after a restore).</summary>
    public const string TrainingIteration = "training_iteration";

    /// <summary>Seconds of training in all segments of the trial.</summary>
    public const string TimeTotal = "time_total_s";

    /// <summary>Seconds since the report before.</summary>
    public const string TimeThisIteration = "time_this_iter_s";

    /// <summary>Seconds since 1970 when the report was received.</summary>
    public const string Timestamp = "timestamp";
}
