namespace Tuning.Trials;

/// <summary>A trial as the rest of the program sees it: an immutable snapshot, safe on any thread.</summary>
public sealed record TrialView
{
    /// <summary>Its number.</summary>
    public required TrialId Id { get; init; }

    /// <summary>Where it stands.</summary>
    public required TrialStatus Status { get; init; }

    /// <summary>Its configuration now; an exploit replaces it.</summary>
    public required ParameterSet Config { get; init; }

    /// <summary>The parameters that were searched or computed, by dotted path: what distinguishes this trial from the others.</summary>
    public ImmutableArray<string> SearchedPaths { get; init; } = [];

    /// <summary>How many reports it has made.</summary>
    public int Reports { get; init; }

    /// <summary>Its <c>training_iteration</c> at the last report, 0 before the first.</summary>
    public long TrainingIteration { get; init; }

    /// <summary>Seconds of training so far.</summary>
    public double TimeTotal { get; init; }

    /// <summary>The first objective at the last report that had one; null before.</summary>
    public double? Objective { get; init; }

    /// <summary>The value of the first objective that stands for the trial when trials are compared, by the experiment's scope; null before the
    /// first.</summary>
    internal double? Standing { get; init; }

    /// <summary>
    /// The best value of the first objective so far; null before the first. Where there are conditions for feasible trials, that of the
    /// reports that fulfilled them, or came closest.
    /// </summary>
    public double? BestObjective { get; init; }

    /// <summary>
    /// By how much it breaks the conditions for feasible trials (<c>feasible_if</c>), in sum: 0 when it fulfils them or there are none, NaN
    /// while that is undecided, infinity when it ended undecided.
    /// </summary>
    public double Violation { get; init; }

    /// <summary>Whether it fulfils all conditions for feasible trials, as far as it went.</summary>
    public bool IsFeasible => Violation == 0;

    /// <summary>The violation at <see cref="BestObjective"/>.</summary>
    internal double BestViolation { get; init; }

    /// <summary>Whether a scheduler ended it before its time: its values are those of less training.</summary>
    internal bool IsPruned { get; init; }

    /// <summary>Whether it ended because the whole experiment was stopped.</summary>
    internal bool IsStopped { get; init; }

    /// <summary>Where a trial can stand, in words: what has ended is completed, pruned (by the scheduler), stopped (with the experiment) or failed.</summary>
    internal static ImmutableArray<string> Words { get; } =
        ["pending", "running", "pausing", "paused", "exploiting", "stopping", "completed", "pruned", "stopped", "failed"];

    /// <summary>Which of <see cref="Words"/> says where it stands.</summary>
    internal int WordNumber => Status switch
    {
        TrialStatus.Terminated => IsPruned ? 7 : IsStopped ? 8 : 6,
        TrialStatus.Failed => 9,
        var live => (int)live,
    };

    /// <summary>Where it stands.</summary>
    internal string Word => Words[WordNumber];

    /// <summary>Whether it took over another trial's state: it is more than its configuration.</summary>
    internal bool HasExploited { get; init; }

    /// <summary>The checkpoint that it would continue from, if it has one.</summary>
    public CheckpointRef? Checkpoint { get; init; }

    /// <summary>How often it failed so far.</summary>
    public int Failures { get; init; }

    /// <summary>Why it stopped, paused, failed, or took over another trial's state; null while nothing has happened to it.</summary>
    public string? Reason { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its first segment started; null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>A checkpoint of a trial, by the trial that wrote it and its number.</summary>
/// <param name="Trial">The trial that wrote it.</param>
/// <param name="Number">How many checkpoints that trial had written before.</param>
/// <param name="AfterReport">The report of that trial which it follows; 0 before the first.</param>
public readonly record struct CheckpointRef(TrialId Trial, int Number, int AfterReport)
{
    /// <summary>The name of its directory, <c>checkpoint_000003</c>.</summary>
    public string DirectoryName => string.Create(CultureInfo.InvariantCulture, $"checkpoint_{Number:D6}");

    /// <summary>Its path from the experiment's directory, <c>trial_00007/checkpoint_000003</c>.</summary>
    public string RelativePath => Trial.DirectoryName + "/" + DirectoryName;

    /// <summary>The relative path.</summary>
    public override string ToString() => RelativePath;
}
