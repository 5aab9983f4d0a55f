using Tuning.Schedulers;
using Tuning.Trials;

namespace Tuning.Tests.Schedulers.Contract;

/// <summary>Asks a scheduler everything twice, and checks what holds of every decision.</summary>
internal sealed class StrictScheduler(ITrialScheduler inner) : ITrialScheduler
{
    /// <summary>The scheduler itself.</summary>
    public ITrialScheduler Inner => inner;

    public string Name => inner.Name;

    public bool NeedsCheckpoints => inner.NeedsCheckpoints;

    public IReadOnlyList<SchedulerDecision> Decide(TrialReport report, TrialBoard board) => Checked(() => inner.Decide(report, board), board);

    public IReadOnlyList<SchedulerDecision> DecideEnded(TrialId trial, TrialStatus status, TrialBoard board) =>
        Checked(() => inner.DecideEnded(trial, status, board), board);

    public TrialId? Choose(TrialBoard board)
    {
        var chosen = Twice(() => inner.Choose(board));
        Assert.True(chosen is null || board.Startable.Contains(chosen.Value), $"{Name} chose trial {chosen}, which is not startable.");
        return chosen;
    }

    public string? StartReason(TrialId trial, TrialBoard board) => Twice(() => inner.StartReason(trial, board));

    public string? LeaveReason(TrialId trial, TrialBoard board) => Twice(() => inner.LeaveReason(trial, board));

    public void Observe(SchedulerObservation observation) => inner.Observe(observation);

    private static T Twice<T>(Func<T> ask)
    {
        var first = ask();
        Assert.Equal(first, ask());
        return first;
    }

    private IReadOnlyList<SchedulerDecision> Checked(Func<IReadOnlyList<SchedulerDecision>> ask, TrialBoard board)
    {
        var decisions = ask();
        Assert.Equal(decisions, ask());
        foreach (var decision in decisions)
        {
            Assert.False(board.StatusOf(decision.Trial) is TrialStatus.Terminated or TrialStatus.Failed,
                $"{Name} decides about trial {decision.Trial}, which has ended.");
            Assert.False(string.IsNullOrWhiteSpace(decision.Reason));
            Assert.True(inner.NeedsCheckpoints || decision is SchedulerDecision.Stop, $"{Name} needs no checkpoints, and yet decides {decision}.");
        }

        return decisions;
    }
}
