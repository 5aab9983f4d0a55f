namespace Tuning.Spaces;

/// <summary>
/// Which domains wait for which others. A domain is two vertices, because an expression inside a choice's value may use its
/// siblings: to <em>pick</em> (its condition, and which of its values) and to be <em>resolved</em>.
/// </summary>
internal sealed class SpaceGraph
{
    private readonly SpacePlan _plan;
    private readonly HashSet<int>[] _edges;
    private readonly List<SpaceError> _errors = [];
    private readonly IReadOnlyCollection<string> _names;

    public SpaceGraph(SpacePlan plan)
    {
        _plan = plan;
        _edges = new HashSet<int>[2 * plan.Leaves.Length];
        _names = Names(plan.Root, "").Distinct().ToList();
        foreach (var leaf in plan.Leaves)
        {
            var (pick, resolve) = (_edges[Pick(leaf)], _edges[Resolve(leaf)]) = (new HashSet<int>(), new HashSet<int> { Pick(leaf) });
            Use(leaf, leaf.Domain.ConditionFormula, pick);
            Use(leaf, (leaf.Domain as ComputedDomain)?.Formula, resolve);
            resolve.UnionWith((leaf.Items ?? []).SelectMany(SpacePlan.LeavesOf).Select(Resolve));
        }
    }

    /// <summary>The outer domains that no C# function feeds, where there are any functions: what is resolved before those are called.</summary>
    public static ImmutableArray<LeafPlan> BeforeCode(SpacePlan plan)
    {
        var code = plan.Leaves.Where(l => l.Domain is ComputedDomain { Code: not null }).ToHashSet();
        if (code.Count == 0)
        {
            return [];
        }

        var graph = new SpaceGraph(plan);
        return [.. SpacePlan.LeavesOf(plan.Root).Where(l => !graph.Dependencies(l).Overlaps(code))];
    }

    /// <summary>Names that are not there.</summary>
    public IEnumerable<string> Check(Formula constraint) =>
        constraint.References.Where(r => !Find(_plan.Root, r, 0, [])).Select(r => constraint.UnknownName(r, _names).Message);

    /// <summary>Names that are not there, missing functions and cycles.</summary>
    public List<SpaceError> Check()
    {
        _errors.AddRange(_plan.Leaves.Where(l => l.Domain is ComputedDomain { IsMissingCode: true })
            .Select(l => new SpaceError(l.Segments, $"It is {l.Domain}, which is code and must be supplied again.")));
        if (_errors.Count == 0 && Cycle() is { } cycle)
        {
            var chain = string.Join(" depends on ", cycle.Select(l => $"`{l.Path}`"));
            _errors.Add(new(cycle[0].Segments, $"{chain}; one of them must not use the others."));
        }

        return _errors;
    }

    /// <summary>All domains whose values an expression may depend on, directly or not.</summary>
    public HashSet<LeafPlan> Dependencies(Formula formula)
    {
        var start = new HashSet<int>();
        foreach (var reference in formula.References)
        {
            Find(_plan.Root, reference, 0, start);
        }

        return [.. Reach(start).Select(v => _plan.Leaves[v / 2])];
    }

    /// <summary>All domains that a domain's value may depend on, itself included.</summary>
    public HashSet<LeafPlan> Dependencies(LeafPlan leaf) => [.. Reach([Resolve(leaf)]).Select(v => _plan.Leaves[v / 2])];

    private static int Pick(LeafPlan leaf) => 2 * leaf.Id;

    private static int Resolve(LeafPlan leaf) => (2 * leaf.Id) + 1;

    private void Use(LeafPlan leaf, Formula? formula, HashSet<int> edges)
    {
        foreach (var reference in formula?.References ?? [])
        {
            if (!Find(_plan.Root, reference, 0, edges))
            {
                _errors.Add(new(leaf.Segments, formula!.UnknownName(reference, _names).Message));
            }
        }
    }

    // Follows a name as a Resolution will, through every value that a choice may have.
    private static bool Find(PlanNode node, ImmutableArray<string> name, int at, HashSet<int> edges)
    {
        if (at == name.Length)
        {
            edges.UnionWith(SpacePlan.LeavesOf(node).Select(Resolve));
            return true;
        }

        switch (node)
        {
            case MapPlan map:
                return map.Child(name[at]) is { } child && Find(child, name, at + 1, edges);
            case ListPlan list:
                return ParameterScope.Position(name[at], list.Nodes.Length) is { } position && Find(list.Nodes[position], name, at + 1, edges);
            case LeafPlan { Items: { } items } leaf:
                edges.Add(Pick(leaf));

                // Not Any: each item's edges count.
                return items.Aggregate(false, (found, item) => Find(item, name, at, edges) || found);
            case LeafPlan leaf:
                edges.Add(Resolve(leaf));

                // What a computed value is made of is known only when it is computed.
                return leaf.Domain is ComputedDomain;
            default:
                return ParameterScope.Walk(((ConstantPlan)node).Value, name.AsSpan()[at..], out _);
        }
    }

    private HashSet<int> Reach(HashSet<int> start)
    {
        var reached = new HashSet<int>(start);
        var open = new Stack<int>(start);
        while (open.TryPop(out var vertex))
        {
            foreach (var next in _edges[vertex].Where(reached.Add))
            {
                open.Push(next);
            }
        }

        return reached;
    }

    private List<LeafPlan>? Cycle()
    {
        var state = new byte[_edges.Length];
        var path = new List<int>();
        for (var vertex = 0; vertex < _edges.Length; vertex++)
        {
            if (Visit(vertex) is { } start)
            {
                // The same domain twice in a row is its pick and its value; the first one closes the chain.
                var ids = path[path.IndexOf(start)..].Append(start).Select(v => v / 2).ToList();
                ids = [.. ids.Where((id, i) => i == 0 || ids[i - 1] != id)];
                return [.. (ids.Count == 1 ? [ids[0], ids[0]] : ids).Select(id => _plan.Leaves[id])];
            }
        }

        return null;

        int? Visit(int vertex)
        {
            if (state[vertex] != 0)
            {
                return state[vertex] == 1 ? vertex : null;
            }

            state[vertex] = 1;
            path.Add(vertex);
            foreach (var next in _edges[vertex])
            {
                if (Visit(next) is { } start)
                {
                    return start;
                }
            }

            state[vertex] = 2;
            path.RemoveAt(path.Count - 1);
            return null;
        }
    }

    private static IEnumerable<string> Names(PlanNode node, string path)
    {
        string Below(string name) => path.Length == 0 ? name : path + "." + name;
        return node switch
        {
            MapPlan map => map.Names.Zip(map.Nodes).SelectMany(c => Names(c.Second, Below(c.First)).Prepend(Below(c.First))),
            ListPlan list => list.Nodes.SelectMany((n, i) => Names(n, Below(i.ToString(CultureInfo.InvariantCulture)))),
            LeafPlan leaf => (leaf.Items ?? []).SelectMany(i => Names(i, path)).Prepend(path),
            ConstantPlan { Value: ParameterSet set } => set.Flatten().Select(p => Below(p.Key)),
            _ => [path],
        };
    }
}
