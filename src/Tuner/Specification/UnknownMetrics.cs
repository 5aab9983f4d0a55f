namespace Tuning.Specification;

/// <summary>
/// Says which metrics an experiment names that will probably never come: its first report does not carry them, and its trainable does
/// not declare them. Pure; to be asked once, at the first report of an experiment.
/// </summary>
internal static class UnknownMetrics
{
    /// <summary>One warning for each such metric, with the nearest names; empty when all are known.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="trainable">Its trainable.</param>
    /// <param name="firstReport">What a trial reported first.</param>
    public static IReadOnlyList<string> Warnings(ExperimentSpec experiment, TrainableDefinition trainable, Metrics firstReport)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(trainable);
        ArgumentNullException.ThrowIfNull(firstReport);
        var declared = MetricCheck.Declarations(experiment, trainable);
        var unknown = MetricCheck.Named(experiment)
            .Where(n => !firstReport.TryGet(n.Metric, out _) && !MetricCheck.Has(declared, n.Metric))
            .GroupBy(n => n.Metric, n => n.Path);
        var known = firstReport.Select(m => m.Key).Concat(MetricCheck.Known(declared, trainable)).Distinct().ToList();
        return [.. unknown.Select(u => $"The metric '{u.Key}' ({string.Join(", ", u.Distinct())}) is not in the first report of a trial, and " +
            $"'{trainable.Name}' does not declare it; what it is for will not happen until it comes.{NearestName.For(u.Key, known, "metrics")}")];
    }
}
