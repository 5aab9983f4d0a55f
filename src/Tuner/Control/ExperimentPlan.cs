namespace Tuning.Control;

/// <summary>What the controller knows of the specification.</summary>
internal sealed record ExperimentPlan
{
    /// <summary>What is optimised, the first being the main one; empty when nothing is.</summary>
    public ImmutableArray<Objective> Objectives { get; init; } = [];

    /// <summary>Metrics that some trial must have reported by the time that one comes to its end; empty when none must.</summary>
    public ImmutableArray<NamedMetric> Named { get; init; } = [];

    /// <summary>Which of a trial's values of the first objective stands for it when trials are compared.</summary>
    public ResultScope Scope { get; init; } = ResultScope.Last;

    /// <summary>The metric that names the instance of a report, where the first objective is the mean over instances; null where it is what was
    /// reported.</summary>
    public string? RacedBy { get; init; }

    /// <summary>The conditions that tell feasible trials from others.</summary>
    public Feasibility Feasibility { get; init; } = Feasibility.None;

    /// <summary>How many samples to draw; -1 for no limit.</summary>
    public int NumSamples { get; init; } = 1;

    /// <summary>How many segments run at once, at least 1.</summary>
    public int Slots { get; init; } = 1;

    /// <summary>What each segment has of the machine; null where that is not counted.</summary>
    public ResourceLayout? Resources { get; init; }

    /// <summary>
    /// Whether a trial starts when somebody asks for one (<see cref="ExperimentEvent.Asked"/>), in place of when a slot is free; it outlives the process.
    /// </summary>
    public bool IsOnDemand { get; init; }

    /// <summary>When checkpoints are written and which are kept.</summary>
    public CheckpointConfig Checkpoints { get; init; } = new();

    /// <summary>What happens after failures.</summary>
    public FailureConfig Failures { get; init; } = new();

    /// <summary>Whether the trainable writes checkpoints at all.</summary>
    public bool TrainableCheckpoints { get; init; }

    /// <summary>The parameters that are searched or computed, by dotted path; every view of a trial carries them.</summary>
    public ImmutableArray<string> SearchedPaths { get; init; } = [];

    /// <summary>Whether a trial that ends by itself or is stopped writes a last checkpoint.</summary>
    public bool SavesAtEnd => TrainableCheckpoints && (Checkpoints.CheckpointAtEnd ?? true);
}
