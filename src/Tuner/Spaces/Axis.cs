namespace Tuning.Spaces;

/// <summary>What a coordinate means.</summary>
internal enum AxisKind
{
    /// <summary>A number that is not counted: in [0, 1].</summary>
    Real,

    /// <summary>A counted number in order: in [0, 1], the middle of its cell.</summary>
    Ordinal,

    /// <summary>A value without order: its index, from 0.</summary>
    Category,
}

/// <summary>A searched parameter as a coordinate of model-based search. Immutable.</summary>
/// <param name="index">Its place in a row.</param>
/// <param name="leaf">Its domain at its place.</param>
/// <param name="scale">How its values lie on the unit interval.</param>
internal sealed class Axis(int index, LeafPlan leaf, Scale scale)
{
    /// <summary>Its place in a row.</summary>
    public int Index { get; } = index;

    /// <summary>Its path in the configuration, <c>model.lr</c>.</summary>
    public string Path => Leaf.Path;

    /// <summary>Its domain at its place.</summary>
    public LeafPlan Leaf { get; } = leaf;

    /// <summary>How its values lie on the unit interval.</summary>
    public Scale Scale { get; } = scale;

    /// <summary>What its coordinate means.</summary>
    public AxisKind Kind { get; } = scale is CategoryScale ? AxisKind.Category : scale.Count > 0 ? AxisKind.Ordinal : AxisKind.Real;

    /// <summary>How many values it has; 0 when they are not counted.</summary>
    public long Count => Scale.Count;

    /// <summary>Whether it can be absent, because of its own condition or that of a choice that it stands in.</summary>
    public required bool IsConditional { get; init; }
}
