namespace Tuning.Specification;

/// <summary>
/// A valid experiment with everything it needs to run: what can be written down (<see cref="Specification"/>) and the objects that
/// its names stand for, or that were supplied as code.
/// </summary>
public sealed record ExperimentDefinition
{
    /// <summary>What can be written down.</summary>
    public required ExperimentSpec Specification { get; init; }

    /// <summary>The trainable.</summary>
    public required TrainableDefinition Trainable { get; init; }

    /// <summary>What is optimised: what the specification says, else what the trainable declares.</summary>
    public ImmutableArray<Objective> Objectives { get; init; } = [];

    /// <summary>The options of the search algorithm.</summary>
    public required SearcherOptions SearchAlg { get; init; }

    /// <summary>The options of the scheduler.</summary>
    public required SchedulerOptions Scheduler { get; init; }

    /// <summary>The options of further stop criteria; <c>Specification.Stop</c> and <c>TimeBudget</c> are not among them.</summary>
    public ImmutableArray<StopperOptions> Stoppers { get; init; } = [];

    /// <summary>Observers that were supplied as objects, in order. Loggers named in the specification are not among them.</summary>
    public ImmutableArray<TunerCallback> Callbacks { get; init; } = [];

    /// <summary>What is worth saying of it and hinders nothing; said when it begins.</summary>
    internal ImmutableArray<string> Notices { get; init; } = [];

    /// <summary>Whether displays show it.</summary>
    internal bool ShowsProgress { get; init; } = true;

    /// <summary>Names of what was supplied as code and must be supplied again to resume.</summary>
    public ImmutableArray<string> SuppliedAsCode { get; init; } = [];
}
