namespace Tuning.Spaces;

/// <summary>
/// Configurations as rows of numbers and back: one coordinate per drawn parameter, also those inside the values of a choice. NaN
/// stands for a parameter that is absent. Computed values and constants have no coordinate; they follow.
/// </summary>
/// <remarks>Immutable; safe for use by any thread.</remarks>
internal sealed class ParameterCodec
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
                $"'{grid.Path}' is a grid_search, which runs every value, while this search algorithm learns which values to try. Make it a choice: " +
                    $"{{choice: {Domain.Text(((GridDomain)grid.Domain).ToParameters()["grid_search"])}}}, or use the search algorithm 'random', which runs " +
                    $"grids.");
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

        return resolution.FirstBroken(_plan.Constraints) < 0;
    }

    /// <summary>The configuration of a settled row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="fault">Why it cannot be tried: what has no value. Null when all has one.</param>
    /// <param name="point">Values that were given, to the last digit; null for none.</param>
    public ParameterSet Decode(ReadOnlySpan<double> row, out string? fault, GivenPoint? point = null)
    {
        fault = null;
        if (IsPlain && point is null)
        {
            return (ParameterSet)Build(_plan.Root, row)!;
        }

        var resolution = Resolve(row, point?.Values);
        var config = resolution.ToConfiguration(_beforeCode);
        fault = resolution.Fault;
        return config;
    }

    /// <summary>Draws rows and counts by which constraints they are refused.</summary>
    /// <param name="random">The stream.</param>
    /// <param name="draws">How many rows.</param>
    /// <param name="given">What is not drawn; null for nothing.</param>
    public ConstraintTally Tally(RandomStream random, int draws, GivenPoint? given = null)
    {
        var tally = new ConstraintTally(_plan.Constraints);
        var row = new double[Axes.Length];
        for (var draw = 0; draw < draws; draw++)
        {
            row.AsSpan().Fill(double.NaN);
            given?.Row.CopyTo(row, 0);
            Settle(row, random);
            var resolution = Resolve(row, given?.Values);
            resolution.ToConfiguration(_beforeCode);
            tally.Add(resolution);
        }

        return tally;
    }

    /// <summary>Writes the row of a configuration.</summary>
    /// <returns>Whether it is a configuration of this space: every value is in its domain.</returns>
    public bool Encode(ParameterSet config, Span<double> row)
    {
        row.Fill(double.NaN);
        return Encode(_plan.Root, config, row);
    }

    /// <summary>Why a configuration is none of this space, in a few words that are the same for many; null when it is one.</summary>
    public string? Mismatch(ParameterSet config)
    {
        var row = new double[Axes.Length];
        if (Encode(config, row))
        {
            return null;
        }

        foreach (var leaf in SpacePlan.LeavesOf(_plan.Root).Where(l => _axisOf[l.Id] is not null))
        {
            if (!ParameterScope.Walk(config, leaf.Segments.AsSpan(), out var value))
            {
                if (leaf.Domain.ConditionFormula is null)
                {
                    return $"{leaf.Path} missing";
                }
            }
            else if (!leaf.Domain.Contains(value))
            {
                return $"{leaf.Path} out of range";
            }
        }

        return "another structure";
    }

    /// <summary>Reads a configuration that a user gave, whole or in part.</summary>
    /// <param name="point">What is given.</param>
    /// <param name="index">Its place in <c>points_to_evaluate</c>, for messages.</param>
    /// <exception cref="ArgumentException">A name is unknown, or a value can never come out of its domain; all errors at once.</exception>
    public GivenPoint Read(ParameterSet point, int index)
    {
        var given = PresetReader.Read(_plan, point, Invariant($"points_to_evaluate[{index}]."));
        var row = new double[Axes.Length];
        Array.Fill(row, double.NaN);
        foreach (var leaf in SpacePlan.LeavesOf(_plan.Root).Where(l => Resolution.IsGiven(given, l)))
        {
            Encode(leaf, given[leaf.Id], row);
        }

        return new(row, given);
    }

    private static double Draw(Axis axis, RandomStream random) => axis.Kind == AxisKind.Category ? random.NextInt64(axis.Count) : random.NextDouble();

    private static int Place(Axis axis, double coordinate) => ((CategoryScale)axis.Scale).Place(coordinate);

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
                chosen[axis.Leaf.Id] = double.IsNaN(coordinate) ? -1 : Place(axis, coordinate);
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
                var axis = _axisOf[choice.Id]!;
                return Build(items[Place(axis, row[axis.Index])], row);
            case LeafPlan leaf:
                axis = _axisOf[leaf.Id]!;
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

    private bool Encode(PlanNode node, object? value, Span<double> row)
    {
        switch (node)
        {
            case ConstantPlan:
                return true;
            case MapPlan map:
                return value is ParameterSet set && EncodeMap(map, set, row);
            case ListPlan list:
                // Absent elements leave no gap, so positions are only known when all are there.
                return value is ParameterList items && items.Count == list.Nodes.Length && EncodeAll(list.Nodes, items, row);
            default:
                return EncodeLeaf((LeafPlan)node, value, row);
        }
    }

    private bool EncodeMap(MapPlan map, ParameterSet set, Span<double> row)
    {
        for (var i = 0; i < map.Nodes.Length; i++)
        {
            if (set.TryGetOwn(map.Names[i], out var value)
                ? !Encode(map.Nodes[i], value, row)
                : map.Nodes[i] is not (LeafPlan { Domain.ConditionFormula: not null } or LeafPlan { Domain: ComputedDomain } or ConstantPlan))
            {
                return false;
            }
        }

        return true;
    }

    private bool EncodeAll(PlanNode[] nodes, ParameterList items, Span<double> row)
    {
        for (var i = 0; i < nodes.Length; i++)
        {
            if (!Encode(nodes[i], items[i], row))
            {
                return false;
            }
        }

        return true;
    }

    private bool EncodeLeaf(LeafPlan leaf, object? value, Span<double> row)
    {
        if (_axisOf[leaf.Id] is not { } axis)
        {
            return true;
        }

        if (value is null && axis.Kind != AxisKind.Category || !leaf.Domain.Contains(value))
        {
            return false;
        }

        row[axis.Index] = axis.Scale.Encode(value!);
        return leaf.Items is null || Encode(leaf.Items[Place(axis, row[axis.Index])], value, row);
    }
}
