using System.Security.Cryptography;

namespace Tuning.Specification;

/// <summary>
/// An experiment, complete and valid in form: what an experiment file or a few lines of C# come down to. Old names have been
/// replaced by today's. Its canonical JSON is the journal's first line. Compared by that.
/// </summary>
public sealed record ExperimentSpec
{
    /// <summary>Its name, which its directory has too.</summary>
    public required string Name { get; init; }

    /// <summary>The trainable's name.</summary>
    public required string Run { get; init; }

    /// <summary>What the trainable is told beside its parameters, see <see cref="TrainableDefinition.SettingsType"/>; empty for most.</summary>
    public ParameterSet Settings { get; init; } = ParameterSet.Empty;

    /// <summary>Constants and domains in one tree; <c>env</c> is one of its parameters. What the trainable sets by code is in it.</summary>
    public required SearchSpace Space { get; init; }

    /// <summary>Conditions over parameters that every configuration fulfils, in the expression language.</summary>
    public ImmutableArray<string> Constraints { get; init; } = [];

    /// <summary>Conditions over metrics that tell feasible trials from others, in the expression language.</summary>
    public ImmutableArray<string> FeasibleIf { get; init; } = [];

    /// <summary>Metric thresholds; any one of them stops a trial.</summary>
    public ImmutableArray<StopCondition> Stop { get; init; } = [];

    /// <summary>Further stoppers, any of which stops.</summary>
    public ImmutableArray<ComponentSpec> Stoppers { get; init; } = [];

    /// <summary>What is optimised; empty means what the trainable declares.</summary>
    public ImmutableArray<Objective> Objectives { get; init; } = [];

    /// <summary>Where the hypervolume of several objectives begins, a value of each; empty when none was given.</summary>
    public ImmutableArray<double> ReferencePoint { get; init; } = [];

    /// <summary>Whether a metric that the experiment names and no trial reports ends it. Not so in records of earlier versions.</summary>
    public bool StrictMetric { get; init; }

    /// <summary>Which of a trial's values of the first objective stands for it when trials are compared.</summary>
    public ResultScope Scope { get; init; }

    /// <summary>How often the space is sampled, each time with all cells of its grids; -1 for no limit.</summary>
    public int NumSamples { get; init; } = 1;

    /// <summary>At most this many trials at once; null means as many as the cores allow.</summary>
    public int? MaxConcurrentTrials { get; init; }

    /// <summary>Running time after which the experiment stops; null for no limit.</summary>
    public TimeSpan? TimeBudget { get; init; }

    /// <summary>The seed; null draws one.</summary>
    public ulong? Seed { get; init; }

    /// <summary>The search algorithm.</summary>
    public ComponentSpec SearchAlg { get; init; } = new("random", ParameterSet.Empty);

    /// <summary>The scheduler.</summary>
    public ComponentSpec Scheduler { get; init; } = new("fifo", ParameterSet.Empty);

    /// <summary>When checkpoints are written and which are kept.</summary>
    public CheckpointConfig Checkpoints { get; init; } = new();

    /// <summary>What happens after failures.</summary>
    public FailureConfig Failures { get; init; } = new();

    /// <summary>The hooks of the file's <c>callbacks</c> section, in order.</summary>
    public ImmutableArray<HookSpec> Hooks { get; init; } = [];

    /// <summary>The loggers; null means all that are registered.</summary>
    public ImmutableArray<ComponentSpec>? Loggers { get; init; }

    /// <summary>Cores per trial; null shares the machine among the trials that can run at once.</summary>
    public double? CpuPerTrial { get; init; }

    /// <summary>What each trial asks of the machine beside <see cref="CpuPerTrial"/>; its <see cref="TrialResources.Cpu"/> is null.</summary>
    public TrialResources ResourcesPerTrial { get; init; } = new();

    /// <summary>What there is on the machine, as far as it is stated.</summary>
    public MachineResources Resources { get; init; } = new();

    /// <summary>What there was on the machine where trials ran, of all that is counted beside cores; null where nothing is, or before it begins.</summary>
    internal MachineResources? Machine { get; init; }

    /// <summary>How long a trial may train, over all its segments, until it fails; null for no limit.</summary>
    public TimeSpan? TrialTimeout { get; init; }

    /// <summary>How long a trial may take from one report to the next until it fails; null for no limit.</summary>
    public TimeSpan? ReportTimeout { get; init; }

