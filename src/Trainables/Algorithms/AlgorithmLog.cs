using Microsoft.Extensions.Logging;

namespace Tuning.Algorithms;

/// <summary>What algorithms write to the log. Ids from 3000.</summary>
internal static partial class AlgorithmLog
{
    [LoggerMessage(3000, LogLevel.Warning, "{Notice}")]
    public static partial void RestoreNotice(ILogger logger, string notice);
}
