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
        foreach (var (place, metric) in MetricCheck.Named(spec).DistinctBy(n => n.Metric))
        {
            if (!metrics.TryGet(metric, out _) && !MetricCheck.IsDeclared(trainable, metric))
            {
                List<string> known = [.. metrics.Select(m => m.Key), .. MetricCheck.Known(trainable)];
                RunnerLog.MetricMissing(logger, metric, place, NameHint.For(metric, known, "metrics"));
            }
        }
    }
}
