namespace Tuning.Execution;

/// <summary>What all segments of an experiment share. Immutable.</summary>
internal sealed record SegmentEnvironment
{
    /// <summary>What is trained.</summary>
    public required TrainableDefinition Trainable { get; init; }

    /// <summary>Services of the host; each segment has a scope of its own.</summary>
    public required IServiceProvider Services { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>The full path of the experiment's directory.</summary>
    public required string Directory { get; init; }

    /// <summary>The root of the experiment's seeds.</summary>
    public required SeedPath Seed { get; init; }

    /// <summary>The hooks of the experiment file.</summary>
    public ImmutableArray<HookSpec> Hooks { get; init; } = [];

    /// <summary>The thresholds at which a trial ends.</summary>
    public ImmutableArray<(string Metric, StopAt Threshold)> Stop { get; init; } = [];

    /// <summary>How many threads a trial may use, at least 1.</summary>
    public int Cpus { get; init; } = 1;

    /// <summary>Whether a trial that ends by itself writes a last checkpoint.</summary>
    public bool SaveAtEnd { get; init; }

    /// <summary>Whether checkpoints survive a loss of power.</summary>
    public bool DurableCheckpoints { get; init; } = true;

    /// <summary>Log of the trials.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>Told of segments; null tells nobody.</summary>
    public ExperimentTelemetry? Telemetry { get; init; }

    /// <summary>The slots that all experiments of the process share; null for no limit.</summary>
    public SlotPool? Slots { get; init; }

    /// <summary>The slot of the trial that the experiment was started in; null for none.</summary>
    public SlotPool.Slot? ParentSlot { get; init; }
}

/// <summary>What the process asks of all segments, beside the answers to their reports.</summary>
internal sealed class SegmentSignals
{
    // Written by whoever asks for the stop, read by the trials' threads.
    private volatile string? _suspended;
    private volatile bool _aborted;
    private int _ignoredCheckpoint;

    /// <summary>Why trials that repeat recorded reports are to leave that for another session; null while they are not.</summary>
    public string? Suspended => _suspended;

    /// <summary>Whether all are to end at once.</summary>
    public bool IsAborted => _aborted;

    /// <summary>Whether the caller is the first to say that a trainable does not look at its checkpoint.</summary>
    public bool WarnsOfCheckpoint() => Interlocked.Exchange(ref _ignoredCheckpoint, 1) == 0;

    /// <summary>Asks for it.</summary>
    public void Suspend(string reason) => _suspended ??= reason;

    /// <summary>Asks all to end at once.</summary>
    public void Abort() => _aborted = true;
}
