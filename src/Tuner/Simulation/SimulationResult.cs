namespace Tuning;

/// <summary>What became of a simulated experiment. All times are virtual. Immutable.</summary>
public sealed record SimulationResult
{
    /// <summary>How long the experiment took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Why it ended.</summary>
    public required string EndReason { get; init; }

    /// <summary>Whether it ended because it could not go on; <see cref="EndReason"/> says why.</summary>
    public bool IsFailed { get; init; }

    /// <summary>What was optimised; null when nothing was.</summary>
    public Objective? Objective { get; init; }

    /// <summary>How many workers there were.</summary>
    public required int Workers { get; init; }

    /// <summary>The trials as they ended, oldest first. Computed when they are read: a million of them cost no memory before.</summary>
    public required IEnumerable<TrialView> Trials { get; init; }

    /// <summary>How many trials there were.</summary>
    public required int TrialCount { get; init; }

    /// <summary>How many of them failed for good.</summary>
    public int FailedTrials { get; init; }

    /// <summary>How many reports arrived: the trial iterations, those made again after a failure not counted.</summary>
    public long Reports { get; init; }

    /// <summary>How many steps were made once more, because a failure had undone them.</summary>
    public long RepeatedSteps { get; init; }

    /// <summary>How often a worker failed, idle ones included.</summary>
    public long WorkerFailures { get; init; }

    /// <summary>How many events the experiment handled.</summary>
    public long Events { get; init; }

    /// <summary>Each time that the best value so far became better, in order of time.</summary>
    public ImmutableArray<Improvement> BestOverTime { get; init; } = [];

    /// <summary>
    /// Decisions by kind: <c>create</c>, <c>start</c>, <c>continue from a checkpoint</c>, <c>stop</c>, <c>pause</c>, <c>exploit</c>, <c>adopt</c>,
    /// <c>retry</c>, <c>end</c>, <c>fail</c>.
    /// </summary>
    public ImmutableSortedDictionary<string, long> Decisions { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    /// <summary>How the workers spent their time, summed over workers; the sum of all is <see cref="Workers"/> × <see cref="Duration"/>.</summary>
    public ImmutableSortedDictionary<WorkerActivity, TimeSpan> WorkerTime { get; init; } = ImmutableSortedDictionary<WorkerActivity, TimeSpan>.Empty;

    /// <summary>The directory with the journal; null when none was asked for.</summary>
    public string? Directory { get; init; }

    /// <summary>The best value; null when nothing was optimised or reported.</summary>
    public double? Best => BestOverTime.IsEmpty ? null : BestOverTime[^1].Value;

    /// <summary>The trial that reported <see cref="Best"/>.</summary>
    public TrialId? BestTrial => BestOverTime.IsEmpty ? null : BestOverTime[^1].Trial;

    /// <summary>The share of all worker time in which something new was learned, 0 to 1.</summary>
    public double Utilisation => Share(WorkerActivity.Training);

    /// <summary>The share of all worker time that failures cost beside repairs: what they undid and what was made once more, 0 to 1.</summary>
    public double Wasted => Share(WorkerActivity.Repeating) + Share(WorkerActivity.Undone);

    /// <summary>The share of all worker time that went to something, 0 to 1.</summary>
    public double Share(WorkerActivity activity) =>
        Duration == TimeSpan.Zero ? 0 : WorkerTime.GetValueOrDefault(activity).TotalSeconds / (Duration.TotalSeconds * Workers);

    /// <summary>When the best value was first at least as good as <paramref name="target"/>; null when it never was.</summary>
    public TimeSpan? TimeTo(double target)
    {
        foreach (var improvement in BestOverTime)
        {
            if (Objective!.Compare(improvement.Value, target) <= 0)
            {
                return improvement.At;
            }
        }

        return null;
    }

    /// <summary>The best value that was known at a time; null before the first.</summary>
    public double? BestAt(TimeSpan time)
    {
        double? best = null;
        foreach (var improvement in BestOverTime)
        {
            if (improvement.At > time)
            {
                break;
            }

            best = improvement.Value;
        }

        return best;
    }
}

/// <summary>The best value of an experiment became better.</summary>
/// <param name="At">When.</param>
/// <param name="Trial">The trial that reported it.</param>
/// <param name="Value">The new best value.</param>
public sealed record Improvement(TimeSpan At, TrialId Trial, double Value);