    /// <summary>Where trials run; null where the trainable says.</summary>
    public Isolation? Isolation { get; init; }

    /// <summary>The directory under which the experiment's directory is made; full path.</summary>
    public required string StoragePath { get; init; }

    /// <summary>SHA-256 over the canonical JSON, in lower-case hexadecimal.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ToJson())));

    /// <summary>The canonical JSON, on one line: equal experiments have equal text.</summary>
    public string ToJson() => ExperimentJson.Write(this).ToString();

    /// <summary>Reads what <see cref="ToJson"/> writes.</summary>
    /// <exception cref="System.Text.Json.JsonException">The text is not the JSON of an experiment; the message says where.</exception>
    public static ExperimentSpec FromJson(string json) => ExperimentJson.Read(ParameterSet.Parse(json));

    /// <summary>The experiment as a tree; for writing it within another text.</summary>
    public ParameterSet ToParameters() => ExperimentJson.Write(this);

    /// <summary>Reads what <see cref="ToParameters"/> gives.</summary>
    /// <exception cref="System.Text.Json.JsonException">The tree is not that of an experiment; the message says where.</exception>
    public static ExperimentSpec FromParameters(ParameterSet tree) => ExperimentJson.Read(tree);

    /// <summary>What checkpoints are compared by; null where that is the objective.</summary>
    internal Objective? CheckpointScore =>
        Checkpoints.CheckpointScoreAttribute is { } metric ? new(metric, Checkpoints.OrderFor(Objectives)) : null;

    /// <summary>What the state of the experiment follows from; what runs it adds slots and what its code says.</summary>
    /// <param name="today">Today's name of a metric; null where old names are not known.</param>
    internal ExperimentPlan ToPlan(Func<string, string>? today = null) => new()
    {
        Objectives = Objectives,
        Scope = Scope,
        RacedBy = ComponentCatalog.RacedBy(Scheduler, Objectives.FirstOrDefault()),
        Feasibility = new(FeasibleIf, today),
        NumSamples = NumSamples,
        Checkpoints = Checkpoints with { CheckpointScoreOrder = Checkpoints.OrderFor(Objectives) },
        Failures = Failures,
        IsOnDemand = Run == AskAndTell.Instance.Name,
        SearchedPaths = [.. Space.SearchedPaths.Union(ComponentCatalog.ExploredBy(Scheduler))],
    };

    /// <summary>The value of the first objective that stops a trial because it is good enough; null for none.</summary>
    /// <param name="objectives">What is optimised, what the trainable declares included.</param>
    internal double? GoodEnough(ImmutableArray<Objective> objectives) => objectives is [var first, ..] ? Stop.FirstOrDefault(s =>
        s.Metric == first.Metric && (s.Threshold.Comparison is Comparison.AtLeast or Comparison.MoreThan) == (first.Mode == Mode.Max))?.Threshold.Value : null;

    /// <summary>The types of all components that decide something, also of those within others.</summary>
    internal IReadOnlySet<string> ComponentTypes()
    {
        var types = new HashSet<string>();
        foreach (var component in (ComponentSpec[])[SearchAlg, Scheduler, .. Stoppers])
        {
            component.AddTypesTo(types);
        }

        return types;
    }

    /// <summary>Same content.</summary>
    public bool Equals(ExperimentSpec? other) => ReferenceEquals(this, other) || (other is not null && ToParameters().Equals(other.ToParameters()));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Run, StoragePath);
}

/// <summary>A metric threshold that stops a trial.</summary>
/// <param name="Metric">Path of the metric.</param>
/// <param name="Threshold">The threshold.</param>
public sealed record StopCondition(string Metric, StopAt Threshold)
{
    private static readonly string[] _counters =
    [
        AutoMetrics.TrainingIteration, AutoMetrics.TimeTotal, "timesteps_total", "episodes_total", "num_env_steps_sampled_lifetime",
        "num_env_steps_trained_lifetime", "num_episodes_lifetime",
    ];

    /// <summary>Whether every trial comes to it, because the metric is a counter that only grows.</summary>
    internal bool IsCertain => Threshold is { Comparison: Comparison.AtLeast or Comparison.MoreThan, Value: > 0 }
        && Array.Exists(_counters, c => Metric == c || Metric.EndsWith("/" + c, StringComparison.Ordinal));
}
