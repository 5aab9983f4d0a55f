namespace Tuning.Connectors;

/// <summary>The pipelines of several policies, one below the other: <c>env_to_module_connector/p0/000_MeanStdFilter</c>.</summary>
/// <param name="name">The registered name of its class.</param>
/// <param name="pipelines">Each policy's, by its name.</param>
internal sealed class PolicyConnectors(string name, IEnumerable<KeyValuePair<string, ICheckpointable>> pipelines) : ICheckpointable
{
    private readonly KeyValuePair<string, ICheckpointable>[] _pipelines = [.. pipelines];

    /// <inheritdoc/>
    public ComponentClass CheckpointClass { get; } = new(name, ParameterSet.Empty);

    /// <inheritdoc/>
    public bool TakesWhatBothHave => true;

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, ICheckpointable>> GetCheckpointableComponents() => _pipelines;

    /// <inheritdoc/>
    public ComponentState CaptureState() => ComponentState.Empty;

    /// <inheritdoc/>
    public void ApplyState(ComponentState state)
    {
    }
}
