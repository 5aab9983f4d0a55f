using Tuning.Spaces.Expressions;

namespace Tuning.Dashboard.Projection;

/// <summary>
/// What the names of a filter stand for: a trial's parameters, its last metrics (with dots for slashes, or in backticks), and <c>trial</c>, <c>status</c>,
/// <c>value</c>, <c>reports</c>, <c>training_iteration</c>, <c>time_total_s</c>, <c>feasible</c>.
/// </summary>
internal sealed class TrialScope(ExperimentProjection projection, TrialView trial) : IFormulaScope
{
    private static readonly ImmutableArray<string> _own = ["trial", "status", "value", "reports", "training_iteration", "time_total_s", "feasible"];

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => [.. _own, .. projection.Info.Space.Domains.Select(d => d.Key), .. projection.Metrics.Take(1000)];

    /// <summary>The trials for which a condition holds; those for which it has no value are not among them.</summary>
    /// <exception cref="ExpressionException">It names what no trial has, or cannot be computed.</exception>
    public static IEnumerable<int> Matching(Formula formula, ExperimentProjection projection)
    {
        foreach (var trial in projection.Trials())
        {
            if (formula.Test(new TrialScope(projection, trial)) == true)
            {
                yield return trial.Id.Number;
            }
        }
    }

    /// <inheritdoc/>
    public NameLookup Find(ImmutableArray<string> name, out object? value)
    {
        if (ParameterScope.Walk(trial.Config, name.AsSpan(), out value))
        {
            return value is null ? NameLookup.Absent : NameLookup.Found;
        }

        var metric = projection.Info.Vocabulary.Metric(string.Join('/', name));
        if (projection.LastReport(trial.Id) is { } report && report.Metrics.TryGet(metric, out var reported))
        {
            value = reported.Kind switch
            {
                MetricKind.Flag => reported.Flag,
                MetricKind.Text => reported.Text,
                _ => reported.Number,
            };
            return value is null or double.NaN ? NameLookup.Absent : NameLookup.Found;
        }

        value = name is not [var only] ? null : only switch
        {
            "trial" => (long)trial.Id.Number,
            "status" => trial.Word,
            "value" => trial.Standing,
            "reports" => (long)trial.Reports,
            "training_iteration" => trial.TrainingIteration,
            "time_total_s" => trial.TimeTotal,
            "feasible" => trial.IsFeasible,
            _ => null,
        };
        return value is not (null or double.NaN) ? NameLookup.Found
            : (name.Length == 1 && _own.Contains(name[0])) || projection.HasMetric(metric)
                || projection.Info.Space.Domains.Any(d => d.Key == string.Join('.', name)) ? NameLookup.Absent : NameLookup.Unknown;
    }
}
