using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Tuning.Spaces;

/// <summary>A search space prepared for drawing: every domain, also inside the values of choices and grids, has a number. Immutable.</summary>
internal sealed class SpacePlan
{
    private readonly List<LeafPlan> _leaves = [];

    /// <summary>Prepares a space.</summary>
    /// <exception cref="ArgumentException">A computed value lacks its function, or expressions name what is not there or each other; all errors at
    /// once.</exception>
    public SpacePlan(SearchSpace space, IEnumerable<string> constraints)
        : this(space)
    {
        string[] all = [.. constraints];
        var errors = Check(space, all);
        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, errors));
        }

        Constraints = [.. all.Select(Formula.Parse)];
    }

    private SpacePlan(SearchSpace space)
    {
        Root = Compile(space.Root, [], "");
        Leaves = [.. _leaves];
    }

    /// <summary>The tree.</summary>
    public PlanNode Root { get; }

    /// <summary>All domains by number.</summary>
    public ImmutableArray<LeafPlan> Leaves { get; }

    /// <summary>What every configuration fulfils.</summary>
    public ImmutableArray<Formula> Constraints { get; } = [];

    /// <summary>What is wrong with the expressions of a space and with constraints over it.</summary>
    public static List<SpaceError> Check(SearchSpace space, IEnumerable<string> constraints)
    {
        var graph = new SpaceGraph(new(space));
        var errors = graph.Check();
        foreach (var (i, constraint) in constraints.Index())
        {
            try
            {
                errors.AddRange(graph.Check(Formula.Parse(constraint)).Select(m => new SpaceError([], m) { Constraint = i }));
            }
            catch (ExpressionException e)
            {
                errors.Add(new([], e.Message) { Constraint = i });
            }
        }

        return errors;
    }

    /// <summary>The domains at or below a node, not those inside the values of other domains.</summary>
    public static IEnumerable<LeafPlan> LeavesOf(PlanNode node) => node switch
    {
        LeafPlan leaf => [leaf],
        MapPlan map => map.Nodes.SelectMany(LeavesOf),
        ListPlan list => list.Nodes.SelectMany(LeavesOf),
        _ => [],
    };

    /// <summary>How many configurations there are without looking at constraints, at least and at most; infinity where they are not counted.</summary>
    public (double Least, double Most) Configurations()
    {
        var outer = LeavesOf(Root).ToHashSet();
        var (least, most) = (1.0, 1.0);
        foreach (var leaf in Leaves)
        {
            var count = leaf.Domain switch
            {
                ListDomain list => list.Different().Length,
                RealDomain { Step: not null } real => real.ToScale().Count,
                IntegerDomain whole => whole.ToScale().Count,
                ComputedDomain => 1,
                _ => double.PositiveInfinity,
            };
            var isAlwaysThere = leaf.Domain.ConditionFormula is null && outer.Contains(leaf);
            least *= isAlwaysThere && leaf.Domain is not NormalDomain { Step: not null } ? count : 1;
            most *= isAlwaysThere ? count : count + 1;
        }

        return (least, most);
    }

    private PlanNode Compile(SpaceNode node, ImmutableArray<string> path, string key) => node switch
    {
        MapNode map => new MapPlan([.. map.Names], [.. map.Nodes.Select((n, i) => Compile(n, path.Add(map.Names[i]), key + "." + map.Names[i]))]),
        ListNode list => new ListPlan([.. list.Nodes.Select((n, i) => Compile(n, path.Add(Number(i)), key + "." + Number(i)))]),
        DomainNode { Domain: var domain } => Compile(domain, path, key),
        _ => new ConstantPlan(node.ToParameters()),
    };

    private LeafPlan Compile(Domain domain, ImmutableArray<string> path, string key)
    {
        var id = _leaves.Count;
        _leaves.Add(null!);
        // A value's own domains have seeds of their own, else they would follow the draw among the values.
        var leaf = new LeafPlan(id, domain, path, BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(key))))
        {
            Items = domain is ListDomain { Nodes: var nodes } ? [.. nodes.Select((n, i) => Compile(n, path, key + "#" + Number(i)))] : null,
        };
        _leaves[id] = leaf;
        return leaf;
    }

    private static string Number(int i) => i.ToString(CultureInfo.InvariantCulture);
}
