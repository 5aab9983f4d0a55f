namespace Tuning.Execution;

/// <summary>What the execution of trials logs. Numbers 1200 to 1299.</summary>
internal static partial class Log
{
    [LoggerMessage(1200, LogLevel.Warning, "Trial {Trial} failed: {Message}")]
    public static partial void TrialFailed(ILogger logger, TrialId trial, string message, Exception exception);

    [LoggerMessage(1201, LogLevel.Warning,
        "Trial {Trial} repeats report {Report} after a restart and reports something else than before; the first report stands. "
        + "Training from its checkpoint is not exact")]
    public static partial void CatchUpDiffers(ILogger logger, TrialId trial, int report);

    [LoggerMessage(1202, LogLevel.Warning,
        "Trial {Trial} ended while it repeated reports after a restart, at report {Report} of {Recorded} recorded ones; the record stands")]
    public static partial void CatchUpEndedEarly(ILogger logger, TrialId trial, int report, int recorded);

    [LoggerMessage(1203, LogLevel.Warning,
        "Trial {Trial}: a checkpoint is due after report {Report}, but the report came without a save delegate; pass save: at every report")]
    public static partial void NothingToSave(ILogger logger, TrialId trial, int report);

    [LoggerMessage(1208, LogLevel.Warning, "Trial {Trial} has no checkpoint after report {Report}: {Why}")]
    public static partial void NothingSaved(ILogger logger, TrialId trial, int report, string why);

    [LoggerMessage(1205, LogLevel.Warning, "Trial {Trial} has ended, and code that it left running failed: {Message}")]
    public static partial void FailedAfterItsEnd(ILogger logger, TrialId trial, string message, Exception exception);

    [LoggerMessage(1206, LogLevel.Warning,
        "Trial {Trial} goes on from {Checkpoint} and reports without having looked at it, so that it trains from the beginning: begin from trial.Checkpoint "
        + "where there is one, or declare no checkpoints. Said once")]
    public static partial void CheckpointIsIgnored(ILogger logger, TrialId trial, string checkpoint);

    [LoggerMessage(1207, LogLevel.Warning,
        "Trial {Trial} is abandoned: {Why} Its slot is free; its thread was told to stop and may go on and hold what it has. In a process of its own "
        + "(isolation: process) it would have ended")]
    public static partial void Abandoned(ILogger logger, TrialId trial, string why);

    [LoggerMessage(1204, LogLevel.Warning, "Trial {Trial}: {File} cannot be written: {Message}")]
    public static partial void ErrorFileFailed(ILogger logger, TrialId trial, string file, string message);
}
