namespace Tuning.Loggers;

/// <summary>The fields that every line of <c>result.json</c> and row of <c>progress.csv</c> has without the trainable's doing.</summary>
internal static class AutoFields
{
    public const string Date = "date";
    public const string TrialId = "trial_id";
    public const string ProcessId = "pid";
    public const string HostName = "hostname";
    public const string Done = "done";
    public const string StopReason = "stop_reason";
    public const string Config = "config";

    /// <summary>Names that a trainable cannot set: theirs is ours to say.</summary>
    public static bool IsReserved(string metric) => metric is TrialId or Done or StopReason;

    /// <summary>Whether a line has such a field of its own: metrics below it, <c>done/x</c>, keep their whole path as their name.</summary>
    public static bool IsTop(string name) => IsReserved(name)
        || name is Config or Date or ProcessId or HostName or AutoMetrics.TrainingIteration or AutoMetrics.TimeTotal or AutoMetrics.TimeThisIteration
            or AutoMetrics.Timestamp;

    /// <summary>The local time of a report as Ray writes it, with its offset: <c>2026-11-20_08-15-00+01:00</c>.</summary>
    public static string DateOf(TrialReport report) => report.At.ToLocalTime().ToString("yyyy-MM-dd_HH-mm-sszzz", CultureInfo.InvariantCulture);
}
