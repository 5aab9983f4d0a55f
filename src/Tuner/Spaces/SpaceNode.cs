using System.Collections;

namespace Tuning.Spaces;

/// <summary>A place in the tree of a search space. Immutable; a subtree without domains is always one <see cref="ConstantNode"/>.</summary>
internal abstract class SpaceNode
{
    /// <summary>Whether a grid search stands here or below.</summary>
    public abstract bool HoldsGrid { get; }

    /// <summary>The canonical form: a value, a map or a list.</summary>
    public abstract object? ToParameters();

    /// <summary>Draws the whole subtree, without looking at conditions.</summary>
    public abstract object? Sample(RandomStream random);

    /// <summary>Whether the value, in normal form, can come out of this subtree.</summary>
    public abstract bool Contains(object? value);

    /// <summary>The node for anything that a user may give.</summary>
    /// <exception cref="ArgumentException">It is of a type that configurations do not hold, or is a domain that is none.</exception>
    public static SpaceNode From(object? value) => Read(value, [], null);

    /// <summary>The same, collecting the errors; where one is, a constant null stands.</summary>
    public static SpaceNode Read(object? value, ImmutableArray<string> path, List<SpaceError>? errors)
    {
        try
        {
            switch (value)
            {
                case SpaceNode node:
                    return node;
                case Domain domain:
                    return new DomainNode(domain);
                case ITypedDomain { Untyped: var untyped }:
                    return new DomainNode(untyped);
                case SearchSpace space:
                    return space.Root;
                case IEnumerable<KeyValuePair<string, object?>> map:
                    return ReadMap(map, path, errors);
                case IDictionary dictionary:
                    return ReadMap(Entries(dictionary), path, errors);
                case IEnumerable list and not string:
                    return List([.. list.Cast<object?>()
                        .Select((item, i) => Read(item, path.Add(i.ToString(System.Globalization.CultureInfo.InvariantCulture)), errors))]);
                default:
                    return new ConstantNode(ParameterSet.Normalize(value));
            }
        }
        catch (ArgumentException e) when (errors is not null)
        {
            errors.Add(new(path, e.Message));
            return new ConstantNode(null);
        }
    }

    /// <summary>A list of nodes, constant if all of them are.</summary>
    public static SpaceNode List(SpaceNode[] items) => Array.TrueForAll(items, i => i is ConstantNode)
        ? new ConstantNode(new ParameterList(items.Select(i => ((ConstantNode)i).Value)))
        : new ListNode([.. items]);

    /// <summary>A map of nodes, constant if all of them are.</summary>
    public static SpaceNode Map(SortedDictionary<string, SpaceNode> children) => children.Values.All(c => c is ConstantNode)
        ? new ConstantNode(ParameterSet.From(children.Select(c => KeyValuePair.Create(c.Key, ((ConstantNode)c.Value).Value))))
        : new MapNode([.. children.Keys], [.. children.Values]);

    /// <summary>The children by name, if this is a map.</summary>
    public SortedDictionary<string, SpaceNode>? Children()
    {
        var children = new SortedDictionary<string, SpaceNode>(StringComparer.Ordinal);
        switch (this)
        {
            case MapNode map:
                for (var i = 0; i < map.Names.Length; i++)
                {
                    children.Add(map.Names[i], map.Nodes[i]);
                }

                return children;
            case ConstantNode { Value: ParameterSet set }:
                foreach (var (name, value) in set)
                {
                    children.Add(name, new ConstantNode(value));
                }

                return children;
            default:
                return null;
        }
    }

    private static SpaceNode ReadMap(IEnumerable<KeyValuePair<string, object?>> map, ImmutableArray<string> path, List<SpaceError>? errors)
    {
        var entries = map.ToList();
        if (entries.Exists(e => DomainReader.Names.Contains(e.Key) || e.Key == "when" || entries.Count == 1) && entries.TrueForAll(e => IsPlain(e.Value))
            && DomainReader.TryRead(ParameterSet.From(entries), out var domain))
        {
            return new DomainNode(domain);
        }

        var children = new SortedDictionary<string, SpaceNode>(StringComparer.Ordinal);
        foreach (var (name, value) in entries)
        {
            ArgumentException.ThrowIfNullOrEmpty(name);
            if (!children.TryAdd(name, Read(value, path.Add(name), errors)))
            {
                throw new ArgumentException($"The parameter '{name}' stands twice.");
            }
        }

        return Map(children);
    }

