namespace Tuning.Algorithms;

/// <summary>A component that has no state but that of the components in it: <c>learner_group</c>, <c>rl_module</c>.</summary>
/// <param name="name">The registered name of its class.</param>
/// <param name="components">The components in it.</param>
internal sealed class ContainerComponent(string name, params KeyValuePair<string, ICheckpointable>[] components) : ICheckpointable
{
    /// <inheritdoc/>
    public ComponentClass CheckpointClass { get; } = new(name, ParameterSet.Empty);

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, ICheckpointable>> GetCheckpointableComponents() => components;

    /// <inheritdoc/>
    public bool TakesWhatBothHave { get; init; }

    /// <summary>Told the state that was taken over, with those of the components in it.</summary>
    public Action<ComponentState>? Applied { get; init; }

    /// <inheritdoc/>
    public ComponentState CaptureState() => ComponentState.Empty;

    /// <inheritdoc/>
    public void ApplyState(ComponentState state) => Applied?.Invoke(state);
}
