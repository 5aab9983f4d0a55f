namespace Tuning.Spaces;

/// <summary>A list of values, each a constant or holding domains of its own: what <see cref="ChoiceDomain"/> and <see cref="GridDomain"/> have in
/// common.</summary>
public abstract class ListDomain : Domain
{
    private protected ListDomain(string name, IReadOnlyList<object?> values)
    {
        Name = name;
        Nodes = values.Count > 0
            ? [.. values.Select(SpaceNode.From)]
            : throw new ArgumentException($"{name} has no values; give at least one.");
        EnumType = values.FirstOrDefault(v => v is Enum)?.GetType();
    }

    /// <summary>The values in the given order; one that holds domains in its canonical form.</summary>
    public IReadOnlyList<object?> Values => [.. Nodes.Select(n => n.ToParameters())];

    internal ImmutableArray<SpaceNode> Nodes { get; }

    /// <summary>The enumeration that the values were given as members of; null where there is none.</summary>
    internal Type? EnumType { get; }

    private protected override (string Name, object? Arguments) Form => (Name, new ParameterList(Values));

    private string Name { get; }

    /// <summary>The places of values that differ, in order: the first of equal ones.</summary>
    internal int[] Different() => [.. Nodes.Select((node, place) => (Value: node.ToParameters(), place)).DistinctBy(n => n.Value).Select(n => n.place)];

    /// <inheritdoc/>
    public override object? Sample(RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return Nodes[random.NextInt32(Nodes.Length)].Sample(random);
    }

    /// <inheritdoc/>
    public override bool Contains(object? value)
    {
        var normal = ParameterSet.Normalize(value);
        return Nodes.Any(n => n.Contains(normal));
    }
}
