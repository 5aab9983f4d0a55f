namespace Tuning.Loggers.Files;

/// <summary>When a logger's file of a trial is kept open.</summary>
internal static class TrialStates
{
    /// <summary>Whether a segment of the trial is running: only then does its file stay open between reports.</summary>
    public static bool IsActive(this TrialView trial) =>
        trial.Status is TrialStatus.Running or TrialStatus.Pausing or TrialStatus.Exploiting or TrialStatus.Stopping;

    /// <summary>Whether the trial has ended.</summary>
    public static bool HasEnded(this TrialView trial) => trial.Status is TrialStatus.Terminated or TrialStatus.Failed;

    /// <summary>The reason for which an ended trial has ended.</summary>
    public static string EndReason(this TrialView trial) => trial.Reason ?? (trial.Status == TrialStatus.Failed ? "failed" : "completed");

    /// <summary>Whether this report, delivered after a resume, is the last one of a trial that has ended before.</summary>
    public static bool IsLastOfEnded(this TrialView trial, TrialReport report) => trial.HasEnded() && report.Number >= trial.Reports;
}
