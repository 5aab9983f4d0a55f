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

    /// <summary>Metrics that a trainable which declares all of them reports with none of the configurations that the experiment tries.</summary>
    public static IEnumerable<ParameterIssue> Stop(ExperimentSpec spec, TrainableDefinition? trainable)
    {
        var declared = trainable is null || !spec.StrictMetric ? [] : Declarations(spec, trainable);
        return declared.Count == 0 || !declared.TrueForAll(d => d.AreAll)
            ? []
            : Named(spec).Where(n => !Has(declared, n.Metric)).Select(n => new ParameterIssue(n.Path, $"'{trainable!.Name}' never reports '{n.Metric}'" +
                (declared[0].WhyNot(n.Metric) is { } reason ? $": {reason}." : "." + NearestName.For(n.Metric, Known(declared, trainable), "metrics")))
            {
                IsAboutName = n.Path.StartsWith("stop.", StringComparison.Ordinal)
            });
    }

    /// <summary>Metrics that some trial must report, because nobody declares them. Without those of feasible_if trials are infeasible, which is said.</summary>
    public static ImmutableArray<Control.NamedMetric> Watched(ExperimentSpec spec, TrainableDefinition trainable)
    {
        var named = spec.StrictMetric && trainable != AskAndTell.Instance
            ? Named(spec).Where(n => !Automatic.Contains(n.Metric)).Except(FeasibilityCheck.Named(spec)).ToList() : [];
        var declared = named.Count == 0 ? [] : Declarations(spec, trainable);
        return [.. named.Where(n => !Has(declared, n.Metric)).Select(n => new Control.NamedMetric(n.Metric, n.Path)).Distinct()];
    }

    /// <summary>What a trainable declares for the configurations that the experiment tries.</summary>
    public static List<MetricDeclaration> Declarations(ExperimentSpec spec, TrainableDefinition trainable) =>
        [.. SampleConfigs.Of(spec.Space, spec.Constraints).Select(trainable.MetricsOf)];

    /// <summary>Whether a metric is one that every report has, or among what is declared.</summary>
    public static bool Has(List<MetricDeclaration> declared, string metric) => Automatic.Contains(metric) || declared.Exists(d => d.Has(metric));

    /// <summary>Names to suggest, old ones included.</summary>
    public static List<string> Known(List<MetricDeclaration> declared, TrainableDefinition trainable) =>
        [.. declared.SelectMany(d => d.Names).Distinct().Where(d => !d.EndsWith('*')), .. Automatic,
            .. trainable.Vocabulary.Metrics.Keys.Where(k => !k.EndsWith('/'))];
}
