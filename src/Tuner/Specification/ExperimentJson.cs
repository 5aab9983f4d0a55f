namespace Tuning.Specification;

/// <summary>The canonical form of an experiment: the grammar of experiment files, flattened, nothing left to a default.</summary>
internal static class ExperimentJson
{
    public static ParameterSet Write(ExperimentSpec spec) => ParameterSet.From(
    [
        new("name", spec.Name),
        new("run", spec.Run),
        .. spec.Settings.Count == 0 ? (KeyValuePair<string, object?>[])[] : [new("settings", spec.Settings)],
        new("config", spec.Space.ToParameters()),
        new("constraints", spec.Constraints),
        new("feasible_if", spec.FeasibleIf),
        new("stop", spec.Stop.Select(s => Map(("metric", s.Metric), ("is", s.Threshold.Operator), ("value", s.Threshold.Value)))),
        new("stoppers", spec.Stoppers.Select(s => s.ToParameters())),
        new("objectives", spec.Objectives.Select(o => Map(("metric", o.Metric), ("mode", o.Mode)))),
        .. spec.ReferencePoint.IsEmpty ? (KeyValuePair<string, object?>[])[] : [new("reference_point", spec.ReferencePoint)],
        .. spec.StrictMetric ? (KeyValuePair<string, object?>[])[new("strict_metric", true)] : [],
        .. spec.Scope == ResultScope.Last ? (KeyValuePair<string, object?>[])[] : [new("scope", spec.Scope)],
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
        .. Map("resources_per_trial", ResourceForm.Write(spec.ResourcesPerTrial)),
        .. Map("resources", ResourceForm.Write(spec.Resources)),
        .. spec.Machine is null ? [] : Map("machine", ResourceForm.Write(spec.Machine)),
        .. spec.TrialTimeout is null ? (KeyValuePair<string, object?>[])[] : [new("trial_timeout", spec.TrialTimeout.Value.TotalSeconds)],
        .. spec.ReportTimeout is null ? (KeyValuePair<string, object?>[])[] : [new("report_timeout", spec.ReportTimeout.Value.TotalSeconds)],
        .. spec.Isolation is null ? (KeyValuePair<string, object?>[])[] : [new("isolation", spec.Isolation)],
        new("storage_path", spec.StoragePath),
    ]);

    /// <summary>Reads what <see cref="Write"/> gives.</summary>
    /// <exception cref="JsonException">It is not that; the message says where.</exception>
    public static ExperimentSpec Read(ParameterSet tree) => new()
    {
        Name = Get<string>(tree, "name"),
        Run = Get<string>(tree, "run"),
        Settings = Get<ParameterSet>(tree, "settings", ParameterSet.Empty),
        Space = SearchSpace.FromTree(Get<ParameterSet>(tree, "config"), out var errors) is var space && errors.Count == 0 ? space
            : throw Wrong("config", errors[0].Message),
        Constraints = Get<ImmutableArray<string>>(tree, "constraints"),
        FeasibleIf = Get<ImmutableArray<string>>(tree, "feasible_if", []),
        Stop = [.. Maps(tree, "stop")
            .Select(s => new StopCondition(Get<string>(s, "metric"), new(ComparisonOf(Get<string>(s, "is")), Get<double>(s, "value"))))],
        Stoppers = Components(tree, "stoppers"),
        Objectives = [.. Maps(tree, "objectives").Select(o => new Objective(Get<string>(o, "metric"), Get<Mode>(o, "mode")))],
        ReferencePoint = Get<ImmutableArray<double>>(tree, "reference_point", []),
        StrictMetric = Get(tree, "strict_metric", false),
        Scope = Get<ResultScope>(tree, "scope", ResultScope.Last),
        NumSamples = Get<int>(tree, "num_samples"),
        MaxConcurrentTrials = Get<int?>(tree, "max_concurrent_trials", null),
        TimeBudget = Get<double?>(tree, "time_budget_s", null) is { } seconds ? Span("time_budget_s", seconds) : null,
        Seed = Get<string?>(tree, "seed", null) is { } seed ? Limits.Seed(seed) ?? throw Wrong("seed", $"is '{seed}'; it must be a whole number of 64 bits.")
            : null,
        SearchAlg = ComponentSpec.From(Get<ParameterSet>(tree, "search_alg")),
        Scheduler = ComponentSpec.From(Get<ParameterSet>(tree, "scheduler")),
        Checkpoints = Bind<CheckpointConfig>(tree, "checkpoint_config"),
        Failures = Bind<FailureConfig>(tree, "failure_config"),
        Hooks = [.. Maps(tree, "callbacks").Select(h => new HookSpec(Get<string>(h, "hook"), Get<string>(h, "action"), Get<ParameterSet>(h, "options")))],
        Loggers = Get<object?>(tree, "loggers", null) is null ? null : Components(tree, "loggers"),
        CpuPerTrial = Get<double?>(tree, "cpu_per_trial", null),
        ResourcesPerTrial = ResourceForm.Read(Get<ParameterSet>(tree, "resources_per_trial", ParameterSet.Empty), out TrialResources asked) is [var wrong, ..]
            ? throw Wrong("resources_per_trial." + wrong.Path, wrong.Message) : asked,
        Resources = Machine(tree, "resources"),
        Machine = Get<object?>(tree, "machine", null) is null ? null : Machine(tree, "machine"),
        TrialTimeout = Get<double?>(tree, "trial_timeout", null) is { } ofTrial ? Span("trial_timeout", ofTrial) : null,
        ReportTimeout = Get<double?>(tree, "report_timeout", null) is { } ofReport ? Span("report_timeout", ofReport) : null,
        Isolation = Get<Isolation?>(tree, "isolation", null),
        StoragePath = Get<string>(tree, "storage_path"),
    };

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

