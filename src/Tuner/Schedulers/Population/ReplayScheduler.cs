namespace Tuning.Schedulers.Population;

/// <summary>Runs one trial with a schedule of configurations: at each change it goes on from its own checkpoint with the next one.</summary>
internal sealed class ReplayScheduler(ReplayPolicy policy) : ITrialScheduler
{
    private readonly FifoScheduler _fifo = new();
    private int _done;

    /// <inheritdoc/>
    public string Name => "pbt_replay";

    /// <inheritdoc/>
    public bool NeedsCheckpoints => true;

    /// <inheritdoc/>
    public IReadOnlyList<SchedulerDecision> Decide(TrialReport report, TrialBoard board)
    {
        var reached = ReachedBy(report);
        if (reached <= _done)
        {
            return [];
        }

        var (iteration, config) = policy.Changes[reached - 1];
        var before = board[report.Trial].Config;
        var changed = config.Flatten().Where(p => !before.TryGet(p.Key, out var old) || !Equals(old, p.Value))
            .Select(p => $"{p.Key} {(before.TryGet(p.Key, out var old) ? ExploitReason.Value(old) : "absent")} -> {ExploitReason.Value(p.Value)}");
        return [new SchedulerDecision.Exploit(report.Trial, report.Trial, config,
            $"the policy changes its configuration at {iteration}: {string.Join(", ", changed)}")];
    }

    /// <inheritdoc/>
    public TrialId? Choose(TrialBoard board) => _fifo.Choose(board);

    /// <inheritdoc/>
    public void Observe(SchedulerObservation observation)
    {
        if (observation is SchedulerObservation.Reported { Decisions: var decisions, Report: var report } && decisions.Any(d => d is SchedulerDecision.Exploit))
        {
            _done = ReachedBy(report);
        }
    }

    // How many changes were done or are due.
    private int ReachedBy(TrialReport report)
    {
        var reached = _done;
        while (reached < policy.Changes.Length && policy.Changes[reached].Iteration <= report.TrainingIteration)
        {
            reached++;
        }

        return reached;
    }
}
