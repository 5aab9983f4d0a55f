using Tuning.Algorithms;
using Tuning.Checkpointing;
using Tuning.Learning;
using Tuning.Modules;
using Tuning.Randomness;

namespace Tuning.Ppo;

/// <summary>The branch <c>learner</c> of a checkpoint: moments, coefficients and the stream for shuffling; its module is below it.</summary>
internal sealed class PpoLearnerComponent(PpoLearner learner, string moduleId) : ICheckpointable
{
    private readonly KeyValuePair<string, ICheckpointable>[] _components =
        [new("rl_module", new ContainerComponent("MultiRlModule", KeyValuePair.Create<string, ICheckpointable>(moduleId, learner.Module)))];

    /// <inheritdoc/>
    public ComponentClass CheckpointClass { get; } = new("PpoLearner", ParameterSet.Empty) { TensorFile = "optimizer_state.safetensors" };

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, ICheckpointable>> GetCheckpointableComponents() => _components;

    /// <inheritdoc/>
    public ComponentState CaptureState()
    {
        var state = learner.GetState();
        return ComponentState.Empty with
        {
            Values = ParameterSet.From(
            [
                new("optimizer_steps", state.OptimizerSteps),
                new("kl_coeff", state.KlCoeff),
                new("configured_kl_coeff", state.ConfiguredKlCoeff),
                new("shuffle", state.Shuffle.ToString()),
                new("num_module_steps_trained_lifetime", state.StepsTrainedLifetime),
            ]),
            Tensors = NamedTensors.ToState(state.OptimizerState),
        };
    }

    /// <inheritdoc/>
    public void ApplyState(ComponentState state) => learner.SetState(new()
    {
        OptimizerSteps = state.Value<long>("optimizer_steps"),
        KlCoeff = state.Value<double>("kl_coeff"),
        ConfiguredKlCoeff = state.Value<double>("configured_kl_coeff"),
        Shuffle = Stream(state.Value<string>("shuffle")),
        StepsTrainedLifetime = state.Value<long>("num_module_steps_trained_lifetime"),
        OptimizerState = NamedTensors.FromState(state, learner.GetState().OptimizerState),
    });

    private static RandomState Stream(string text)
    {
        try
        {
            return RandomState.Parse(text);
        }
        catch (FormatException e)
        {
            throw new CheckpointException($"The stream 'shuffle' of the learner is damaged: {e.Message}", e);
        }
    }
}
