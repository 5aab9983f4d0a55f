namespace Tuning.Control;

/// <summary>A checkpoint that exists.</summary>
/// <param name="Number">Its number within its trial.</param>
/// <param name="AfterReport">The report of its trial that it follows.</param>
/// <param name="Score">The score attribute at that report; NaN when there was none.</param>
/// <param name="Iteration">The trial's <c>training_iteration</c> when it was written.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SavedCheckpoint(int Number, int AfterReport, double Score, long Iteration = 0);

/// <summary>
/// A trial, mutable: the controller's alone. Its status changes only through <see cref="TrialTable.Move"/>. What only a trial
/// that has not ended needs is in <see cref="Live"/>, so that an ended one costs some 250 bytes beside its configuration.
/// </summary>
internal sealed class Trial(TrialId id, long suggestion, ParameterSet config, DateTimeOffset createdAt)
{
    private readonly long _createdAt = createdAt.UtcTicks;
    private long _startedAt;
    private long _endedAt;
    private ParameterSet? _firstConfig;
    private ImmutableArray<double> _objectives = [];
    private List<IntermediateValue>? _curve;
    private int _stood;

    /// <summary>Its number.</summary>
    public TrialId Id { get; } = id;

    /// <summary>The number of the suggestion that created it.</summary>
    public long Suggestion { get; } = suggestion;

    /// <summary>Its configuration now.</summary>
    public ParameterSet Config { get; private set; } = config;

    /// <summary>Its configuration when it was created.</summary>
    public ParameterSet FirstConfig => _firstConfig ?? Config;

    /// <summary>The last takeover of another trial's state; null while it has taken over none.</summary>
    public Takeover? Takeover { get; private set; }

    /// <summary>Where it stands.</summary>
    public TrialStatus Status { get; set; }

    /// <summary>How many reports it has made; never goes back.</summary>
    public int Reports { get; private set; }

    /// <summary>Its training iteration at the last report.</summary>
    public long TrainingIteration { get; private set; }

    /// <summary>Seconds of training up to the last report.</summary>
    public double TimeTotal { get; private set; }

    /// <summary>The first objective at the last report that had one.</summary>
    public double? Objective { get; private set; }

    /// <summary>The value of the first objective that stands for it when trials are compared, by the plan's scope.</summary>
    public double? Standing { get; private set; }

    /// <summary>The best value of the first objective.</summary>
    public double? BestObjective { get; private set; }

    /// <summary>
    /// By how much it breaks the conditions for feasible trials; 0 when it breaks none, NaN while that is undecided, infinity once it ended so.
    /// </summary>
    public double Violation { get; set; }

    /// <summary>The violation at <see cref="BestObjective"/>.</summary>
    public double BestViolation { get; private set; }

    /// <summary>How many trials had ended before it; -1 while it has not.</summary>
    public int EndOrder { get; set; } = -1;

    /// <summary>Whether the scheduler ended it before its time.</summary>
    public bool IsPruned { get; set; }

    /// <summary>Whether it ended because the whole experiment was stopped.</summary>
    public bool IsStopped { get; set; }

    /// <summary>Whether its configuration cannot be tried, so that it failed without having begun.</summary>
    public bool IsInvalid { get; init; }

    /// <summary>How often it failed.</summary>
    public int Failures { get; set; }

    /// <summary>What happened to it last, for a person.</summary>
    public string? Reason { get; set; }

    /// <summary>The checkpoint that it would start from; null starts from nothing.</summary>
    public CheckpointRef? Restore { get; private set; }

    /// <summary>The own report that <see cref="Restore"/> follows: a start from it repeats the reports after this one.</summary>
    public int RestoreFollows { get; private set; }

    /// <summary>Whether <see cref="Restore"/> was taken over from another trial, and no own checkpoint was written since.</summary>
    public bool RestoreIsAdopted { get; private set; }

    /// <summary>The least number that its next checkpoint may have.</summary>
    public int NextCheckpoint { get; private set; }

    /// <summary>Its checkpoints that exist, oldest first.</summary>
    public List<SavedCheckpoint>? Checkpoints { get; private set; }

    /// <summary>What only a trial that may run again needs; null once it has terminated.</summary>
    public LiveTrial? Live { get; private set; } = new();

    /// <summary>Takes a report into account.</summary>
    public void Report(TrialReport report, ulong digest, ExperimentPlan plan, bool keepsCurve)
    {
        var (objectives, feasibility) = (plan.Objectives, plan.Feasibility);
        Reports = report.Number;
        TrainingIteration = report.TrainingIteration;
        TimeTotal = report.TimeTotal;
        Live!.Digests.Add(digest);
        if (!feasibility.IsEmpty)
        {
            Violation = feasibility.Observe(report, Live.Violations ??= feasibility.Undecided());
        }

        if (objectives.Length > 0 && report.Value(objectives[0].Metric) is { } value)
        {
            if (plan.RacedBy is { } instance && !report.IsTold)
            {
                value = Live.Race(report.Value(instance), value);
            }

            Objective = value;
            Stand(value, plan.Scope);
            var order = BestObjective is null ? -1 : Feasibility.Compare(Violation, BestViolation);
            if (order < 0 || (order == 0 && objectives[0].IsBetter(value, BestObjective)))
            {
                (BestObjective, BestViolation) = (value, Violation);
            }

            if (keepsCurve)
            {
                (_curve ??= []).Add(new(TrainingIteration, value));
            }
        }

        if (objectives.Length > 1)
        {
            var values = new double[objectives.Length];
            for (var i = 0; i < objectives.Length; i++)
            {
                values[i] = report.Value(objectives[i].Metric) ?? (_objectives.IsEmpty ? double.NaN : _objectives[i]);
            }

            _objectives = ImmutableCollectionsMarshal.AsImmutableArray(values);
        }
    }

