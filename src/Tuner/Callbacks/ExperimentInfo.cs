namespace Tuning;

/// <summary>What callbacks know of the experiment. Immutable.</summary>
public sealed record ExperimentInfo
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The full path of its directory.</summary>
    public required string Directory { get; init; }

    /// <summary>What is optimised, the first being the main one; empty when nothing is.</summary>
    public ImmutableArray<Objective> Objectives { get; init; } = [];

    /// <summary>Where the hypervolume of several objectives begins, a value of each.</summary>
    /// <value>Default empty: none was given.</value>
    public ImmutableArray<double> ReferencePoint { get; init; } = [];

    /// <summary>Which of a trial's values of the first objective stands for it when trials are compared.</summary>
    /// <value>Default <see cref="ResultScope.Last"/>.</value>
    public ResultScope Scope { get; init; }

    /// <summary>The conditions over metrics that tell feasible trials from others.</summary>
    /// <value>Default empty: every trial is feasible.</value>
    public ImmutableArray<string> FeasibleIf { get; init; } = [];

    /// <summary>How many trials there will be; null when that is not known.</summary>
    public long? TotalTrials { get; init; }

    /// <summary>How many segments run at once.</summary>
    public int Slots { get; init; } = 1;

    /// <summary>The seed from which everything random is derived, drawn where none was given; null when it is not known.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Whether this session continues an earlier one.</summary>
    public bool IsResumed { get; init; }

    /// <summary>The parameters that differ between trials, drawn, searched or computed, by dotted path.</summary>
    /// <value>Default empty.</value>
    public IReadOnlyList<KeyValuePair<string, Domain>> Domains { get; init; } = [];

    /// <summary>The space that <see cref="Domains"/> are of.</summary>
    internal SearchSpace Space { get; init; } = new();

    /// <summary>What checkpoints are compared by; null where that is the objective.</summary>
    internal Objective? CheckpointScore { get; init; }

    /// <summary>Where every trial ends at the latest, by metrics that only grow.</summary>
    internal ImmutableArray<(string Metric, double At)> Ends { get; init; } = [];

    /// <summary>The value of the first objective that stops a trial because it is good enough; null for none.</summary>
    internal double? GoodEnough { get; init; }

    /// <summary>Running time after which the experiment stops; null for no limit.</summary>
    internal TimeSpan? TimeBudget { get; init; }

    /// <summary>Old names of the trainable's metrics.</summary>
    internal TrainableVocabulary Vocabulary { get; init; } = TrainableVocabulary.Empty;

    /// <summary>How many trials of each directory of a warm start are used, and why others are not: a line for each.</summary>
    internal ImmutableArray<string> WarmStartUsage { get; init; } = [];

    /// <summary>What earlier sessions came to; null in the first one.</summary>
    internal EarlierSessions? Earlier { get; init; }

    /// <summary>The full path of a trial's directory. It may not exist yet: whoever writes first makes it.</summary>
    public string TrialDirectory(TrialId trial) => Path.Combine(Directory, trial.DirectoryName);
}
