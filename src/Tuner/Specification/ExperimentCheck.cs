
namespace Tuning.Specification;

/// <summary>The rules of an experiment that hold wherever it was written. Paths are those of the file grammar.</summary>
internal sealed class ExperimentCheck(ComponentCatalog catalog)
{
    private const int MaxNameLength = 120;

    /// <summary>What is worth saying but does not hinder; after <see cref="Check"/>.</summary>
    public List<ParameterIssue> Notices { get; } = [];

    /// <summary>Everything that is wrong, all at once.</summary>
    public IEnumerable<ParameterIssue> Check(ExperimentSpec spec, TrainableDefinition? trainable)
    {
        var expressions = Expressions(spec);
        Notices.AddRange(ForeignDomains.Of(spec.Space, trainable));
        var explored = new ExploredCheck(catalog, spec, trainable);
        return
        [
            .. Name(spec.Name),
            .. Numbers(spec),
            .. ResourceCheck.Of(spec, trainable, Notices),
            .. Checkpoints(spec.Checkpoints, trainable),
            .. expressions,
            .. FeasibilityCheck.Of(spec),
            .. ReferencePoint(spec),
            .. Components(spec, trainable, makeSearcher: expressions.Count == 0),
            .. MetricCheck.Stop(spec, trainable),
            .. explored.Others(),
            .. explored.Configurations(),
            .. trainable is null ? [] : Hooks(spec, trainable),
            .. trainable?.CheckSettings(spec.Space) ?? [],
        ];
    }

    public static IEnumerable<ParameterIssue> Name(string name)
    {
        if (name.Length is 0 or > MaxNameLength || name[0] == '.' || name[^1] == '.' || !name.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            yield return new("", $"'{name}' cannot be the name of an experiment, because its directory has the same: at most {MaxNameLength} letters, " +
                $"digits, '-', '_' and '.', with no dot at either end.");
        }
    }

    private static IEnumerable<ParameterIssue> Numbers(ExperimentSpec spec)
    {
        if (spec.NumSamples is < 1 and not -1)
        {
            yield return new("num_samples", Invariant($"is {spec.NumSamples}; it must be at least 1, or -1 for no limit."));
        }

        if (spec.MaxConcurrentTrials < 1)
        {
            yield return new("tune.max_concurrent_trials",
                Invariant($"is {spec.MaxConcurrentTrials}; it must be at least 1, or absent for as many as the cores allow."));
        }

        foreach (var (path, limit) in ((string, TimeSpan?)[])[("tune.time_budget_s", spec.TimeBudget), ("trial_timeout", spec.TrialTimeout),
            ("report_timeout", spec.ReportTimeout)])
        {
            if (limit <= TimeSpan.Zero)
            {
                yield return new(path, $"is {Text(limit.Value.TotalSeconds)}; it must be more than 0 seconds, or absent for no limit.");
            }
        }

        if (spec.Failures.MaxFailures < -1)
        {
            yield return new("failure_config.max_failures",
                Invariant($"is {spec.Failures.MaxFailures}; it must be at least 0, or -1 to try again without end."));
        }

        foreach (var twice in spec.Objectives.GroupBy(o => o.Metric).Where(g => g.Count() > 1))
        {
            yield return new("tune.metric", $"'{twice.Key}' stands twice; name each objective once.");
        }
    }

    private static IEnumerable<ParameterIssue> ReferencePoint(ExperimentSpec spec)
    {
        if (spec.ReferencePoint.IsEmpty)
        {
            yield break;
        }

        const string Path = "tune.reference_point";
        if (spec.Objectives.Length < 2)
        {
            yield return new(Path, "is where the hypervolume of several objectives begins, and here is at most one; remove it, or give several metrics: " +
                "metric: [loss, latency].")
            { IsAboutName = true };
        }
        else if (spec.ReferencePoint.Length != spec.Objectives.Length)
        {
            yield return new(Path, $"has {(spec.ReferencePoint.Length == 1 ? "1 value" : $"{spec.ReferencePoint.Length} values")} for " +
                $"{spec.Objectives.Length} metrics; give one of each, in the order {string.Join(", ", spec.Objectives.Select(o => o.Metric))}.");
        }
        else if (!spec.ReferencePoint.All(double.IsFinite))
        {
            yield return new(Path, "has a value that is not finite; give a value of each metric that is just good enough.");
        }
    }

    private static IEnumerable<ParameterIssue> Checkpoints(CheckpointConfig checkpoints, TrainableDefinition? trainable)
    {
        if (checkpoints.CheckpointFrequency < 0)
        {
            yield return new("checkpoint_config.checkpoint_frequency",
                Invariant($"is {checkpoints.CheckpointFrequency}; it must be at least 0 (0 never, 10 after every tenth report)."));
        }

        if (trainable is { Checkpoints: false } && (checkpoints.CheckpointFrequency > 0 || checkpoints.CheckpointAtEnd == true))
        {
            yield return new(checkpoints.CheckpointFrequency > 0 ? "checkpoint_config.checkpoint_frequency" : "checkpoint_config.checkpoint_at_end",
                $"'{trainable.Name}' writes no checkpoints, so none can be asked for; remove it.");
        }

        if (checkpoints.MaxToKeep < 1)
        {
            yield return new("checkpoint_config.num_to_keep",
                Invariant($"is {checkpoints.MaxToKeep}; it must be at least 1, or absent to keep all. The latest is always kept."));
        }
    }

