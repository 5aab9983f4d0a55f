namespace Tuning.Spaces;

/// <summary>Finds comparisons of parameters with what their domains never are: a condition that never holds, or always, is a slip.</summary>
internal sealed class NeverCheck(SpacePlan plan)
{
    /// <summary>The comparisons in conditions, computed values and constraints of a space whose expressions are well.</summary>
    public static List<SpaceError> Of(SearchSpace space, IReadOnlyList<string> constraints)
    {
        var plan = new SpacePlan(space, constraints);
        var check = new NeverCheck(plan);
        return
        [
            .. plan.Leaves.SelectMany(l => new[] { l.Domain.ConditionFormula, (l.Domain as ComputedDomain)?.Formula }.OfType<Formula>()
                .SelectMany(check.Faults).Select(m => new SpaceError(l.Segments, m))),
            .. plan.Constraints.Index().SelectMany(c => check.Faults(c.Item).Select(m => new SpaceError([], m) { Constraint = c.Index })),
        ];
    }

    /// <summary>
    /// Members of enumerations by their C# names in expressions become the values that configurations hold: <c>optimizer == 'Sgd'</c> is
    /// <c>optimizer == "sgd"</c> where the space has that domain from the enumeration.
    /// </summary>
    public static (SearchSpace Space, ImmutableArray<string> Constraints) WithMembersAsValues(SearchSpace space, ImmutableArray<string> constraints)
    {
        var enums = space.Domains.Where(d => d.Value is ListDomain { EnumType: not null }).ToDictionary(d => d.Key, d => ((ListDomain)d.Value).EnumType!);
        if (enums.Count == 0)
        {
            return (space, constraints);
        }

        var result = space.Copy();
        foreach (var (path, domain) in space.Domains)
        {
            if (domain is ComputedDomain { Formula: { } formula })
            {
                result.Set(path, domain.WithFormulas(Renamed(formula), domain.ConditionFormula is { } when ? Renamed(when) : null));
            }
            else if (domain.ConditionFormula is { } condition)
            {
                result.Set(path, domain.WithFormulas(null, Renamed(condition)));
            }
        }

        return (result, [.. constraints.Select(c => Formula.TryParse(c) is { } formula ? Renamed(formula).Text : c)]);

        Formula Renamed(Formula formula)
        {
            var text = formula.Text;
            foreach (var comparison in formula.Comparisons.Reverse())
            {
                var type = enums.GetValueOrDefault(string.Join('.', comparison.Name));
                if (comparison.Value is string name && type is not null && EnumWords.Of(type).Find(name) is Enum member && EnumWords.Word(member) is var value
                    && value != name)
                {
                    text = $"{text[..comparison.Position]}\"{value}\"{text[(comparison.Position + comparison.Length)..]}";
                }
            }

            return text == formula.Text ? formula : Formula.Parse(text);
        }
    }

    private IEnumerable<string> Faults(Formula formula)
    {
        foreach (var comparison in formula.Comparisons)
        {
            var ends = new List<PlanNode>();
            var isSearched = false;
            if (comparison.Value is null || !Follow(plan.Root, comparison.Name, 0, ends, ref isSearched)
                || !isSearched || ends.Exists(e => CanBe(e, comparison.Value)))
            {
                continue;
            }

            var values = ends.SelectMany(Values).ToList();
            var domain = ends.OfType<LeafPlan>().FirstOrDefault();
            var near = comparison.Value is string text && Nearest(text, values) is { } name ? $"; did you mean \"{name}\"?" : ".";
            yield return new ExpressionException(
                $"'{string.Join('.', comparison.Name)}' is never {Domain.Text(comparison.Value)}: it is "
                    + (domain is not null ? Describe(domain) : $"one of {Domain.Text(new ParameterList(values))}") + near,
                formula.Text,
                comparison.Position).Message;
        }
    }

    private static string Describe(LeafPlan leaf) => leaf.Domain.ToString().Split(", when ")[0];

    private static string? Nearest(string text, List<object?> values)
    {
        string[] names = [.. values.OfType<string>()];
        return NearestName.Of(text, names) ?? names.FirstOrDefault(n => n == JsonNamingPolicy.SnakeCaseLower.ConvertName(text));
    }

    // Where a name may lead, through every value of a choice; false when that is known only later.
    private static bool Follow(PlanNode node, ImmutableArray<string> name, int at, List<PlanNode> ends, ref bool isSearched)
    {
        if (node is LeafPlan { Items: { } items } choice)
        {
            isSearched = true;
            if (at == name.Length)
            {
                ends.Add(choice);
                return true;
            }

            var isKnown = true;
            foreach (var item in items)
            {
                isKnown &= Follow(item, name, at, ends, ref isSearched);
            }

            return isKnown;
        }

        if (node is LeafPlan { Domain: ComputedDomain })
        {
            return false;
        }

        isSearched |= node is LeafPlan;
        if (at == name.Length)
        {
            ends.Add(node);
            return true;
        }

        switch (node)
        {
            case MapPlan map:
                return map.Child(name[at]) is not { } child || Follow(child, name, at + 1, ends, ref isSearched);
            case ListPlan list:
                return ParameterScope.Position(name[at], list.Nodes.Length) is not { } position
                    || Follow(list.Nodes[position], name, at + 1, ends, ref isSearched);
            case ConstantPlan constant:
                if (ParameterScope.Walk(constant.Value, name.AsSpan()[at..], out var value))
                {
                    ends.Add(new ConstantPlan(value));
                }

                return true;
            default:
                return true;
        }
    }

    private static bool CanBe(PlanNode end, object value) => end switch
    {
        ConstantPlan constant => Operations.AreEqual(constant.Value, value),
        LeafPlan { Items: { } items } => Array.Exists(items, i => CanBe(i, value)),
        LeafPlan { Domain: ComputedDomain } => true,
        LeafPlan leaf => Operations.Real(value) is { } number
            && (leaf.Domain.Contains(number) || (Math.Floor(number) == number && leaf.Domain.Contains((long)number))),
        _ => true,
    };

    private static IEnumerable<object?> Values(PlanNode end) => end switch
    {
        ConstantPlan constant => [constant.Value],
        LeafPlan { Items: { } items } => items.SelectMany(Values),
        _ => [],
    };
}
