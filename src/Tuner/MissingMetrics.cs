using Microsoft.Extensions.Logging;
using Tuning.Specification;
using Tuning.Training;

namespace Tuning;

/// <summary>Metrics that an experiment names and a first report does not carry: mostly misspelt.</summary>
internal static class MissingMetrics
{
    /// <summary>Warns once of each, with the nearest names.</summary>
    public static void Warn(ExperimentSpec spec, TrainableDefinition trainable, Metrics metrics, ILogger logger)
    {
        foreach (var warning in UnknownMetrics.Warnings(spec, trainable, metrics))
        {
            RunnerLog.MetricMissing(logger, warning);
        }
    }
}
