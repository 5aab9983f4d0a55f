namespace Tuning.Experiments;

/// <summary>Opens logs of experiments.</summary>
internal interface IExperimentLogs
{
    /// <summary>The log of an experiment; to be disposed of at its end.</summary>
    ILoggerFactory Open(string directory);
}

/// <summary>A log that is written for each experiment beside what the host logs to.</summary>
internal interface IExperimentLog
{
    /// <summary>Opens it for one experiment; to be disposed of at its end.</summary>
    ILoggerProvider Open(string directory);
}