    /// <summary>What is wrong with expressions: their form, names that are not there, values that depend on each other, conditions that do not depend on
    /// anything.</summary>
    private static List<ParameterIssue> Expressions(ExperimentSpec spec) => [.. SearchCheck.Constant(spec), .. spec.Space.Validate(spec.Constraints).Select(e =>
        new ParameterIssue(e.Constraint is { } i ? Invariant($"constraints[{i}]") : e.Segments.IsEmpty ? "config"
            : "config." + e.Path, e.Message))];

    private IEnumerable<ParameterIssue> Components(ExperimentSpec spec, TrainableDefinition? trainable, bool makeSearcher)
    {
        var objectives = spec.Objectives.IsEmpty && trainable?.DefaultObjective is { } declared ? [declared] : spec.Objectives;
        var searcher = Make(catalog.Searchers, spec.SearchAlg, "tune.search_alg", o => makeSearcher ? o.Make(SearchCheck.ContextOf(spec, objectives)) : o)
            .Select(i => SearchCheck.AtConstraint(spec, i)).ToList();
        if (searcher.Count == 0 && makeSearcher && catalog.Searchers.TryResolve(spec.SearchAlg.Type, out _))
        {
            var options = catalog.Searchers.Bind(spec.SearchAlg);
            searcher.AddRange([.. SearchCheck.Constraints(spec, options, objectives), .. SearchCheck.AddedParameter(spec, options, trainable),
                .. WarmStartCheck.Of(spec, options, objectives, Notices)]);
            Notices.AddRange([.. SearchCheck.WithoutValue(spec), .. SearchCheck.Repetitions(spec, options)]);
        }

        foreach (var issue in searcher)
        {
            yield return issue;
        }

        foreach (var issue in Make(catalog.Schedulers, spec.Scheduler, "tune.scheduler", o =>
        {
            var scheduler = o.Create(new SchedulerContext(objectives, SeedPath.Of(0)));
            return scheduler.NeedsCheckpoints && trainable is { Checkpoints: false }
                ? throw new ArgumentException(
                    $"'{spec.Scheduler.Type}' pauses trials, for which '{trainable.Name}' would have to write checkpoints; it writes none.")
                : scheduler;
        }))
        {
            yield return issue;
        }

        for (var i = 0; i < spec.Stoppers.Length; i++)
        {
            foreach (var issue in Make(catalog.Stoppers, spec.Stoppers[i], $"tune.stoppers[{i}]", o => o.Create(new StopperContext(objectives))))
            {
                yield return issue;
            }
        }

        for (var i = 0; spec.Loggers is { } loggers && i < loggers.Length; i++)
        {
            foreach (var issue in catalog.Loggers.Check(loggers[i]))
            {
                yield return new($"loggers[{i}]", issue.Message);
            }
        }
    }

    /// <summary>Makes a component, which finds what its options and the experiment contradict each other in.</summary>
    private static IEnumerable<ParameterIssue> Make<TOptions>(ComponentSet<TOptions> set, ComponentSpec component, string path, Func<TOptions, object> create)
        where TOptions : class
    {
        if (!set.TryResolve(component.Type, out _))
        {
            // Supplied as code: whoever supplies it makes it.
            yield break;
        }

        var issues = set.Check(component).ToList();
        foreach (var issue in issues)
        {
            yield return issue with { Path = issue.Path.Length == 0 ? path : path + "." + issue.Path };
        }

        foreach (var fault in issues.Count == 0 ? Faults(() => create(set.Bind(component))) : [])
        {
            // Messages of a component's own begin with the option that they are about.
            var option = set.OptionsOf(component.Type).FirstOrDefault(o => fault.StartsWith(o.Name + ":", StringComparison.Ordinal)
                || fault.StartsWith(o.Name + ".", StringComparison.Ordinal) || fault.StartsWith(o.Name + "[", StringComparison.Ordinal));
            var colon = fault.IndexOf(": ", StringComparison.Ordinal);
            yield return option is not null && colon > 0 ? new($"{path}.{fault[..colon]}", fault[(colon + 2)..]) : new(path, fault);
        }
    }

    private static string[] Faults(Action make)
    {
        try
        {
            make();
            return [];
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            var end = e is ArgumentException { ParamName: not null } ? e.Message.LastIndexOf(" (Parameter", StringComparison.Ordinal) : -1;
            return (end > 0 ? e.Message[..end] : e.Message).ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
    }

    private IEnumerable<ParameterIssue> Hooks(ExperimentSpec spec, TrainableDefinition trainable)
    {
        foreach (var hook in spec.Hooks.Select(h => h.Hook).Distinct().Where(h => !trainable.Hooks.Contains(h)))
        {
            yield return new("callbacks." + hook, trainable.Hooks.Count == 0
                ? $"'{trainable.Name}' runs no hooks, so this would be ignored; remove it."
                : $"'{trainable.Name}' runs no hook '{hook}'.{NearestName.For(hook, trainable.Hooks, "hooks")}");
        }

        foreach (var hook in spec.Hooks)
        {
            foreach (var issue in catalog.HookActions.Check(new(hook.Action, hook.Options)))
            {
                yield return new($"callbacks.{hook.Hook}", $"{hook.Action}: {issue.Path} {issue.Message}".Replace(":  ", ": ", StringComparison.Ordinal));
            }
        }
    }

    private static string Text(double value) => NumberText.Exact(value);
}
