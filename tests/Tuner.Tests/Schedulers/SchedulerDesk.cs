using Tuning.Randomness;
using Tuning.Schedulers;
using Tuning.Trials;

namespace Tuning.Tests.Schedulers;

/// <summary>Asks a scheduler about one report after another, without a controller.</summary>
internal sealed class SchedulerDesk(SchedulerOptions options, Mode mode = Mode.Max, bool checkpoints = true)
{
    private readonly Board _board = new();
    private readonly Dictionary<int, int> _reports = [];

    public ITrialScheduler Scheduler { get; } = options.Create(new([new("score", mode)], SeedPath.Of(1)) { TrainableCheckpoints = checkpoints });

    /// <summary>The statuses of the trials.</summary>
    public Dictionary<int, TrialStatus> Statuses => _board.Statuses;

    /// <summary>Trials that are not paused before <see cref="Paused"/> says so: they write their checkpoints.</summary>
    public HashSet<int> SlowToPause { get; } = [];

    public bool MoreToCome { get => _board.More; set => _board.More = value; }

    /// <summary>Adds trials up to this number, and starts them.</summary>
    public SchedulerDesk Trials(int count)
    {
        while (_board.Count < count)
        {
            var id = new TrialId(_board.Count);
            _board.Statuses[id.Number] = TrialStatus.Running;
            Scheduler.Observe(new SchedulerObservation.TrialAdded(id, ParameterSet.Empty));
            Scheduler.Observe(new SchedulerObservation.TrialStarted(id));
        }

        return this;
    }

    /// <summary>A trial reports; its decisions take effect.</summary>
    public IReadOnlyList<SchedulerDecision> Report(int trial, double? time, double? value, string timeAttr = "training_iteration")
    {
        Trials(trial + 1);
        var metrics = new Metrics();
        if (time is { } t)
        {
            metrics[timeAttr] = t;
        }

        if (value is { } v)
        {
            metrics["score"] = v;
        }

        var number = _reports[trial] = _reports.GetValueOrDefault(trial) + 1;
        var report = new TrialReport(new(trial), number, default, number, 1, metrics);
        var decisions = Scheduler.Decide(report, _board);
        Assert.Equal(decisions, Scheduler.Decide(report, _board));
        Scheduler.Observe(new SchedulerObservation.Reported(report, decisions));
        Take(decisions);
        return decisions;
    }

    /// <summary>What is decided about the reporting trial: <c>null</c> to go on, else the reason.</summary>
    public string? Ask(int trial, double? time, double? value, string timeAttr = "training_iteration") =>
        Report(trial, time, value, timeAttr).FirstOrDefault(d => d.Trial.Number == trial)?.Reason;

    /// <summary>A trial ends by itself or fails.</summary>
    public IReadOnlyList<SchedulerDecision> End(int trial, TrialStatus status = TrialStatus.Terminated)
    {
        _board.Statuses[trial] = status;
        Scheduler.Observe(new SchedulerObservation.TrialEnded(new(trial), status));
        var decisions = Scheduler.DecideEnded(new(trial), status, _board);
        if (decisions.Count > 0)
        {
            Scheduler.Observe(new SchedulerObservation.EndDecided(new(trial), decisions));
        }

        Take(decisions);
        return decisions;
    }

    /// <summary>The next paused or new trial to start, with the reason; it is started.</summary>
    public (int Trial, string? Reason)? Start()
    {
        if (Scheduler.Choose(_board) is not { } id)
        {
            return null;
        }

        var reason = Scheduler.StartReason(id, _board);
        _board.Statuses[id.Number] = TrialStatus.Running;
        Scheduler.Observe(new SchedulerObservation.TrialStarted(id));
        return (id.Number, reason);
    }

    /// <summary>A trial has paused.</summary>
    public void Paused(int trial)
    {
        _board.Statuses[trial] = TrialStatus.Paused;
        Scheduler.Observe(new SchedulerObservation.TrialPaused(new(trial)));
    }

    public string? Left(int trial) => Scheduler.LeaveReason(new(trial), _board);

    private void Take(IReadOnlyList<SchedulerDecision> decisions)
    {
        foreach (var decision in decisions)
        {
            if (decision is SchedulerDecision.Pause && SlowToPause.Contains(decision.Trial.Number))
            {
                _board.Statuses[decision.Trial.Number] = TrialStatus.Pausing;
            }
            else if (decision is SchedulerDecision.Pause)
            {
                Paused(decision.Trial.Number);
            }
            else if (decision is SchedulerDecision.Stop)
            {
                End(decision.Trial.Number);
            }
        }
    }

    private sealed class Board : TrialBoard
    {
        public Dictionary<int, TrialStatus> Statuses { get; } = [];

        public bool More { get; set; }

        public override DateTimeOffset Now => default;

        public override TimeSpan Elapsed => default;

        public override int Count => Statuses.Count;

        public override IReadOnlyCollection<TrialId> Live => throw new NotSupportedException();

        public override IReadOnlyCollection<TrialId> Startable =>
            [.. Statuses.Where(s => s.Value is TrialStatus.Paused or TrialStatus.Pending).Select(s => new TrialId(s.Key)).Order()];

        public override bool MoreToCome => More;

        public override TrialView this[TrialId id] => throw new InvalidOperationException("A view costs too much for a decision.");

        public override TrialStatus StatusOf(TrialId id) => Statuses[id.Number];

        public override int CountOf(TrialStatus status) => Statuses.Values.Count(s => s == status);
    }
}
