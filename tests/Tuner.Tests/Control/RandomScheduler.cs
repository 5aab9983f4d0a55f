using Tuning.Schedulers;
using Tuning.Trials;

namespace Tuning.Tests.Control;

/// <summary>Decides anything about any trial, as a pure function of a seed and of what it is shown.</summary>
internal sealed class RandomScheduler(ulong seed) : ITrialScheduler
{
    public string Name => "random";

    public bool NeedsCheckpoints => true;

    /// <summary>When set it lets every trial go on and starts whatever can start.</summary>
    public bool IsCalm { get; set; }

    public List<string> Observed { get; } = [];

    public IReadOnlyList<SchedulerDecision> Decide(TrialReport report, TrialBoard board)
    {
        var dice = new Dice(seed, (ulong)((report.Trial.Number * 1000) + report.Number));
        if (IsCalm || dice.Below(100) < 55)
        {
            return [];
        }

        return AboutAny(dice, report.Trial, report.Number, board);
    }

    public IReadOnlyList<SchedulerDecision> DecideEnded(TrialId trial, TrialStatus status, TrialBoard board)
    {
        var dice = new Dice(seed, (ulong)board.Now.Ticks + (ulong)trial.Number);
        return IsCalm || dice.Below(100) < 55 ? [] : AboutAny(dice, trial, 7, board);
    }

    public string? StartReason(TrialId trial, TrialBoard board) => (trial.Number + board.CountOf(TrialStatus.Paused)) % 3 == 0 ? $"trial {trial} goes on"
        : null;

    public string? LeaveReason(TrialId trial, TrialBoard board) => trial.Number % 2 == 0 ? $"trial {trial} is left" : null;

    private static List<SchedulerDecision> AboutAny(Dice dice, TrialId first, int number, TrialBoard board)
    {
        var decisions = new List<SchedulerDecision>();
        for (var i = 0; i <= dice.Below(3); i++)
        {
            // Mostly about the first, else about any, an ended one included.
            var trial = dice.Below(2) == 0 ? first : new TrialId(dice.Below(board.Count));
            var source = new TrialId(dice.Below(board.Count));
            decisions.Add(dice.Below(10) switch
            {
                < 4 => new SchedulerDecision.Pause(trial, "pause"),
                < 8 when source != trial => new SchedulerDecision.Exploit(trial, source, board[source].Config.With("y", number), "exploit"),
                _ => new SchedulerDecision.Stop(trial, "stop"),
            });
        }

        return decisions;
    }

    public TrialId? Choose(TrialBoard board)
    {
        var startable = board.Startable.ToArray();
        var dice = new Dice(seed, (ulong)board.Now.Ticks + (ulong)startable.Length);
        return !IsCalm && dice.Below(10) == 0 ? null : startable[dice.Below(startable.Length)];
    }

    public void Observe(SchedulerObservation observation) => Observed.Add(observation switch
    {
        SchedulerObservation.Reported r => $"{r.Report.Trial} {r.Report.Number} {string.Join("; ", r.Decisions)}",
        SchedulerObservation.EndDecided e => $"{e.Trial} ended: {string.Join("; ", e.Decisions)}",
        _ => observation.ToString(),
    });
}
