using System.Collections.Immutable;
using Tuning.Randomness;

namespace Tuning.Spaces;

/// <summary>One of several values, all equally likely.</summary>
public sealed class ChoiceDomain : Domain
{
    internal ChoiceDomain(IReadOnlyList<object?> values)
    {
        if (values.Count == 0)
        {
            throw new ArgumentException("choice has no values; give at least one.");
        }

        Nodes = [.. values.Select(SpaceNode.From)];
        if (Nodes.Any(n => n.HoldsGrid))
        {
            throw new ArgumentException("A grid_search cannot stand inside a choice: how many trials there are would depend on what is drawn. Make the choice a grid_search too, or the grid_search a choice.");
        }
    }

    /// <inheritdoc/>
    public override DomainKind Kind => DomainKind.Choice;

    /// <summary>The values in the given order; one that holds domains in its canonical form.</summary>
    public IReadOnlyList<object?> Values => [.. Nodes.Select(n => n.ToParameters())];

    internal ImmutableArray<SpaceNode> Nodes { get; }

    private protected override (string Name, object? Arguments) Form => ("choice", new ParameterList(Values));

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

    private protected override string Describe() => $"one of {Text(new ParameterList(Values))}";
}

/// <summary>Every one of several values, each in a trial of its own.</summary>
public sealed class GridDomain : Domain
{
    internal GridDomain(IReadOnlyList<object?> values) => Nodes = values.Count > 0
        ? [.. values.Select(SpaceNode.From)]
        : throw new ArgumentException("grid_search has no values; give at least one.");

    /// <inheritdoc/>
    public override DomainKind Kind => DomainKind.Grid;

    /// <summary>The values in the given order; one that holds domains in its canonical form.</summary>
    public IReadOnlyList<object?> Values => [.. Nodes.Select(n => n.ToParameters())];

    internal ImmutableArray<SpaceNode> Nodes { get; }

    private protected override (string Name, object? Arguments) Form => ("grid_search", new ParameterList(Values));

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

    private protected override string Describe() => $"every one of {Text(new ParameterList(Values))}";
}
