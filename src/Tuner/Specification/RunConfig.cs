namespace Tuning;

/// <summary>When trials stop, what is kept, and where. Fill it, hand it over, and do not change it afterwards.</summary>
public sealed record RunConfig
{
    /// <summary>The name of the experiment and of its directory.</summary>
    /// <value>Default null: the trainable's name; a number is added where the directory exists. A name that is given must be free.</value>
    public string? Name { get; init; }

    /// <summary>
    /// What becomes of an experiment of this <see cref="Name"/> that is there already. With <see cref="Resume.IfExists"/> the same program
    /// begins, continues and, when all is done, returns the results.
    /// </summary>
    /// <value>Default <see cref="Resume.Never"/>: an error. <see cref="Resume.IfExists"/> needs a name.</value>
    public Resume Resume { get; init; }

    /// <summary>The directory under which the experiment's directory is made.</summary>
    /// <value>Default null: <c>results</c> in the current directory.</value>
    public string? StoragePath { get; init; }

    /// <summary>
    /// Metric thresholds; any one of them stops a trial: <c>Stop = { ["loss"] = StopAt.Most(0.01), ["training_iteration"] = 100 }</c>.
    /// </summary>
    /// <value>Default empty.</value>
    public OrderedDictionary<string, StopAt> Stop { get; init; } = [];

    /// <summary>Further criteria by their options, any of which stops. A record of your own that derives from <see cref="StopperOptions"/> is
    /// welcome.</summary>
    /// <value>Default empty.</value>
    public ImmutableArray<StopperOptions> Stoppers { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>When checkpoints are written and which are kept.</summary>
    public CheckpointConfig Checkpoint { get; init; } = new();

    /// <summary>What happens after failures.</summary>
    public FailureConfig Failure { get; init; } = new();

    /// <summary>Observers of the experiment, called in this order.</summary>
    /// <value>Default empty.</value>
    public ImmutableArray<TunerCallback> Callbacks { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>
    /// Whether the progress is shown where the program shows any: on a terminal with the package <c>Tuning.App</c>, else where <c>AddProgress</c> asks for it.
    /// </summary>
    /// <value>Default true.</value>
    public bool Progress { get; init; } = true;

    /// <summary>Names of the loggers that write files.</summary>
    /// <value>Default null: all that are registered, JSON, CSV and TensorBoard with the package <c>Tuning.App</c>; empty for none.</value>
    public ImmutableArray<string>? Loggers { get; init => field = value is { IsDefault: true } ? [] : value; }

    /// <summary>Hooks of the trials by name, as under <c>callbacks</c> in an experiment file.</summary>
    /// <value>Default empty.</value>
    public ImmutableArray<HookSpec> Hooks { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Cores per trial: short for <see cref="TrialResources.Cpu"/> of <see cref="ResourcesPerTrial"/>.</summary>
    /// <value>Default null: the machine is shared among the trials that can run at once; else more than 0.</value>
    public double? CpuPerTrial { get; init; }

    /// <summary>What each trial asks of the machine: cores, GPUs, memory, anything that there is so much of.</summary>
    public TrialResources ResourcesPerTrial { get; init; } = new();

    /// <summary>What there is on the machine, where that is not found out or less of it is to be used.</summary>
    public MachineResources Resources { get; init; } = new();

    /// <summary>How long a trial may train, over all its segments. One that takes longer fails for good; on a thread, which nobody can end, it is told to
    /// stop and abandoned.</summary>
    /// <value>Default null: no limit; else more than 0.</value>
    public TimeSpan? TrialTimeout { get; init; }

    /// <summary>How long a trial may take from its beginning to its first report, and from an answer to the next. One that takes longer fails, and is tried
    /// again as <see cref="Failure"/> says.</summary>
    /// <value>Default null: no limit; else more than 0.</value>
    public TimeSpan? ReportTimeout { get; init; }

    /// <summary>
    /// Where trials run: on threads of this process, or each in a process of its own, which needs the package <c>Tuning.Programs</c>, Linux, and
    /// <see cref="TrialProcess.RunAsync(TrainableDefinition[])"/> at the beginning of the program.
    /// </summary>
    /// <value>Default null: what the trainable says, <see cref="Isolation.Thread"/> for most.</value>
    public Isolation? Isolation { get; init; }
}