    private void Stand(double value, ResultScope scope)
    {
        if (scope == ResultScope.Last || !double.IsNaN(value))
        {
            _stood++;
            Standing = (scope, Standing) switch
            {
                (ResultScope.Max, { } most) => Math.Max(most, value),
                (ResultScope.Min, { } least) => Math.Min(least, value),
                (ResultScope.Avg, { } mean) => mean + ((value - mean) / _stood),
                _ => value,
            };
        }
    }

    /// <summary>What a searcher sees of it.</summary>
    public SearchObservation ToObservation() => new(Id, Suggestion, FirstConfig, Status, Objective, Reports)
    {
        Objectives = _objectives,
        Violation = double.IsNaN(Violation) ? 0 : Violation,
        EndOrder = EndOrder,
        Iteration = TrainingIteration,
        IsPruned = IsPruned,
        Curve = _curve is null ? default : CollectionsMarshal.AsSpan(_curve).ToArray(),
    };

    /// <summary>Takes note of a checkpoint of its own: the new restore point.</summary>
    public void Saved(CheckpointRef checkpoint, double score)
    {
        (Checkpoints ??= new(1)).Add(new(checkpoint.Number, checkpoint.AfterReport, score, TrainingIteration));
        NextCheckpoint = checkpoint.Number + 1;
        SetRestore(checkpoint, checkpoint.AfterReport, adopted: false);
    }

    /// <summary>Goes on from another checkpoint with another configuration; nothing of its own is repeated.</summary>
    public void Adopt(CheckpointRef checkpoint, Takeover takeover)
    {
        _firstConfig ??= Config;
        Config = takeover.Config;
        Takeover = takeover;
        SetRestore(checkpoint, Reports, adopted: true);
    }

    /// <summary>Its training iteration when it wrote a checkpoint that exists; 0 for any other.</summary>
    public long IterationAt(CheckpointRef checkpoint)
    {
        foreach (var saved in Checkpoints ?? [])
        {
            if (saved.Number == checkpoint.Number)
            {
                return saved.Iteration;
            }
        }

        return 0;
    }

    /// <summary>Will start from nothing; its reports are numbered on.</summary>
    public void Restart() => SetRestore(null, Reports, adopted: false);

    /// <summary>A segment starts.</summary>
    public void Started(DateTimeOffset at) => _startedAt = _startedAt == 0 ? at.UtcTicks : _startedAt;

    /// <summary>It has ended. What a terminated trial does not need is dropped; a failed one may be taken up again.</summary>
    public void Ended(DateTimeOffset at)
    {
        _endedAt = at.UtcTicks;
        Checkpoints?.TrimExcess();
        if (Status == TrialStatus.Terminated)
        {
            Live = null;
        }
    }

    /// <summary>It goes on after it had ended.</summary>
    public void Revived()
    {
        (_endedAt, EndOrder) = (0, -1);
        if (Live is null)
        {
            // What it repeats from its checkpoint is not known any more.
            Live = new();
            for (var report = 0; report < Reports; report++)
            {
                Live.Digests.Add(0);
            }

            Live.Digests.Forget(RestoreFollows);
        }
    }

    /// <summary>The immutable snapshot that others see.</summary>
    public TrialView ToView(ExperimentPlan plan) => new()
    {
        Id = Id,
        Status = Status,
        Config = Config,
        SearchedPaths = plan.SearchedPaths,
        Reports = Reports,
        TrainingIteration = TrainingIteration,
        TimeTotal = TimeTotal,
        Objective = Objective,
        Standing = Standing,
        BestObjective = BestObjective,
        Violation = Violation,
        BestViolation = BestViolation,
        IsPruned = IsPruned,
        IsStopped = IsStopped,
        HasExploited = Takeover is not null,
        Checkpoint = Restore,
        Failures = Failures,
        Reason = Reason,
        CreatedAt = new(_createdAt, TimeSpan.Zero),
        StartedAt = _startedAt == 0 ? null : new(_startedAt, TimeSpan.Zero),
        EndedAt = _endedAt == 0 ? null : new(_endedAt, TimeSpan.Zero),
    };

    private void SetRestore(CheckpointRef? checkpoint, int follows, bool adopted)
    {
        Restore = checkpoint;
        RestoreFollows = follows;
        RestoreIsAdopted = adopted;
        Live?.Digests.Forget(follows);
    }
}
