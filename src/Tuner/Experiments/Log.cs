namespace Tuning.Experiments;

/// <summary>What running an experiment logs. Numbers 1400 to 1499.</summary>
internal static partial class Log
{
    [LoggerMessage(1400, LogLevel.Information, "Experiment {Name} begins in {Directory} with seed {Seed}")]
    public static partial void Begins(ILogger logger, string name, string directory, ulong seed);

    [LoggerMessage(1401, LogLevel.Information, "Experiment {Name} in {Directory} goes on after {Lines} lines of its journal")]
    public static partial void GoesOn(ILogger logger, string name, string directory, long lines);

    [LoggerMessage(1402, LogLevel.Information, "An earlier run has not finished. To continue it: resume {Directory}")]
    public static partial void Unfinished(ILogger logger, string directory);

    [LoggerMessage(1406, LogLevel.Information, "Experiment {Name} has not finished. To go on with it: resume {Directory}, or Tuner.RestoreAsync")]
    public static partial void ToGoOn(ILogger logger, string name, string directory);

    [LoggerMessage(1404, LogLevel.Information, "Warm start: {Usage}")]
    public static partial void WarmStart(ILogger logger, string usage);

    [LoggerMessage(1403, LogLevel.Warning, "{Notice}")]
    public static partial void Notice(ILogger logger, string notice);

    [LoggerMessage(1407, LogLevel.Warning, "{Warning}")]
    public static partial void MetricMissing(ILogger logger, string warning);

    [LoggerMessage(1405, LogLevel.Information, "Trials at once: {Count}; threads of each: {Cpus}")]
    public static partial void Resources(ILogger logger, int count, int cpus);
}