    // Whether a value is made of configuration values alone: only those can be a domain in canonical form.
    private static bool IsPlain(object? value) => value switch
    {
        Domain or ITypedDomain or SearchSpace or SpaceNode => false,
        string or ParameterSet or ParameterList => true,
        IEnumerable<KeyValuePair<string, object?>> map => map.All(e => IsPlain(e.Value)),
        IDictionary dictionary => dictionary.Values.Cast<object?>().All(IsPlain),
        IEnumerable list => list.Cast<object?>().All(IsPlain),
        _ => true,
    };

    private static IEnumerable<KeyValuePair<string, object?>> Entries(IDictionary dictionary)
    {
        foreach (DictionaryEntry entry in dictionary)
        {
            yield return new(entry.Key as string
                ?? throw new ArgumentException(Invariant($"A configuration's names are texts; {entry.Key} is a {entry.Key.GetType().Name}.")), entry.Value);
        }
    }
}

/// <summary>A value without domains.</summary>
internal sealed class ConstantNode(object? value) : SpaceNode
{
    public object? Value { get; } = value;

    public override bool HoldsGrid => false;

    public override object? ToParameters() => Value;

    public override object? Sample(RandomStream random) => Value;

    public override bool Contains(object? value) => Equals(value, Value);
}

/// <summary>A domain.</summary>
internal sealed class DomainNode(Domain domain) : SpaceNode
{
    public Domain Domain { get; } = domain;

    public override bool HoldsGrid => Domain is GridDomain;

    public override object? ToParameters() => Domain.ToParameters();

    public override object? Sample(RandomStream random) => Domain.Sample(random);

    public override bool Contains(object? value) => Domain.Contains(value);
}

/// <summary>A map that holds a domain somewhere. Names are in ordinal order.</summary>
internal sealed class MapNode(ImmutableArray<string> names, ImmutableArray<SpaceNode> nodes) : SpaceNode
{
    public ImmutableArray<string> Names { get; } = names;

    public ImmutableArray<SpaceNode> Nodes { get; } = nodes;

    public override bool HoldsGrid => Nodes.Any(n => n.HoldsGrid);

    public override object? ToParameters() => ParameterSet.From(Names.Zip(Nodes, (name, node) => KeyValuePair.Create(name, node.ToParameters())));

    public override object? Sample(RandomStream random) => ParameterSet.From(Names.Zip(Nodes, (name, node) => KeyValuePair.Create(name, node.Sample(random))));

    public override bool Contains(object? value)
    {
        if (value is not ParameterSet set || set.Names.Any(n => !Names.Contains(n)))
        {
            return false;
        }

        for (var i = 0; i < Names.Length; i++)
        {
            var there = set.Names.Contains(Names[i]);
            if (there ? !Nodes[i].Contains(set[Names[i]]) : Nodes[i] is not DomainNode { Domain.Condition: not null })
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>A list that holds a domain somewhere.</summary>
internal sealed class ListNode(ImmutableArray<SpaceNode> nodes) : SpaceNode
{
    public ImmutableArray<SpaceNode> Nodes { get; } = nodes;

    public override bool HoldsGrid => Nodes.Any(n => n.HoldsGrid);

    public override object? ToParameters() => new ParameterList(Nodes.Select(n => n.ToParameters()));

    public override object? Sample(RandomStream random) => new ParameterList(Nodes.Select(n => n.Sample(random)));

    public override bool Contains(object? value) => value is ParameterList list && list.Count == Nodes.Length
        && Nodes.Zip(list).All(p => p.First.Contains(p.Second));
}
