using Tuning.Training;

namespace Tuning.Specification;

/// <summary>Rules about metrics that an experiment names.</summary>
internal static class MetricCheck
{
    /// <summary>Numbers that every report has, whatever its trainable reports.</summary>
    public static readonly string[] Automatic = [AutoMetrics.TrainingIteration, AutoMetrics.TimeTotal, AutoMetrics.TimeThisIteration, AutoMetrics.Timestamp];

    /// <summary>Every metric that the experiment names, with the path of the place.</summary>
    public static IEnumerable<(string Path, string Metric)> Named(ExperimentSpec spec) =>
    [
        .. spec.Stop.Select(s => ("stop." + s.Metric, s.Metric)),
        .. spec.Objectives.Select(o => ("tune.metric", o.Metric)),
        .. spec.Checkpoints.CheckpointScoreAttribute is { } score ? [("checkpoint_config.checkpoint_score_attribute", score)] : Array.Empty<(string, string)>(),
        .. spec.Stoppers.SelectMany((s, i) => InOptions(s.Options, $"tune.stoppers[{i}]")),
        .. InOptions(spec.Scheduler.Options, "tune.scheduler"),
        .. InOptions(spec.SearchAlg.Options, "tune.search_alg"),
        .. FeasibilityCheck.Named(spec),
    ];

    private static IEnumerable<(string Path, string Metric)> InOptions(object? value, string path) => value switch
    {
        ParameterSet map => map.SelectMany(p => p is { Key: "metric" or "time_attr", Value: string metric } ? [($"{path}.{p.Key}", metric)]
            : InOptions(p.Value, $"{path}.{p.Key}")),
        ParameterList list => list.SelectMany((item, i) => InOptions(item, $"{path}[{i}]")),
        _ => [],
    };

    /// <summary>Metrics that a trainable which declares all of them never reports.</summary>
    public static IEnumerable<ParameterIssue> Stop(ExperimentSpec spec, TrainableDefinition? trainable) =>
        trainable is null || !trainable.DeclaresAllMetrics
            ? []
            : Named(spec).Where(n => !IsDeclared(trainable, n.Metric))
                .Select(n => new ParameterIssue(n.Path, $"'{trainable.Name}' never reports " +
                $"'{n.Metric}'.{NearestName.For(n.Metric, Known(trainable), "metrics")}")
                {
                    IsAboutName =
                n.Path.StartsWith("stop.", StringComparison.Ordinal)
                });

    public static bool IsDeclared(TrainableDefinition trainable, string metric) => Automatic.Contains(metric)
        || trainable.DeclaredMetrics.Any(d => d == metric
            || (d.EndsWith("/*", StringComparison.Ordinal) && metric.StartsWith(d[..^1], StringComparison.Ordinal)));

    /// <summary>Names to suggest, old ones included.</summary>
    public static List<string> Known(TrainableDefinition trainable) =>
        [.. trainable.DeclaredMetrics.Where(d => !d.EndsWith('*')), .. Automatic, .. trainable.Vocabulary.Metrics.Keys.Where(k => !k.EndsWith('/'))];
}
