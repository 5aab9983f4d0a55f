using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tuning.Spaces.Expressions;

namespace Tuning.Spaces;

/// <summary>A search space prepared for drawing: every domain, also inside the values of choices and grids, has a number. Immutable.</summary>
internal sealed class SpacePlan
{
    private readonly List<LeafPlan> _leaves = [];

    /// <summary>Prepares a space.</summary>
    /// <exception cref="ArgumentException">A computed value lacks its function, or expressions name what is not there or each other; all errors at once.</exception>
    public SpacePlan(SearchSpace space, IEnumerable<string> constraints)
        : this(space)
    {
        Constraints = [.. constraints.Select(Formula.Parse)];
        var errors = new SpaceGraph(this).Check(Constraints);
        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, errors));
        }
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

    /// <summary>What is wrong with the expressions of a space; constraints that cannot be read are left out.</summary>
    public static List<SpaceError> Check(SearchSpace space, IEnumerable<string> constraints)
    {
        var plan = new SpacePlan(space);
        var formulas = new List<Formula>();
        var errors = new List<SpaceError>();
        foreach (var constraint in constraints)
        {
            try
            {
                formulas.Add(Formula.Parse(constraint));
            }
            catch (ExpressionException e)
            {
                errors.Add(new([], e.Message));
            }
        }

        errors.AddRange(new SpaceGraph(plan).Check(formulas));
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
        var nodes = domain switch
        {
            ChoiceDomain choice => choice.Nodes,
            GridDomain grid => grid.Nodes,
            _ => default,
        };

        // A value's own domains have seeds of their own, else they would follow the draw among the values.
        var leaf = new LeafPlan(id, domain, path, BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(key))))
        {
            Items = nodes.IsDefault ? null : [.. nodes.Select((n, i) => Compile(n, path, key + "#" + Number(i)))],
        };
        _leaves[id] = leaf;
        return leaf;
    }

    private static string Number(int i) => i.ToString(CultureInfo.InvariantCulture);
}
