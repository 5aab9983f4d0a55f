using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Tuning.Training;

namespace Tuning.Specification;

/// <summary>The canonical form of an experiment: the grammar of experiment files, flattened, nothing left to a default.</summary>
internal static class ExperimentJson
{
    public static ParameterSet Write(ExperimentSpec spec) => ParameterSet.From(
    [
        new("name", spec.Name),
        new("run", spec.Run),
        new("config", spec.Space.ToParameters()),
        new("constraints", spec.Constraints),
        new("feasible_if", spec.FeasibleIf),
        new("stop", spec.Stop.Select(s => Map(("metric", s.Metric), ("is", s.Threshold.Operator), ("value", s.Threshold.Value)))),
        new("stoppers", spec.Stoppers.Select(s => s.ToParameters())),
        new("objectives", spec.Objectives.Select(o => Map(("metric", o.Metric), ("mode", o.Mode)))),
        .. spec.ReferencePoint.IsEmpty ? (KeyValuePair<string, object?>[])[] : [new("reference_point", spec.ReferencePoint)],
        new("num_samples", spec.NumSamples),
        new("max_concurrent_trials", spec.MaxConcurrentTrials),
        new("time_budget_s", spec.TimeBudget?.TotalSeconds),
        new("seed", spec.Seed?.ToString(CultureInfo.InvariantCulture)),
        new("search_alg", spec.SearchAlg.ToParameters()),
        new("scheduler", spec.Scheduler.ToParameters()),
        new("checkpoint_config", ConfigurationBinder.ToParameters(spec.Checkpoints)),
        new("failure_config", ConfigurationBinder.ToParameters(spec.Failures)),
        new("callbacks", spec.Hooks.Select(h => Map(("hook", h.Hook), ("action", h.Action), ("options", h.Options)))),
        new("loggers", spec.Loggers?.Select(l => l.ToParameters())),
        new("cpu_per_trial", spec.CpuPerTrial),
        new("storage_path", spec.StoragePath),
    ]);

    public static ExperimentSpec Read(ParameterSet tree)
    {
        try
        {
            return new()
            {
                Name = tree.Get<string>("name"),
                Run = tree.Get<string>("run"),
                Space = SearchSpace.FromTree((ParameterSet)tree["config"]!),
                Constraints = [.. List(tree, "constraints").Cast<string>()],
                FeasibleIf = tree.TryGet("feasible_if", out var feasible) ? [.. ((ParameterList)feasible!).Cast<string>()] : [],
                Stop = [.. Maps(tree, "stop").Select(s => new StopCondition(s.Get<string>("metric"), new(ComparisonOf(s.Get<string>("is")), s.Get<double>("value"))))],
                Stoppers = Components(tree, "stoppers"),
                Objectives = [.. Maps(tree, "objectives").Select(o => new Objective(o.Get<string>("metric"), o.Get<Mode>("mode")))],
                ReferencePoint = tree.TryGet("reference_point", out var reference) ? [.. ((ParameterList)reference!).Select(v => Convert.ToDouble(v, CultureInfo.InvariantCulture))] : [],
                NumSamples = tree.Get<int>("num_samples"),
                MaxConcurrentTrials = tree.Get<int?>("max_concurrent_trials", null),
                TimeBudget = tree.Get<double?>("time_budget_s", null) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
                Seed = tree.Get<string?>("seed", null) is { } seed ? ulong.Parse(seed, CultureInfo.InvariantCulture) : null,
                SearchAlg = ComponentSpec.From((ParameterSet)tree["search_alg"]!),
                Scheduler = ComponentSpec.From((ParameterSet)tree["scheduler"]!),
                Checkpoints = ((ParameterSet)tree["checkpoint_config"]!).Bind<CheckpointConfig>(),
                Failures = ((ParameterSet)tree["failure_config"]!).Bind<FailureConfig>(),
                Hooks = [.. Maps(tree, "callbacks").Select(h => new HookSpec(h.Get<string>("hook"), h.Get<string>("action"), (ParameterSet)h["options"]!))],
                Loggers = tree["loggers"] is null ? null : Components(tree, "loggers"),
                CpuPerTrial = tree.Get<double?>("cpu_per_trial", null),
                StoragePath = tree.Get<string>("storage_path"),
            };
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or InvalidCastException or ArgumentException or FormatException or NullReferenceException or OverflowException)
        {
            throw new JsonException($"This is not the canonical form of an experiment: {e.Message}", e);
        }
    }

    public static bool TryComparison(string text, out Comparison comparison)
    {
        comparison = text switch
        {
            ">=" => Comparison.AtLeast,
            "<=" => Comparison.AtMost,
            ">" => Comparison.MoreThan,
            _ => Comparison.LessThan,
        };
        return text is ">=" or "<=" or ">" or "<";
    }

    private static Comparison ComparisonOf(string text) => TryComparison(text, out var comparison) ? comparison : throw new FormatException($"'{text}' compares nothing.");

    private static ParameterSet Map(params IEnumerable<(string Name, object? Value)> entries) => ParameterSet.From(entries.Select(e => KeyValuePair.Create(e.Name, e.Value)));

    private static ParameterList List(ParameterSet tree, string name) => (ParameterList)tree[name]!;

    private static IEnumerable<ParameterSet> Maps(ParameterSet tree, string name) => List(tree, name).Cast<ParameterSet>();

    private static ImmutableArray<ComponentSpec> Components(ParameterSet tree, string name) => [.. Maps(tree, name).Select(ComponentSpec.From)];
}
