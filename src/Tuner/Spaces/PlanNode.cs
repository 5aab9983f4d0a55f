namespace Tuning.Spaces;

/// <summary>A node of a <see cref="SpacePlan"/>. Immutable.</summary>
internal abstract class PlanNode;

/// <summary>A constant.</summary>
internal sealed class ConstantPlan(object? value) : PlanNode
{
    public object? Value { get; } = value;
}

/// <summary>A map, names in ordinal order.</summary>
internal sealed class MapPlan(string[] names, PlanNode[] nodes) : PlanNode
{
    public string[] Names { get; } = names;

    public PlanNode[] Nodes { get; } = nodes;

    public PlanNode? Child(string name) => Array.BinarySearch(Names, name, StringComparer.Ordinal) is >= 0 and var at ? Nodes[at] : null;
}

/// <summary>A list.</summary>
internal sealed class ListPlan(PlanNode[] nodes) : PlanNode
{
    public PlanNode[] Nodes { get; } = nodes;
}

/// <summary>A domain at its place.</summary>
internal sealed class LeafPlan(int id, Domain domain, ImmutableArray<string> segments, ulong seed) : PlanNode
{
    /// <summary>Its number in the plan.</summary>
    public int Id { get; } = id;

    public Domain Domain { get; } = domain;

    public ImmutableArray<string> Segments { get; } = segments;

    public string Path { get; } = string.Join('.', segments);

    /// <summary>A number of its own, by its path, that is mixed with the trial's: so a new parameter does not change what others draw.</summary>
    public ulong Seed { get; } = seed;

    /// <summary>The values of a choice or a grid; null for other domains.</summary>
    public PlanNode[]? Items { get; init; }

    /// <summary>Whether it is drawn from its domain alone.</summary>
    public bool IsPlain => Items is null && Domain.ConditionFormula is null && Domain is not ComputedDomain;
}
