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
        foreach (var id in board.Waiting)
        {
            if (board[id].StartedAt is not null)
            {
                return id;
            }

            fresh ??= id;
        }

        return fresh ?? (board.ExpectsTrials ? null : OldestPaused(board));
    }

    private static TrialId? OldestPaused(TrialBoard board)
    {
        foreach (var id in board.Startable)
        {
            if (board.StatusOf(id) == TrialStatus.Paused)
            {
                return id;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Observe(SchedulerObservation observation)
    {
    }
}
