using Tuning.Spaces.Expressions;

namespace Tuning.Spaces;

/// <content>From configurations to rows.</content>
internal sealed partial class ParameterCodec
{
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
        var given = PresetReader.Read(_plan, point, index);
        var row = new double[Axes.Length];
        Array.Fill(row, double.NaN);
        foreach (var leaf in SpacePlan.LeavesOf(_plan.Root).Where(l => Resolution.IsGiven(given, l)))
        {
            Encode(leaf, given[leaf.Id], row);
        }

        return new(row, given);
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
            if (set.TryGetOwn(map.Names[i], out var value) ? !Encode(map.Nodes[i], value, row) : map.Nodes[i] is not LeafPlan { Domain.ConditionFormula: not null } and not ConstantPlan)
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
        return leaf.Items is null || Encode(leaf.Items[(int)row[axis.Index]], value, row);
    }
}
