namespace Tuning.Specification;

/// <summary>An experiment that was read, with the tree it was read from in today's names.</summary>
internal sealed record ReadExperiment(ExperimentSpec Spec, SourceEntry Source);

/// <summary>Turns the tree of one experiment into its specification, collecting everything that is wrong.</summary>
internal sealed class ExperimentReader(ComponentCatalog catalog, ProblemList list)
{
    public ReadExperiment? Read(SourceEntry experiment)
    {
        var at = new SourcePath(experiment.Name, list);
        if (experiment.Value is not SourceMap tree)
        {
            at.Problem(experiment.KeyPosition, at.Path, $"is {(experiment.Value.ToValue() is { } value ? TypeText.Show(value) : "empty")}; an experiment is " +
                $"a map with at least 'run', the name of a trainable. A name that begins with 'x-' is no experiment.");
            return null;
        }

        OldNames.Replace(tree, at);
        var reader = new MapReader(tree, at, "an experiment");
        var trainable = Trainable(reader, experiment, at);
        var told = trainable is null ? [] : TrainableSettings.Names(trainable);
        if (!told.Contains("env"))
        {
            OldNames.Move(tree, "env", "config.env", at);
        }

        var settings = told.Where(name => reader.Take(name) is not null).ToList();
        var sections = new SectionReader(catalog, experiment, tree, at, trainable);
        if (trainable is not null && told.Count > 0 && (settings.Count > 0 || trainable.Settings is null))
        {
            var given = ParameterSet.From(settings.Select(name => KeyValuePair.Create(name, tree.Get(name)!.ToValue())));
            foreach (var issue in TrainableSettings.Read(trainable, given, experiment.KeyPosition.Source.Directory, out trainable))
            {
                sections.Problem(issue);
            }
        }

        if (trainable is not null && tree.Get("config") is SourceMap config)
        {
            sections.ReplaceOldParameters(config);
        }

        var tune = new TuneSection(sections, reader.Section("tune", "'tune'"));
        var space = Space(reader, sections);
        var constraints = sections.Texts(reader, "constraints", "an expression such as layers * units <= 4096");
        var asked = Resources<TrialResources>(reader, sections, "resources_per_trial", ResourceForm.Read);
        var spec = new ExperimentSpec
        {
            Name = experiment.Name,
            Run = trainable?.Name ?? "",
            Settings = trainable is null ? ParameterSet.Empty : TrainableSettings.Of(trainable),
            Space = Complete(trainable?.Complete(space, constraints) ?? space, tune.Scheduler),
            Constraints = constraints,
            FeasibleIf = sections.Texts(reader, "feasible_if", "a condition over metrics such as latency_ms <= 20"),
            Stop = new StopSection(sections).Read(reader, tune.Objectives),
            Stoppers = tune.Stoppers,
            Objectives = tune.Objectives,
            ReferencePoint = tune.ReferencePoint,
            StrictMetric = tune.StrictMetric,
            Scope = tune.Scope,
            NumSamples = reader.Int("num_samples") ?? 1,
            MaxConcurrentTrials = tune.MaxConcurrentTrials,
            TimeBudget = tune.TimeBudget,
            Seed = tune.Seed,
            SearchAlg = tune.SearchAlg,
            Scheduler = tune.Scheduler,
            Checkpoints = Checkpoints(reader.Section("checkpoint_config", "'checkpoint_config'"), trainable),
            Failures = Failures(reader.Section("failure_config", "'failure_config'")),
            Hooks = new HookSection(sections, catalog).Read(reader),
            Loggers = sections.Components(reader, "loggers", "loggers", catalog.Loggers),
            CpuPerTrial = asked.Cpu,
            ResourcesPerTrial = asked with { Cpu = null },
            Resources = Resources<MachineResources>(reader, sections, "resources", ResourceForm.Read),
            TrialTimeout = reader.Seconds("trial_timeout"),
            ReportTimeout = reader.Seconds("report_timeout"),
            Isolation = reader.Choice<Isolation>("isolation"),
            StoragePath = Storage(reader),
        };
        Close(reader, trainable, at);
        var check = new ExperimentCheck(catalog);
        sections.Problems(check.Check(spec, trainable));
        check.Notices.ForEach(sections.Notice);
        if (trainable is { TrainsOn: true } && spec is { Stop: [], Stoppers: [], TimeBudget: null }
            && catalog.Schedulers.Bind(spec.Scheduler).End is null)
        {
            at.Notice(experiment.KeyPosition, "stop", $"is absent, and '{trainable.Name}' trains on until something stops it; write for example " +
                $"stop: {{training_iteration: 100}}, or tune: {{time_budget_s: 3600}}.");
        }

        return new(spec, experiment);
    }

