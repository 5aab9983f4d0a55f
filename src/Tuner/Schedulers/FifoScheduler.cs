using Tuning.Trials;

namespace Tuning.Schedulers;

/// <summary>
/// First come, first served: every trial runs to its end. Trials that ran before (interrupted, to be tried again, sent to another
/// checkpoint) go first, then new ones, oldest first; paused ones only when no new trial waits or is expected.
/// </summary>
/// <remarks>YAML: <c>scheduler: {type: fifo}</c>, the default. No options. It keeps no state.</remarks>
public sealed class FifoScheduler : ITrialScheduler
{
    /// <inheritdoc/>
    public string Name => "fifo";

    /// <inheritdoc/>
    public bool NeedsCheckpoints => false;

    /// <inheritdoc/>
    public IReadOnlyList<SchedulerDecision> Decide(TrialReport report, TrialBoard board) => [];

    /// <inheritdoc/>
    public TrialId? Choose(TrialBoard board)
    {
        ArgumentNullException.ThrowIfNull(board);
        TrialId? fresh = null;
        TrialId? paused = null;
        foreach (var id in board.Startable)
        {
            var trial = board[id];
            if (trial.Status == TrialStatus.Paused)
            {
                paused ??= id;
            }
            else if (trial.StartedAt is not null)
            {
                return id;
            }
            else
            {
                fresh ??= id;
            }
        }

        return fresh ?? (board.ExpectsTrials ? null : paused);
    }

    /// <inheritdoc/>
    public void Observe(SchedulerObservation observation)
    {
    }
}
