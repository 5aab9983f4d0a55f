namespace Tuning.Control;

/// <summary>What the controller remembers of a trial that may run again.</summary>
internal sealed class LiveTrial
{
    /// <summary>Digests of the reports that a start from its restore point repeats.</summary>
    public ReportDigests Digests { get; } = new();

    /// <summary>The answer to its last report, where that was not to go on and its segment has not yet ended by it.</summary>
    public ExperimentCommand.Answer? LastAnswer { get; set; }

    /// <summary>Whether a checkpoint was due after its last report and has not been written.</summary>
    public bool OwesSave { get; set; }

    /// <summary>Whether it is to write a checkpoint at its next report because another trial needs it.</summary>
    public bool SaveRequested { get; set; }

    /// <summary>What it was told between two reports: pause, stop or exploit; else continue.</summary>
    public Verdict Redirect { get; set; }

    /// <summary>Why it was redirected.</summary>
    public string? RedirectReason { get; set; }

    /// <summary>The exploit that it waits for.</summary>
    public ExploitPlan? Plan { get; set; }

    /// <summary>The score attribute at its last report; NaN when there was none.</summary>
    public double LastScore { get; set; } = double.NaN;

    /// <summary>By how much it breaks each condition for feasible trials, NaN where that is undecided; null where there are none.</summary>
    public double[]? Violations { get; set; }

    // The last value of each instance, where trials are raced.
    private SortedDictionary<double, double>? _instances;

    /// <summary>Takes a value of an instance into account.</summary>
    /// <returns>The mean over the instances so far.</returns>
    public double Race(double? instance, double value)
    {
        if (instance is { } number && double.IsFinite(number) && double.IsFinite(value))
        {
            (_instances ??= [])[number] = value;
        }

        return _instances is null ? value : _instances.Values.Average();
    }

    /// <summary>How often it failed since it reported something new.</summary>
    public int FailuresInRow { get; set; }

    /// <summary>The experiment's running time before which it does not start again; null where it need not wait.</summary>
    public TimeSpan? Due { get; set; }

    /// <summary>Failures before it was last taken up again; they do not count against the budget.</summary>
    public int FailuresForgiven { get; set; }

    /// <summary>Whether it was told to stop and must still write the checkpoint that was due then.</summary>
    public bool OwesStop => OwesSave && LastAnswer is { Verdict: Verdict.Stop };

    /// <summary>Forgets a redirection.</summary>
    public void ClearRedirect()
    {
        Redirect = Verdict.Continue;
        RedirectReason = null;
    }
}

/// <summary>An exploit that has been decided and not yet done.</summary>
/// <param name="source">The trial whose checkpoint is taken.</param>
/// <param name="config">The exploiter's new configuration.</param>
/// <param name="atLeast">The report of the source that the checkpoint must not precede.</param>
internal sealed class ExploitPlan(TrialId source, ParameterSet config, int atLeast)
{
    /// <summary>The trial whose checkpoint is taken.</summary>
    public TrialId Source { get; } = source;

    /// <summary>The exploiter's new configuration.</summary>
    public ParameterSet Config { get; } = config;

    /// <summary>The source's configuration when the exploit was decided.</summary>
    public required ParameterSet SourceConfig { get; init; }

    /// <summary>What had led to where the source stood then; null where it had taken over nothing.</summary>
    public required Takeover? Before { get; init; }

    /// <summary>The report of the source that the checkpoint must not precede, while the source runs.</summary>
    public int AtLeast { get; } = atLeast;

    /// <summary>Its place among the exploits that are not done yet.</summary>
    public long Order { get; set; }

    /// <summary>The checkpoint, once it is there; it is kept until the exploiter has one of its own.</summary>
    public CheckpointRef? Captured { get; set; }
}
