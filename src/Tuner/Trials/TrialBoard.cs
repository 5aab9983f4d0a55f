namespace Tuning.Trials;

/// <summary>A read-only view of all trials, for schedulers, stoppers and searchers. Valid only during the call it is handed to.</summary>
public abstract class TrialBoard
{
    /// <summary>The time of the event being handled.</summary>
    public abstract DateTimeOffset Now { get; }

    /// <summary>How long the experiment has been running, over all of its sessions.</summary>
    public abstract TimeSpan Elapsed { get; }

    /// <summary>How many trials there are.</summary>
    public abstract int Count { get; }

    /// <summary>A trial by number.</summary>
    public abstract TrialView this[TrialId id] { get; }

    /// <summary>Trials that have not ended, oldest first.</summary>
    public abstract IReadOnlyCollection<TrialId> Live { get; }

    /// <summary>Live trials that could be started now: pending ones that wait for nothing, and paused ones. Oldest first.</summary>
    public abstract IReadOnlyCollection<TrialId> Startable { get; }

    /// <summary>The trials of <see cref="Startable"/> that are not paused: new, interrupted, or to be tried again. Oldest first; few, as a rule.</summary>
    public virtual IReadOnlyCollection<TrialId> Waiting => [.. Startable.Where(id => StatusOf(id) != TrialStatus.Paused)];

    /// <summary>
    /// Whether new trials may come before anything else happens: a suggestion is under way, or can be asked for. A scheduler that
    /// wants new trials to go before paused ones leaves a slot free while this holds.
    /// </summary>
    public virtual bool ExpectsTrials => false;

    /// <summary>
    /// Whether new trials may still come at any time, also where the searcher first waits for results or another session has to ask for them. A
    /// scheduler that waits for a group to fill goes on with what there is once this no longer holds.
    /// </summary>
    public virtual bool MoreToCome => ExpectsTrials;

    /// <summary>Where a trial stands, without the cost of a <see cref="TrialView"/>.</summary>
    public virtual TrialStatus StatusOf(TrialId id) => this[id].Status;

    /// <summary>How many trials have this status. O(1).</summary>
    public abstract int CountOf(TrialStatus status);
}
