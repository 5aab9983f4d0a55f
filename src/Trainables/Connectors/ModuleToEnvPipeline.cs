namespace Tuning.Connectors;

/// <summary>
/// The way from a module's action to an environment's. Choices go through as they are; a box is stretched or clipped by <see cref="NormalizeAndClipActions"/>.
/// </summary>
/// <remarks>Immutable and safe for concurrent use. In a checkpoint its piece stands as <c>000_NormalizeAndClipActions</c>.</remarks>
internal sealed class ModuleToEnvPipeline : ICheckpointable
{
    private readonly NormalizeAndClipActions? _box;

    /// <summary>The pipeline for a space of actions.</summary>
    /// <param name="space">What the environment takes.</param>
    /// <param name="normalizeActions">RLlib's <c>normalize_actions</c>: a module's [-1, 1] means the bounds of a box.</param>
    /// <param name="clipActions">RLlib's <c>clip_actions</c>: without normalising, actions are clipped to the bounds.</param>
    public ModuleToEnvPipeline(Space space, bool normalizeActions = true, bool clipActions = false) =>
        _box = space is Box box ? new(box, normalizeActions, clipActions) : null;

    /// <inheritdoc/>
    public ComponentClass CheckpointClass => new(nameof(ModuleToEnvPipeline), ParameterSet.Empty);

    /// <summary>Transforms one action, or several laid end to end.</summary>
    /// <param name="action">As the module's distribution drew it.</param>
    /// <param name="result">Receives the environment's, as many numbers; may be the same memory.</param>
    public void Apply(ReadOnlySpan<float> action, Span<float> result)
    {
        if (_box is null)
        {
            action.CopyTo(result);
            return;
        }

        _box.Apply(action, result);
    }

    /// <summary>Adds what the pipeline does to a model that is exported.</summary>
    /// <param name="graph">The model.</param>
    /// <param name="actions">The name of the module's actions in it, [rows, numbers].</param>
    /// <returns>The name of the environment's, likewise.</returns>
    public string Export(ModelGraph graph, string actions) => _box is null ? actions : _box.Export(graph, actions);

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, ICheckpointable>> GetCheckpointableComponents() =>
        _box is null ? [] : [KeyValuePair.Create($"000_{nameof(NormalizeAndClipActions)}", (ICheckpointable)_box)];

    /// <inheritdoc/>
    public ComponentState CaptureState() => ComponentState.Empty;

    /// <inheritdoc/>
    public void ApplyState(ComponentState state)
    {
    }
}
