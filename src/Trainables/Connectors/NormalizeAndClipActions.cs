namespace Tuning.Connectors;

/// <summary>
/// Turns the actions that a module draws into those that an environment takes. With <c>normalize_actions</c> a module's [-1, 1] is
/// stretched to the bounds of the box and clipped to them; else with <c>clip_actions</c> they are only clipped; else left alone.
/// </summary>
/// <remarks>As in RLlib a box with any infinite bound is not stretched; it is left alone, or clipped with <c>clip_actions</c> when <c>normalize_actions</c> is
/// off.</remarks>
internal sealed class NormalizeAndClipActions : ICheckpointable
{
    private readonly float[] _low;
    private readonly float[] _high;
    private readonly bool _stretch;
    private readonly bool _clip;

    /// <summary>For actions in a box.</summary>
    /// <param name="box">What the environment takes.</param>
    /// <param name="normalizeActions">RLlib's <c>normalize_actions</c>.</param>
    /// <param name="clipActions">RLlib's <c>clip_actions</c>.</param>
    /// <exception cref="ArgumentException">Actions are to be stretched to bounds so far apart that their difference is no number.</exception>
    public NormalizeAndClipActions(Box box, bool normalizeActions = true, bool clipActions = false)
    {
        ArgumentNullException.ThrowIfNull(box);
        (_low, _high) = ([.. box.Low], [.. box.High]);
        _stretch = normalizeActions && box.IsBounded;
        _clip = !normalizeActions && clipActions;
        for (var i = 0; _stretch && i < _low.Length; i++)
        {
            if (!float.IsFinite(_high[i] - _low[i]))
            {
                throw new ArgumentException(Invariant($"Number {i} of an action goes from {_low[i]} to {_high[i]}; the difference of the two must be a finite ")
                    + "number, so that actions can be stretched to it. Narrow the box, or set normalize_actions to false.", nameof(box));
            }
        }
    }

    /// <inheritdoc/>
    public ComponentClass CheckpointClass => new(nameof(NormalizeAndClipActions), ParameterSet.Empty);

    /// <summary>Transforms one action, or several laid end to end.</summary>
    /// <param name="action">As the module's distribution drew it.</param>
    /// <param name="result">Receives the environment's; may be the same memory.</param>
    [MethodImpl(AggressiveOptimization)]
    public void Apply(ReadOnlySpan<float> action, Span<float> result)
    {
        var (low, high) = (_low, _high);
        for (int at = 0, i = 0; at < action.Length; at++, i = i + 1 == low.Length ? 0 : i + 1)
        {
            var value = action[at];
            if (_stretch)
            {
                value = Math.Clamp(low[i] + ((value + 1) * ((high[i] - low[i]) / 2)), low[i], high[i]);
            }
            else if (_clip)
            {
                value = Math.Clamp(value, low[i], high[i]);
            }

            result[at] = value;
        }
    }

    /// <inheritdoc cref="ModuleToEnvPipeline.Export"/>
    public string Export(ModelGraph graph, string actions)
    {
        if (!_stretch && !_clip)
        {
            return actions;
        }

        var (low, high) = (graph.Constant("actions.low", _low, _low.Length), graph.Constant("actions.high", _high, _low.Length));
        if (_stretch)
        {
            // In the order of Apply: twice the half of a range may be as wide as floats go, twice the range may not.
            var halves = new float[_low.Length];
            for (var i = 0; i < halves.Length; i++)
            {
                halves[i] = (_high[i] - _low[i]) / 2;
            }

            var wide = graph.Add("Mul", [graph.Add("Add", [actions, graph.Constant("one", [1f])]), graph.Constant("actions.half", halves, _low.Length)]);
            actions = graph.Add("Add", [low, wide]);
        }

        return graph.Add("Min", [graph.Add("Max", [actions, low]), high]);
    }

    /// <inheritdoc/>
    public ComponentState CaptureState() => ComponentState.Empty;

    /// <inheritdoc/>
    public void ApplyState(ComponentState state)
    {
    }
}
