namespace Tuning.Control;

/// <summary>Deletes checkpoints that <see cref="CheckpointRetention"/> does not keep.</summary>
internal sealed class SurplusCheckpoints(ExperimentPlan plan, ExperimentState state, CommandEmitter commands)
{
    private readonly List<SavedCheckpoint> _surplus = [];

    /// <summary>Deletes what is not wanted of trials whose checkpoints changed.</summary>
    public void Delete()
    {
        if (state.References.Unsettled.Count == 0)
        {
            return;
        }

        foreach (var id in state.References.Unsettled)
        {
            if (plan.Checkpoints.MaxToKeep is not null && commands.Agrees)
            {
                Delete(state.Trials.Find(id));
            }
        }

        state.References.Unsettled.Clear();
    }

    private void Delete(Trial trial)
    {
        _surplus.Clear();
        CheckpointRetention.Select(
            trial.Checkpoints ?? [],
            plan.Checkpoints,
            c => Ref(c) == trial.Restore || state.References.Contains(Ref(c)),
            _surplus);
        foreach (var checkpoint in _surplus)
        {
            commands.Emit(new ExperimentCommand.DeleteCheckpoint(Ref(checkpoint)));
        }

        CheckpointRef Ref(SavedCheckpoint c) => new(trial.Id, c.Number, c.AfterReport);
    }
}
