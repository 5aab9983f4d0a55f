namespace Tuning.Algorithms;

/// <summary>A policy of an algorithm as what the checkpoint of a policy is restored into: its weights and its connectors.</summary>
internal sealed class PolicyInPlace(RlModule module, EnvToModulePipeline toModule, ModuleToEnvPipeline toEnvironment) : ICheckpointable
{
    /// <inheritdoc/>
    public ComponentClass CheckpointClass { get; } = new(Policy.ClassName, ParameterSet.Empty) { TensorFile = Policy.TensorFile };

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, ICheckpointable>> GetCheckpointableComponents() =>
        [new("env_to_module_connector", toModule), new("module_to_env_connector", toEnvironment)];

    /// <inheritdoc/>
    public ComponentState CaptureState() => ((ICheckpointable)module).CaptureState();

    /// <inheritdoc/>
    public void ApplyState(ComponentState state) => ((ICheckpointable)module).ApplyState(state);
}
