namespace Tuning.Schedulers;

/// <summary>
/// The options of a scheduler, and how it is made. One record serves C# (<c>Scheduler = new MyOptions { … }</c>) and files
/// (<c>scheduler: {type: mine, …}</c>): its properties in PascalCase are the options in snake_case, their initial values the
/// defaults. Immutable; compared by content.
/// </summary>
public abstract record SchedulerOptions
{
    /// <summary>Makes the scheduler.</summary>
    /// <exception cref="ArgumentException">The options contradict each other or the experiment; the message says how.</exception>
    public abstract ITrialScheduler Create(SchedulerContext context);

    /// <summary>Where every trial ends at the latest; null where the scheduler sets no end.</summary>
    internal virtual (string Metric, double At)? End => null;

    /// <summary>The parameters that the scheduler changes while trials train; null when it changes none, or the options are wrong.</summary>
    internal virtual ExploredParameters? Explored => null;

    /// <summary>
    /// The metric that names the instance of a report, where the mean over a trial's instances is its objective; null where that is what it reports last.
    /// </summary>
    internal virtual string? RacedBy(Objective? objective) => null;

    /// <summary>Whether the schedules that trials come to are written to files of their own.</summary>
    internal virtual bool LogsSchedules => false;

    /// <summary>The search space with what the scheduler has to say about the first configuration of a trial.</summary>
    internal virtual SearchSpace Complete(SearchSpace space) => Explored?.Complete(space) ?? space;
}

/// <summary>What a scheduler is made for. Immutable.</summary>
/// <param name="Objectives">What is optimised, the first being the main one; empty when nothing is.</param>
/// <param name="Seed">The place of its random streams.</param>
public sealed record SchedulerContext(ImmutableArray<Objective> Objectives, SeedPath Seed)
{
    /// <summary>How many trials there will be, before the experiment is extended; null when that is not known or has no limit.</summary>
    public long? Trials { get; init; }

    /// <summary>What is searched: for schedulers that change configurations. Null where there is nothing to keep to.</summary>
    public SearchSpace? Space { get; init; }

    /// <summary>Conditions over parameters that every configuration fulfils.</summary>
    public ImmutableArray<string> Constraints { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Whether the trainable writes checkpoints, so that a scheduler that could do without may pause trials. Default true.</summary>
    public bool TrainableCheckpoints { get; init; } = true;
}
