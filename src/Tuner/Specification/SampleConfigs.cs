using System.Collections.Immutable;
using System.Globalization;
using Tuning.Spaces;

namespace Tuning.Specification;

/// <summary>
/// A few configurations of a search space that between them hold the ends of every range and every value of a choice or grid: each
/// differs from the first in one parameter.
/// </summary>
internal static class SampleConfigs
{
    private const int MaxSamples = 500;

    public static IReadOnlyList<ParameterSet> Of(SearchSpace space)
    {
        var first = Resolve(space.Root, "", null, out var counts);
        var samples = new List<ParameterSet> { (ParameterSet)first! };
        foreach (var (path, count) in counts)
        {
            for (var i = 1; i < count && samples.Count < MaxSamples; i++)
            {
                samples.Add((ParameterSet)Resolve(space.Root, "", (path, i), out _)!);
            }
        }

        return samples;
    }

    private static object? Resolve(SpaceNode root, string at, (string Path, int Index)? change, out List<(string Path, int Count)> counts)
    {
        var found = new List<(string Path, int Count)>();
        var result = Of(root, at);
        counts = found;
        return result;

        object? Of(SpaceNode node, string path)
        {
            switch (node)
            {
                case ConstantNode constant:
                    return constant.Value;
                case MapNode map:
                    return ParameterSet.From(map.Names.Zip(map.Nodes)
                        .Where(p => p.Second is not DomainNode { Domain: ComputedDomain })
                        .Select(p => KeyValuePair.Create(p.First, Of(p.Second, path.Length == 0 ? p.First : path + "." + p.First))));
                case ListNode list:
                    return new ParameterList(list.Nodes.Select((n, i) => Of(n, path + "." + i.ToString(CultureInfo.InvariantCulture))));
                case DomainNode { Domain: var domain }:
                    var nodes = Nodes(domain);
                    found.Add((path, nodes.Length));
                    return Of(nodes[change is { } c && c.Path == path ? c.Index : 0], path + "|");
                default:
                    return null;
            }
        }
    }

    /// <summary>The ends of a range, or each value.</summary>
    private static ImmutableArray<SpaceNode> Nodes(Domain domain) => domain switch
    {
        RealDomain real => [new ConstantNode(real.Lower), new ConstantNode(real.Upper)],
        IntegerDomain whole => [new ConstantNode(whole.Lower), new ConstantNode(whole.Upper)],
        NormalDomain normal => [new ConstantNode(normal.Mean)],
        ChoiceDomain choice => choice.Nodes,
        GridDomain grid => grid.Nodes,
        _ => [new ConstantNode(null)],
    };
}
