namespace Tuning.Control;

/// <summary>Which trials start: exploits that can be done, trials that wait, new ones.</summary>
internal sealed class TrialStarts(ExperimentPlan plan, ExperimentState state, ITrialScheduler scheduler, CommandEmitter commands)
{
    // How many segments may run at once now.
    private int Slots => plan.IsOnDemand ? state.Trials.Occupied + state.Asks : plan.Slots;

    /// <summary>Does the exploits that can be done.</summary>
    /// <param name="force">Whether those that still wait for a checkpoint are given up.</param>
    public void ResolveExploits(bool force)
    {
        var exploiters = state.Exploits;
        if (force)
        {
            exploiters.TouchAll();
        }

        var after = -1L;
        while (commands.MayDecide && exploiters.NextDue(ref after) is { } exploiter)
        {
            var plan = exploiter.Live!.Plan!;
            var source = state.Trials.Find(plan.Source);
            if (exploiter.Status != TrialStatus.Pending || (plan.Captured is null && !force && IsAwaited(source)))
            {
                continue;
            }

            if (plan.Captured is { } captured)
            {
                commands.Emit(new ExperimentCommand.AdoptCheckpoint(exploiter.Id, captured));
            }
            else
            {
                commands.Emit(new ExperimentCommand.AbandonExploit(exploiter.Id,
                    $"trial {source.Id} {WhyNot(source, plan)}, so its state cannot be taken over"));
            }

            // In verification the record may say something else; it is looked at again.
            exploiters.Touch(exploiter);
        }
    }

    // Why a source gives no checkpoint: an older one than its state at the decision would undo what it was chosen for.
    private static string WhyNot(Trial source, ExploitPlan plan) => source switch
    {
        { Status: TrialStatus.Failed } => "failed",
        { Restore: null } => "has no checkpoint",
        _ => Invariant($"has no checkpoint of its report {plan.AtLeast} or a later one: its last follows report {source.RestoreFollows}"),
    };

    // Whether a checkpoint of the source is still to come. One that waits itself is not waited for: two trials cannot wait for each other.
    private static bool IsAwaited(Trial source) =>
        TrialTransitions.HasSegment(source.Status)
        || (source.Status == TrialStatus.Pending && source.Live is { Plan: null } live && (live.SaveRequested || live.OwesSave));

    /// <summary>Fills free slots with trials that wait.</summary>
    public void StartTrials()
    {
        var trials = state.Trials;
        while (commands.MayDecide && state.SuspendReason is null && trials.Startable.Count > 0 && trials.Occupied < Slots)
        {
            // While the experiment stops, only those start that still owe their last checkpoint.
            var isChosen = state.StopReason is null;
            TrialId? chosen = isChosen ? scheduler.Choose(trials) : trials.OldestStartable;
            if (chosen is not { } id)
            {
                return;
            }

            if (!trials.IsStartable(id))
            {
                throw new InvalidOperationException(
                    $"The scheduler '{scheduler.Name}' chose trial {id} to start, which is not startable; startable are: "
                    + $"{string.Join(", ", trials.Startable)}.");
            }

            commands.Emit(new ExperimentCommand.StartTrial(id, trials.Find(id).Restore, isChosen ? scheduler.StartReason(id, trials) : null));
        }
    }

    /// <summary>Asks for suggestions where slots are left.</summary>
    public void RequestSuggestions()
    {
        if (!commands.Agrees || !state.AcceptsTrials)
        {
            return;
        }

        var suggestions = state.Suggestions;
        var trials = state.Trials;
        var ready = state.Pace?.Ready(plan.Slots) ?? 0;
        for (var free = Slots + ready - trials.Occupied - trials.StartablePending - suggestions.Requested.Count; free > 0 && suggestions.CanAsk; free--)
        {
            commands.Emit(new ExperimentCommand.RequestSuggestion(suggestions.Ask()));
        }
    }
}
