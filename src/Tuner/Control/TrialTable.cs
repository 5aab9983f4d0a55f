namespace Tuning.Control;

/// <summary>All trials, with what follows from their statuses kept up to date in one place, <see cref="Move"/>.</summary>
internal sealed class TrialTable(ExperimentPlan plan) : TrialBoard
{
    private static readonly int _statuses = Enum.GetValues<TrialStatus>().Length;

    private readonly List<Trial> _trials = [];
    private readonly int[] _counts = new int[_statuses];
    private readonly SortedSet<TrialId> _live = [];
    private readonly SortedSet<TrialId> _startable = [];
    private readonly SortedSet<TrialId> _waiting = [];
    private readonly SortedSet<(TimeSpan Due, TrialId Id)> _delayed = [];
    private readonly FreeLanes? _lanes = plan.Resources is null || plan.IsOnDemand ? null : new();

    /// <summary>Told of each change of status; for tests.</summary>
    public Action<TrialId, TrialStatus, TrialStatus>? Moved { get; set; }

    /// <summary>Told of each trial that changed in a way that a searcher sees.</summary>
    public Action<Trial>? Changed { get; set; }

    /// <summary>Whether new trials may come; answered by the experiment's state.</summary>
    public Func<bool> Expecting { get; set; } = () => false;

    /// <summary>Whether new trials may still come at any time; answered by the experiment's state.</summary>
    public Func<bool> Growing { get; set; } = () => false;

    /// <inheritdoc/>
    public override DateTimeOffset Now => Clock.Now;

    /// <inheritdoc/>
    public override TimeSpan Elapsed => Clock.Elapsed;

    /// <summary>The experiment's time.</summary>
    public SessionClock Clock { get; } = new();

    /// <inheritdoc/>
    public override int Count => _trials.Count;

    /// <summary>The trials, oldest first.</summary>
    public IReadOnlyList<Trial> All => _trials;

    /// <inheritdoc/>
    public override IReadOnlyCollection<TrialId> Live => _live;

    /// <inheritdoc/>
    public override IReadOnlyCollection<TrialId> Startable => _startable;

    /// <inheritdoc/>
    public override IReadOnlyCollection<TrialId> Waiting => _waiting;

    /// <inheritdoc/>
    public override bool ExpectsTrials => _delayed.Count > 0 || Expecting();

    /// <summary>The running time at which the next trial may start that waits for it; null when none does.</summary>
    public TimeSpan? NextDue => _delayed.Count > 0 ? _delayed.Min.Due : null;

    /// <inheritdoc/>
    public override bool MoreToCome => Growing();

    /// <summary>How many trials have a segment.</summary>
    public int Occupied =>
        CountOf(TrialStatus.Running) + CountOf(TrialStatus.Pausing) + CountOf(TrialStatus.Exploiting) + CountOf(TrialStatus.Stopping);

    /// <summary>How many pending trials could be started now.</summary>
    public int StartablePending => _waiting.Count;

    /// <inheritdoc/>
    public override TrialView this[TrialId id] => Find(id).ToView(plan);

    /// <inheritdoc/>
    public override TrialStatus StatusOf(TrialId id) => Find(id).Status;

    /// <inheritdoc/>
    public override int CountOf(TrialStatus status) => _counts[(int)status];

    /// <summary>What a trial that runs has of the machine; null where that is not counted.</summary>
    public TrialShare? ShareOf(TrialId id) => _lanes is null ? null : plan.Resources!.Of(_lanes.Of(id));

    /// <summary>A trial by number.</summary>
    /// <exception cref="InvalidOperationException">There is no such trial.</exception>
    public Trial Find(TrialId id) => (uint)id.Number < (uint)_trials.Count
        ? _trials[id.Number]
        : throw new InvalidOperationException($"There is no trial {id}; there are {_trials.Count}, numbered from 00000.");

    /// <summary>Whether a trial could be started now.</summary>
    public bool IsStartable(TrialId id) => _startable.Contains(id);

    /// <summary>The oldest trial that could be started now.</summary>
    public TrialId OldestStartable => _startable.Min;

    /// <summary>Adds a new trial, pending.</summary>
    public void Add(Trial trial)
    {
        _trials.Add(trial);
        _counts[(int)trial.Status]++;
        _live.Add(trial.Id);
        Refresh(trial);
        Changed?.Invoke(trial);
    }

    /// <summary>Changes a trial's status: the only way to.</summary>
    /// <exception cref="InvalidOperationException">The change is not legal.</exception>
    public void Move(Trial trial, TrialStatus to)
    {
        var from = trial.Status;
        TrialTransitions.Check(trial.Id, from, to);
        trial.Status = to;
        _counts[(int)from]--;
        _counts[(int)to]++;
        switch (TrialTransitions.HasSegment(from), TrialTransitions.HasSegment(to))
        {
            case (false, true):
                _lanes?.Take(trial.Id);
                break;
            case (true, false):
                _lanes?.Return(trial.Id);
                break;
        }

        if (TrialTransitions.IsEnded(to))
        {
            _live.Remove(trial.Id);
        }
        else if (TrialTransitions.IsEnded(from))
        {
            _live.Add(trial.Id);
        }

        Refresh(trial);
        Changed?.Invoke(trial);
        Moved?.Invoke(trial.Id, from, to);
    }

    /// <summary>Looks again whether a trial could be started; after its exploit was planned, done or abandoned.</summary>
    public void Refresh(Trial trial)
    {
        var isWaiting = trial.Status == TrialStatus.Pending && trial.Live!.Plan is null;
        if (trial.Live?.Due is { } due)
        {
            var isDelayed = isWaiting && due > Elapsed;
            _ = isDelayed ? _delayed.Add((due, trial.Id)) : _delayed.Remove((due, trial.Id));
            isWaiting &= !isDelayed;
        }

        Keep(_waiting, trial.Id, isWaiting);
        Keep(_startable, trial.Id, isWaiting || trial.Status == TrialStatus.Paused);
    }

    /// <summary>Time has passed: those that waited long enough may start.</summary>
    public void Release()
    {
        while (_delayed.Count > 0 && _delayed.Min.Due <= Elapsed)
        {
            Refresh(Find(_delayed.Min.Id));
        }
    }

    private static void Keep(SortedSet<TrialId> set, TrialId id, bool isMember)
    {
        if (isMember)
        {
            set.Add(id);
        }
        else
        {
            set.Remove(id);
        }
    }
}
