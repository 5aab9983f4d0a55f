namespace Tuning.Running;

/// <summary>What the loop logs. Numbers 1300 to 1399.</summary>
internal static partial class Log
{
    /// <summary>Logs a decision that is made rarely.</summary>
    public static void Decided(ILogger logger, ExperimentCommand command)
    {
        switch (command)
        {
            case ExperimentCommand.EndTrial { Status: TrialStatus.Failed } e:
                TrialFails(logger, e.Trial, e.Reason);
                break;
            case ExperimentCommand.EndTrial e:
                TrialTerminates(logger, e.Trial, e.Reason);
                break;
            case ExperimentCommand.RetryTrial r:
                TrialRetries(logger, r.Trial, r.Failures, r.Reason);
                break;
            case ExperimentCommand.AdoptCheckpoint a:
                TrialExploits(logger, a.Trial, a.Source.RelativePath);
                break;
            case ExperimentCommand.StopExperiment s:
                ExperimentStops(logger, s.Reason);
                break;
            case ExperimentCommand.FinishExperiment f:
                ExperimentEnds(logger, f.Reason);
                break;
            case ExperimentCommand.SuspendExperiment s:
                ExperimentEnds(logger, s.Reason);
                break;
        }
    }

    [LoggerMessage(1300, LogLevel.Debug, "Trial {Trial} starts from {Checkpoint}")]
    public static partial void TrialStarts(ILogger logger, TrialId trial, string checkpoint);

    [LoggerMessage(1301, LogLevel.Debug, "Trial {Trial}: {Message} came from a segment that is over, and counts for nothing")]
    public static partial void SegmentIsOver(ILogger logger, TrialId trial, string message);

    [LoggerMessage(1302, LogLevel.Information, "Trial {Trial} terminated: {Reason}")]
    public static partial void TrialTerminates(ILogger logger, TrialId trial, string reason);

    [LoggerMessage(1311, LogLevel.Error, "Trial {Trial} failed for good: {Reason}")]
    public static partial void TrialFails(ILogger logger, TrialId trial, string reason);

    [LoggerMessage(1303, LogLevel.Warning, "Trial {Trial} will be tried again (failure {Failures}): {Reason}")]
    public static partial void TrialRetries(ILogger logger, TrialId trial, int failures, string reason);

    [LoggerMessage(1304, LogLevel.Information, "The experiment stops: {Reason}")]
    public static partial void ExperimentStops(ILogger logger, string reason);

    [LoggerMessage(1305, LogLevel.Information, "The experiment ends: {Reason}")]
    public static partial void ExperimentEnds(ILogger logger, string reason);

    [LoggerMessage(1306, LogLevel.Error, "The callback {Callback} failed and is called no more: {Message}")]
    public static partial void CallbackFailed(ILogger logger, string callback, string message, Exception exception);

    [LoggerMessage(1307, LogLevel.Warning, "{File}: {Message}")]
    public static partial void KeeperFailed(ILogger logger, string file, string message);

    [LoggerMessage(1313, LogLevel.Warning, "{Notice}")]
    public static partial void MovedAside(ILogger logger, string notice);

    [LoggerMessage(1308, LogLevel.Critical, "The loop failed; the journal holds everything up to here: {Message}")]
    public static partial void LoopFailed(ILogger logger, string message, Exception exception);

    [LoggerMessage(1309, LogLevel.Debug, "Trial {Trial} reported ({Report}): {Verdict}")]
    public static partial void TrialReported(ILogger logger, TrialId trial, int report, Control.Verdict verdict);

    [LoggerMessage(1312, LogLevel.Warning,
        "Trial {Trial}: {Checkpoint} is not there any more; the trial goes on from {From} and repeats what is recorded, which stands")]
    public static partial void CheckpointIsGone(ILogger logger, TrialId trial, string checkpoint, string from);

    [LoggerMessage(1314, LogLevel.Error, "The logger {Callback} is incomplete, for it does not write {What}: {Message}. A resume mends it")]
    public static partial void LoggerLost(ILogger logger, string callback, string what, string message);

    [LoggerMessage(1315, LogLevel.Warning, "Trial {Trial}: {Message} An older checkpoint is tried")]
    public static partial void CheckpointIsDamaged(ILogger logger, TrialId trial, string message);

    [LoggerMessage(1316, LogLevel.Warning, "Trial {Trial}: {Why} Its process was ended by force")]
    public static partial void EndedByForce(ILogger logger, TrialId trial, string why);

    [LoggerMessage(1317, LogLevel.Information, "The experiment is suspended: {Message}")]
    public static partial void Suspended(ILogger logger, string message);

    [LoggerMessage(1310, LogLevel.Information, "Trial {Trial} takes over {Checkpoint}")]
    public static partial void TrialExploits(ILogger logger, TrialId trial, string checkpoint);
}
