namespace Tuning.CommandLine;

/// <summary>What all commands share.</summary>
internal sealed record CommandContext
{
    /// <summary>All went well.</summary>
    public const int Success = 0;

    /// <summary>A trial failed for good, or an experiment could not go on.</summary>
    public const int Failure = 1;

    /// <summary>The experiment is suspended because of the machine, and a resume loses nothing: a full disk, no more file descriptors.</summary>
    public const int Suspended = 75;

    /// <summary>The file is not valid, or the command was used wrongly.</summary>
    public const int Usage = 2;

    /// <summary>Whether an experiment counts as failed: it ended with an error, could not go on, or has a trial that failed for good.</summary>
    /// <param name="results">Its results; null when it ended with an error.</param>
    public static bool IsFailure(ResultGrid? results) => results is null || results.IsFailed || results.CountOf(TrialStatus.Failed) > 0;

    /// <summary>Makes the host; called only by commands that need one.</summary>
    public required Func<ExperimentHost> Host { get; init; }

    /// <summary>Results.</summary>
    public TextWriter Output { get; init; } = ConsoleWriter.Out;

    /// <summary>What went wrong.</summary>
    public TextWriter Error { get; init; } = ConsoleWriter.Error;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
