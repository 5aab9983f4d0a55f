using Tuning.Algorithms;
using Tuning.Checkpointing;

namespace Tuning;

public sealed partial class Algorithm
{
    /// <inheritdoc/>
    ComponentClass ICheckpointable.CheckpointClass => new(Config.Name, Config.ToParameters()) { TensorFile = "algorithm_state.safetensors" };

    /// <inheritdoc/>
    IReadOnlyCollection<string> ICheckpointable.CompanionDirectories => ["policies"];

    /// <inheritdoc/>
    IReadOnlyList<KeyValuePair<string, ICheckpointable>> ICheckpointable.GetCheckpointableComponents() => _components;

    /// <inheritdoc/>
    IReadOnlyCollection<string> ICheckpointable.OptionalComponents => [Evaluator.Component];

    /// <inheritdoc/>
    ComponentState ICheckpointable.CaptureState() => ComponentState.Empty with
    {
        Values = ParameterSet.From([new("training_iteration", TrainingIteration), new("metrics", Metrics.GetState())]),
    };

    /// <inheritdoc/>
    void ICheckpointable.ApplyState(ComponentState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        TrainingIteration = state.Value<long>("training_iteration");
        Metrics.SetState(state.Value<string>("metrics"));
    }

    /// <inheritdoc/>
    ParameterSet ICheckpointable.GetMetadata() => ParameterSet.From(
    [
        new("training_iteration", TrainingIteration),
        new("num_env_steps_sampled_lifetime", NumEnvStepsSampledLifetime),
        new("policy_ids", PolicyIds),
    ]);

    /// <inheritdoc/>
    void ICheckpointable.OnRestored()
    {
        (IterationsSinceRestore, _trainedSinceRestore) = (0, TimeSpan.Zero);
        foreach (var notice in new[] { LearnerGroup.TakeRestoreNotice(), _runners.TakeRestoreNotice(), _evaluator?.TakeRestoreNotice() })
        {
            if (notice is not null)
            {
                AlgorithmLog.RestoreNotice(Context.Logger, notice);
            }
        }

        Context.Hooks.OnCheckpointLoaded(this);
    }

    /// <inheritdoc/>
    string? ICheckpointable.ExplainMisfit(CheckpointDirectory saved) => AlgorithmMisfit.Explain(this, _runners.Policies, saved);

    /// <inheritdoc/>
    void ICheckpointable.WriteCompanions(CheckpointDirectory directory)
    {
        // The layout of RLlib before there was a tree, for tools that look for it. Nothing of it is read back.
        File.WriteAllText(directory.File("checkpoint_version.txt"), Policy.LayoutVersion + "\n");
        File.WriteAllBytes(directory.File(".is_checkpoint"), []);
        directory.WriteJson(".tune_metadata", new { TrainingIteration, TimestepsTotal = NumEnvStepsSampledLifetime });
        foreach (var id in PolicyIds)
        {
            CheckpointableExtensions.SaveTo(GetPolicy(id), new CheckpointDirectory(directory.File("policies/" + id)));
        }
    }
}
