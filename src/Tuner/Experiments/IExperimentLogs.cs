using Microsoft.Extensions.Logging;

namespace Tuning.Experiments;

/// <summary>Opens logs of experiments.</summary>
internal interface IExperimentLogs
{
    /// <summary>The log of an experiment; to be disposed of at its end.</summary>
    ILoggerFactory Open(string directory);
}
