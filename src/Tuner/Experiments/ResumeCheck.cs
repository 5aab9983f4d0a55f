namespace Tuning.Experiments;

/// <summary>
/// Compares what a resume is given with what the journal says. What decides about the past (space, objective, seed, search algorithm,
/// scheduler) must be the same; what only bounds the future (stop criteria, concurrency, budgets, retention, loggers) may change.
/// </summary>
internal sealed class ResumeCheck
{
    private static readonly (string Key, string Name, bool MayChange)[] _parts =
    [
        ("config", "the search space", false),
        ("constraints", "TuneConfig.Constraints", false),
        ("feasible_if", "TuneConfig.FeasibleIf", false),
        ("objectives", "the objective", false),
        ("reference_point", "TuneConfig.ReferencePoint", false),
        ("scope", "TuneConfig.Scope", true),
        ("seed", "TuneConfig.Seed", false),
        ("search_alg", "TuneConfig.SearchAlgorithm", false),
        ("scheduler", "TuneConfig.Scheduler", false),
        ("callbacks", "RunConfig.Hooks", false),
        ("stop", "RunConfig.Stop", true),
        ("stoppers", "RunConfig.Stoppers", true),
        ("max_concurrent_trials", "TuneConfig.MaxConcurrentTrials", true),
        ("time_budget_s", "TuneConfig.TimeBudget", true),
        ("strict_metric", "TuneConfig.StrictMetric", true),
        ("cpu_per_trial", "RunConfig.CpuPerTrial", true),
        ("resources_per_trial", "RunConfig.ResourcesPerTrial", true),
        ("resources", "RunConfig.Resources", true),
        ("isolation", "RunConfig.Isolation", true),
        ("trial_timeout", "RunConfig.TrialTimeout", true),
        ("report_timeout", "RunConfig.ReportTimeout", true),
        ("checkpoint_config", "RunConfig.Checkpoint", true),
        ("failure_config", "RunConfig.Failure", true),
        ("loggers", "RunConfig.Loggers", true),
    ];

    private ResumeCheck(ExperimentSpec specification, ParameterSet changes, ImmutableArray<string> notices, int? samples) =>
        (Specification, Changes, Notices, NumSamples) = (specification, changes.Count == 0 ? null : changes.ToString(), notices, samples);

    /// <summary>The experiment from here on.</summary>
    public ExperimentSpec Specification { get; }

    /// <summary>What of it is not as it is recorded, as the JSON that the record takes; null when nothing is.</summary>
    public string? Changes { get; }

    /// <summary>What changes, a sentence each.</summary>
    public ImmutableArray<string> Notices { get; }

    /// <summary>The thresholds that stopped trials up to here, where they are others from here on; else empty.</summary>
    public ImmutableArray<StopCondition> EarlierStop { get; private init; } = [];

    /// <summary>The total of samples that is given and is not that of the first run; null for none.</summary>
    public int? NumSamples { get; }

    /// <summary>Compares.</summary>
    /// <param name="recorded">What the journal says up to here.</param>
    /// <param name="begun">What its first line says.</param>
    /// <param name="catalog">The names that experiments use.</param>
    /// <param name="trainable">The trainable.</param>
    /// <param name="restore">What is given.</param>
    /// <param name="cores">How many cores the machine has that trials are to run on; null where none are.</param>
    /// <exception cref="SpecificationException">Something differs that must not; the message says all that does.</exception>
    public static ResumeCheck Of(ExperimentSpec recorded, ExperimentSpec begun, ComponentCatalog catalog, TrainableDefinition trainable, RestoreOptions restore,
        int? cores)
    {
        var given = restore.Specification?.ToParameters() ?? Tree(restore.Space, restore.Tune, restore.Run);
        var untouched = restore.IsWhole || restore.Specification is not null ? null : Tree(null, null, null);
        var (before, problems, notices, changes) = (recorded.ToParameters(), new List<SpecificationProblem>(), new List<string>(), ParameterSet.Empty);
        foreach (var (key, name, mayChange) in _parts)
        {
            var (now, was) = (Value(given, key), Value(before, key));
            if (AreSame(now, was) || (untouched is not null && Equals(now, Value(untouched, key))) || (key == "seed" && now is null)
                || (key == "strict_metric" && was is null))
            {
                continue;
            }

            var differences = string.Join("; ", Differences(now, was, ""));
            if (mayChange)
            {
                changes = changes.With(key, now);
                notices.Add($"{name} changes from here on: {differences}.");
            }
            else
            {
                problems.Add(new()
                {
                    Path = $"{recorded.Name}.{key}",
                    Message = $"{name} differs from what the experiment was begun with: {differences}. Its record stands on that: give the same again, or " +
                    $"begin a new experiment."
                });
            }
        }

        if (problems.Count > 0)
        {
            throw new SpecificationException([.. problems]);
        }

        var next = With(recorded, changes);
        if (cores is { } here && ResourceCheck.Counted(next, here) is var machine && machine != next.Machine)
        {
            var (now, was) = ((object?)(machine is null ? null : ResourceForm.Write(machine)), Value(before, "machine"));
            if (!changes.TryGet("resources", out _))
            {
                notices.Add($"What there is on the machine changes from here on: {string.Join("; ", Differences(now, was, ""))}.");
            }

            changes = changes.With("machine", now);
        }

        var samples = Value(given, "num_samples");
        var isGiven = !Equals(samples, Value(begun.ToParameters(), "num_samples")) && (untouched is null || !Equals(samples, Value(untouched, "num_samples")));
        return new(With(recorded, changes), changes, [.. notices], isGiven ? Convert.ToInt32(samples, CultureInfo.InvariantCulture) : null)
        {
            EarlierStop = changes.TryGet("stop", out _) ? recorded.Stop : [],
        };

        ParameterSet Tree(SearchSpace? space, TuneConfig? tune, RunConfig? run)
        {
            var spec = ExperimentBuilder.SpecOf(catalog, trainable, space, tune, run);
            return (spec.Objectives.IsEmpty && trainable.DefaultObjective is { } declared ? spec with { Objectives = [declared] } : spec).ToParameters();
        }
    }

    /// <summary>The experiment with recorded changes.</summary>
    public static ExperimentSpec With(ExperimentSpec spec, ParameterSet changes) =>
        changes.Count == 0 ? spec
            : ExperimentSpec.FromParameters(changes.Aggregate(spec.ToParameters(), (tree, change) => tree.With(change.Key, change.Value)));

    private static IEnumerable<string> Differences(object? now, object? was, string path) => now is ParameterSet map && was is ParameterSet old
        ? map.Names.Union(old.Names).Where(n => !Equals(Value(map, n), Value(old, n)))
            .SelectMany(n => Differences(Value(map, n), Value(old, n), path.Length == 0 ? n : path + "." + n))
        : [$"{(path.Length == 0 ? "" : path + " is ")}{TypeText.Show(now)}, it was {TypeText.Show(was)}"];

    // Of components that are not registered, older records have the name alone.
    private static bool AreSame(object? now, object? was) => Equals(now, was) || (now, was) switch
    {
        (ParameterSet map, ParameterSet { Count: 1 } name) => name.TryGet("type", out var type) && Equals(type, Value(map, "type")),
        (ParameterList list, ParameterList old) => list.Count == old.Count && list.Zip(old).All(p => AreSame(p.First, p.Second)),
        _ => false,
    };

    private static object? Value(ParameterSet tree, string key) => tree.TryGet(key, out var value) ? value : null;
}
