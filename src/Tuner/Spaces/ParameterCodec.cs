using System.Collections.Immutable;
using Tuning.Randomness;
using Tuning.Spaces.Expressions;

namespace Tuning.Spaces;

/// <summary>
/// Configurations as rows of numbers and back: one coordinate per drawn parameter, also those inside the values of a choice. NaN
/// stands for a parameter that is absent. Computed values and constants have no coordinate; they follow.
/// </summary>
/// <remarks>Immutable; safe for use by any thread.</remarks>
internal sealed partial class ParameterCodec
{
    private readonly SpacePlan _plan;
    private readonly Axis?[] _axisOf;
    private readonly ImmutableArray<LeafPlan> _beforeCode;

    /// <summary>Prepares a space.</summary>
    /// <exception cref="ArgumentException">Expressions or constraints do not fit the space, or it holds a grid search; the message says which.</exception>
    public ParameterCodec(SearchSpace space, IReadOnlyList<string> constraints)
    {
        _plan = new(space, constraints);
        if (_plan.Leaves.FirstOrDefault(l => l.Domain is GridDomain) is { } grid)
        {
            throw new ArgumentException(
                $"'{grid.Path}' is a grid_search, which runs every value, while this search algorithm learns which values to try. Make it a choice: {{choice: {Domain.Text(((GridDomain)grid.Domain).ToParameters()["grid_search"])}}}, or use the search algorithm 'random', which runs grids.");
        }

        _beforeCode = SpaceGraph.BeforeCode(_plan);
        var outer = SpacePlan.LeavesOf(_plan.Root).ToHashSet();
        _axisOf = new Axis?[_plan.Leaves.Length];
        var axes = new List<Axis>();
        foreach (var leaf in _plan.Leaves)
        {
            if (ScaleOf(leaf.Domain) is { } scale)
            {
                axes.Add(new(axes.Count, leaf, scale) { IsConditional = leaf.Domain.ConditionFormula is not null || !outer.Contains(leaf) });
                _axisOf[leaf.Id] = axes[^1];
            }
        }

        Axes = [.. axes];
        IsPlain = _plan.Constraints.IsEmpty && _plan.Leaves.All(l => l.Domain.ConditionFormula is null && l.Domain is not ComputedDomain);
        HasConditions = Axes.Any(a => a.IsConditional);
        Size = Axes.Aggregate(1L, (size, axis) => axis.Count == 0 || size > long.MaxValue / axis.Count ? long.MaxValue : size * axis.Count);
    }

    /// <summary>The coordinates of a row.</summary>
    public ImmutableArray<Axis> Axes { get; }

    /// <summary>Whether some parameters are absent at times.</summary>
    public bool HasConditions { get; }

    /// <summary>Whether there are conditions that every configuration fulfils.</summary>
    public bool HasConstraints => !_plan.Constraints.IsEmpty;

    /// <summary>A bound on how many different configurations there are; <see cref="long.MaxValue"/> when they are not counted.</summary>
    public long Size { get; }

    // Whether rows need no expressions.
    private bool IsPlain { get; }

    /// <summary>Draws a row from the space, as random search does; constraints are not looked at.</summary>
    public void Sample(RandomStream random, Span<double> row)
    {
        row.Fill(double.NaN);
        Settle(row, random);
    }

    /// <summary>
    /// Makes a row of one that an algorithm made: coordinates move to those of values that exist, absent parameters become NaN, present
    /// ones without a coordinate are drawn.
    /// </summary>
    /// <returns>Whether it fulfils the constraints.</returns>
    public bool Settle(Span<double> row, RandomStream random)
    {
        foreach (var axis in Axes)
        {
            ref var at = ref row[axis.Index];
            at = axis.Scale.Snap(double.IsNaN(at) ? Draw(axis, random) : at);
        }

        if (IsPlain && !HasConditions)
        {
            return true;
        }

        var resolution = Resolve(row);
        resolution.ToConfiguration(_beforeCode);
        foreach (var axis in Axes)
        {
            row[axis.Index] = resolution.IsReached(axis.Leaf) ? row[axis.Index] : double.NaN;
        }

        return IsKept(resolution);
    }

    /// <summary>The configuration of a settled row.</summary>
    public ParameterSet Decode(ReadOnlySpan<double> row) => IsPlain
        ? (ParameterSet)Build(_plan.Root, row)!
        : Resolve(row).ToConfiguration(_beforeCode);

    /// <summary>The configuration of a settled row, with given values to the last digit.</summary>
    public ParameterSet Decode(ReadOnlySpan<double> row, GivenPoint point) => Resolve(row, point.Values).ToConfiguration(_beforeCode);

    private static double Draw(Axis axis, RandomStream random) => axis.Kind == AxisKind.Category ? random.NextInt64(axis.Count) : random.NextDouble();

    private static Scale? ScaleOf(Domain domain) => domain switch
    {
        RealDomain real => real.ToScale(),
        IntegerDomain whole => whole.ToScale(),
        NormalDomain normal => new NormalScale(normal),
        ChoiceDomain choice => new CategoryScale(choice),
        _ => null,
    };

    private Resolution Resolve(ReadOnlySpan<double> row, object?[]? values = null)
    {
        var given = values is null ? Resolution.NoneGiven(_plan) : (object?[])values.Clone();
        var chosen = new int[_plan.Leaves.Length];
        Array.Fill(chosen, -1);
        foreach (var axis in Axes)
        {
            var coordinate = row[axis.Index];
            if (Resolution.IsGiven(given, axis.Leaf))
            {
                continue;
            }

            if (axis.Kind == AxisKind.Category)
            {
                chosen[axis.Leaf.Id] = double.IsNaN(coordinate) ? -1 : (int)coordinate;
            }
            else if (!double.IsNaN(coordinate))
            {
                Resolution.Give(given, axis.Leaf, axis.Scale.Decode(coordinate));
            }
        }

        return new(_plan, 0, null, given, chosen);
    }

    private object? Build(PlanNode node, ReadOnlySpan<double> row)
    {
        switch (node)
        {
            case ConstantPlan constant:
                return constant.Value;
            case LeafPlan { Items: { } items } choice:
                return Build(items[(int)row[_axisOf[choice.Id]!.Index]], row);
            case LeafPlan leaf:
                var axis = _axisOf[leaf.Id]!;
                return axis.Scale.Decode(row[axis.Index]);
            case ListPlan list:
                var items2 = new object?[list.Nodes.Length];
                for (var i = 0; i < items2.Length; i++)
                {
                    items2[i] = Build(list.Nodes[i], row);
                }

                return new ParameterList(items2);
            default:
                var map = (MapPlan)node;
                var values = new object?[map.Nodes.Length];
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = Build(map.Nodes[i], row);
                }

                return ParameterSet.Own(map.Names, values, 0, Formula.Absent);
        }
    }
}
