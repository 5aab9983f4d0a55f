using Tuning.Schedulers;
using Tuning.Trials;

namespace Tuning.Testing;

/// <summary>A scheduler that decides what a test tells it to, and remembers what it observed.</summary>
public sealed class ScriptedScheduler : ITrialScheduler
{
    private readonly FifoScheduler _fifo = new();

    public string Name => "scripted";

    public bool NeedsCheckpoints { get; init; } = true;

    /// <summary>What to decide at a report; must be pure.</summary>
    public Func<TrialReport, TrialBoard, IReadOnlyList<SchedulerDecision>> OnReport { get; set; } = (_, _) => [];

    /// <summary>What to decide about others when a trial has ended; must be pure.</summary>
    public Func<TrialId, TrialBoard, IReadOnlyList<SchedulerDecision>> OnEnded { get; set; } = (_, _) => [];

    /// <summary>Why a trial is left paused; must be pure.</summary>
    public Func<TrialId, string?> OnLeave { get; set; } = _ => null;

    /// <summary>Why a trial starts; must be pure.</summary>
    public Func<TrialId, string?> OnStart { get; set; } = _ => null;

    /// <summary>Whom to start; first come, first served where not set. Must be pure.</summary>
    public Func<TrialBoard, TrialId?>? OnChoose { get; set; }

    /// <summary>All that it was told, in order.</summary>
    public List<SchedulerObservation> Observed { get; } = [];

    /// <summary>Decides at one report of one trial.</summary>
    public ScriptedScheduler At(int trial, int report, params SchedulerDecision[] decisions)
    {
        var before = OnReport;
        OnReport = (r, board) => r.Trial.Number == trial && r.Number == report ? decisions : before(r, board);
        return this;
    }

    public IReadOnlyList<SchedulerDecision> Decide(TrialReport report, TrialBoard board) => OnReport(report, board);

    public IReadOnlyList<SchedulerDecision> DecideEnded(TrialId trial, TrialStatus status, TrialBoard board) => OnEnded(trial, board);

    public string? StartReason(TrialId trial, TrialBoard board) => OnStart(trial);

    public string? LeaveReason(TrialId trial, TrialBoard board) => OnLeave(trial);

    public TrialId? Choose(TrialBoard board) => OnChoose is null ? _fifo.Choose(board) : OnChoose(board);

    public void Observe(SchedulerObservation observation) => Observed.Add(observation);
}