    private static Comparison ComparisonOf(string text) => TryComparison(text, out var comparison) ? comparison
        : throw Wrong("is", $"is '{text}', which compares nothing.");

    private static TimeSpan Span(string name, double seconds) => seconds is > 0 and < 1e11 ? TimeSpan.FromSeconds(seconds)
        : throw Wrong(name, Invariant($"is {seconds}; it must be more than 0 seconds."));

    private static ParameterSet Map(params IEnumerable<(string Name, object? Value)> entries) =>
        ParameterSet.From(entries.Select(e => KeyValuePair.Create(e.Name, e.Value)));

    private static KeyValuePair<string, object?>[] Map(string name, ParameterSet set) => set.Count == 0 ? [] : [new(name, set)];

    private static MachineResources Machine(ParameterSet tree, string name) =>
        ResourceForm.Read(Get<ParameterSet>(tree, name, ParameterSet.Empty), out MachineResources machine) is [var wrong, ..]
            ? throw Wrong($"{name}.{wrong.Path}", wrong.Message) : machine;

    private static T Get<T>(ParameterSet tree, string name) => tree.TryGetOwn(name, out var value) ? Convert<T>(value, name) : throw Wrong(name, "is missing.");

    private static T Get<T>(ParameterSet tree, string name, T fallback) => tree.TryGetOwn(name, out var value) ? value is null ? fallback
        : Convert<T>(value, name) : fallback;

    private static T Convert<T>(object? value, string name) => value is T same ? same
        : value is not null && ConfigurationBinder.TryConvert(value, typeof(T), out var converted) && converted is T read ? read
        : throw Wrong(name, $"is {TypeText.Show(value)}; it must be {TypeText.Of(typeof(T))}.");

    private static T Bind<T>(ParameterSet tree, string name) =>
        OptionSchema.Of(typeof(T)).Read(Get<ParameterSet>(tree, name), out var value, rules: false) is { Count: > 0 } issues
        ? throw Wrong(OptionSchema.Join(name, issues[0].Path), issues[0].Message)
        : (T)value!;

    private static IEnumerable<ParameterSet> Maps(ParameterSet tree, string name) =>
        Get<ParameterList>(tree, name).Select(item => Convert<ParameterSet>(item, name));

    private static ImmutableArray<ComponentSpec> Components(ParameterSet tree, string name) => [.. Maps(tree, name).Select(ComponentSpec.From)];

    private static JsonException Wrong(string path, string message) => new($"This is not the canonical form of an experiment: '{path}' {message}");
}