    private TrainableDefinition? Trainable(MapReader reader, SourceEntry experiment, SourcePath at)
    {
        if (reader.Map.Find("run") is null or { Value: SourceScalar { Value: null } })
        {
            reader.Take("run");
            at.Problem(experiment.KeyPosition, at.Path, $"needs 'run', the name of a trainable.{NearestName.For("", catalog.Trainables, "trainables")}",
                ProblemCode.Missing);
            return null;
        }

        if (reader.Text("run", "it must be the name of a trainable.") is not { } run)
        {
            return null;
        }

        if (catalog.FindTrainable(run) is { } found)
        {
            return found;
        }

        var entry = reader.Map.Find("run")!;
        at.Problem(entry.Value.Position, reader.PathOf(entry), $"'{run}' is no trainable.{(catalog.TrainableHints.TryGetValue(run, out var hint)
            ? " " + hint : NearestName.For(run, catalog.Trainables, "trainables"))}", ProblemCode.Name);

        // What was meant, most likely: the rest of the file is held to it, so that all errors come at once.
        return NearestName.Of(run, catalog.Trainables) is { } meant ? catalog.FindTrainable(meant) : null;
    }

    // With the parameters that the scheduler changes and the file says nothing of.
    private SearchSpace Complete(SearchSpace space, ComponentSpec scheduler) => catalog.Schedulers.Bind(scheduler).Complete(space);

    private static SearchSpace Space(MapReader reader, SectionReader sections)
    {
        var space = new SearchSpace();
        if (reader.Take("config") is { } entry)
        {
            if (entry.Value is SourceMap map)
            {
                space = SearchSpace.FromTree((ParameterSet)map.ToValue(), out var errors);
                foreach (var error in errors)
                {
                    sections.Problem(new(error.Segments.IsEmpty ? "config" : "config." + error.Path, error.Message));
                }
            }
            else
            {
                reader.Wrong(entry, "it must be a map of parameters.");
            }
        }

        return space;
    }

    private static CheckpointConfig Checkpoints(MapReader? reader, TrainableDefinition? trainable)
    {
        if (reader is null)
        {
            return new();
        }

        var score = reader.Text("checkpoint_score_attribute", "it must be the path of a metric.");
        var config = new CheckpointConfig
        {
            CheckpointFrequency = reader.Int("checkpoint_frequency") ?? 0,
            CheckpointAtEnd = reader.Flag("checkpoint_at_end"),
            CheckpointPruned = reader.Flag("checkpoint_pruned") ?? false,
            MaxToKeep = reader.Int("num_to_keep"),
            CheckpointScoreAttribute = score is null ? null : trainable?.Vocabulary.Metric(score) ?? score,
            CheckpointScoreOrder = reader.Choice<Mode>("checkpoint_score_order"),
        };
        reader.Close();
        return config;
    }

    private static FailureConfig Failures(MapReader? reader)
    {
        if (reader is null)
        {
            return new();
        }

        var raises = reader.Map.Get("fail_fast") is SourceScalar { Value: "raise" };
        var config = new FailureConfig
        {
            MaxFailures = reader.Int("max_failures") ?? 0,
            FailFast = (raises ? reader.Take("fail_fast") is not null : reader.Flag("fail_fast")) ?? false
        };
        reader.Close();
        return config;
    }

    private delegate List<ParameterIssue> ResourceReading<T>(ParameterSet tree, out T resources);

    private static T Resources<T>(MapReader reader, SectionReader sections, string name, ResourceReading<T> read)
        where T : new()
    {
        if (reader.Section(name, $"'{name}'") is not { } section)
        {
            return new();
        }

        read((ParameterSet)section.Map.ToValue()!, out var resources).ForEach(issue => sections.Problem(issue with { Path = $"{name}.{issue.Path}" }));

        return resources;
    }

    private static string Storage(MapReader reader)
    {
        if (reader.Text("storage_path", "it must be the path of a directory.") is not { } path)
        {
            return ExperimentBuilder.DefaultStorage;
        }

        var entry = reader.Map.Find("storage_path")!;
        if (path.Contains("://", StringComparison.Ordinal))
        {
            reader.Wrong(entry, "results are written to a directory of this machine, or one that is mounted.");
            return path;
        }

        if (path.Contains('\0', StringComparison.Ordinal))
        {
            reader.Wrong(entry, "it must be the path of a directory, in which no character has the number 0.");
            return ExperimentBuilder.DefaultStorage;
        }

        return FullPath(path, entry.Value);
    }

    /// <summary>A path as the text it stands in means it: relative to the file, or on the command line to the current directory.</summary>
    public static string FullPath(string path, SourceNode node)
    {
        if (path is "~" || path.StartsWith("~/", StringComparison.Ordinal))
        {
            path = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..];
        }

        return Path.GetFullPath(path, node.Position.Source.Directory);
    }

    private static void Close(MapReader reader, TrainableDefinition? trainable, SourcePath at)
    {
        foreach (var entry in reader.Map.Entries.Where(e => trainable is not null
            && (trainable.ParameterNames.Contains(e.Name) || trainable.Vocabulary.Parameters.ContainsKey(e.Name)
                || trainable.Vocabulary.Ignored.ContainsKey(e.Name))).ToList())
        {
            if (!reader.Knows(entry.Name))
            {
                reader.Map.Remove(entry);
                at.Problem(entry.KeyPosition, at.Under(entry.Name), $"'{entry.Name}' is a parameter of '{trainable!.Name}'; indent it below 'config'.",
                    ProblemCode.Name);
            }
        }

        reader.Close();
    }
}
