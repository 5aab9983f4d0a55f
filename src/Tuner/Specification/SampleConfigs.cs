namespace Tuning.Specification;

/// <summary>
/// A few configurations of a search space that between them hold the ends of every range and every value of a choice or grid: each
/// differs from the first in one parameter.
/// </summary>
internal static class SampleConfigs
{
    private const int MaxSamples = 500;
    private const int MaxValues = 1_000_000;

    public static IReadOnlyList<ParameterSet> Of(SearchSpace space, IReadOnlyList<string> constraints)
    {
        var rules = Formulas(constraints);
        var first = Resolve(space.Root, "", null, out var counts);
        var samples = new List<ParameterSet>();
        Add(first);
        var left = Math.Clamp(MaxValues / Math.Max(1, counts.Count), 8, MaxSamples);
        foreach (var (path, count) in counts)
        {
            for (var i = 1; i < count && left-- > 0; i++)
            {
                Add(Resolve(space.Root, "", (path, i), out _));
            }
        }

        return samples;

        void Add(object? sample)
        {
            var config = Follow((ParameterSet)sample!, space);
            if (rules.All(r => Evaluate(r, config) is not false))
            {
                samples.Add(config);
            }
        }
    }

    /// <summary>Adds what is computed, and takes away what is inactive.</summary>
    private static ParameterSet Follow(ParameterSet config, SearchSpace space)
    {
        var rest = space.Domains.Where(d => d.Value is ComputedDomain { ExpressionText: not null }).ToList();
        for (var pass = rest.Count; pass > 0 && rest.Count > 0; pass--)
        {
            foreach (var (path, domain) in rest.ToList())
            {
                if (Evaluate(Formula.Parse(((ComputedDomain)domain).ExpressionText!), config) is not Failure and var value)
                {
                    config = config.With(path, value);
                    rest.RemoveAll(r => r.Key == path);
                }
            }
        }

        foreach (var (path, domain) in space.Domains)
        {
            if (domain.ConditionFormula is { } condition && Evaluate(condition, config) is false)
            {
                config = Without(config, path);
            }
        }

        return config;
    }

    private static ParameterSet Without(ParameterSet config, string path)
    {
        if (config.Names.Contains(path))
        {
            return ParameterSet.From(config.Where(p => p.Key != path));
        }

        var dot = path.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && config.TryGet(path[..dot], out var branch) && branch is ParameterSet below
            ? config.With(path[..dot], Without(below, path[(dot + 1)..])) : config;
    }

    private static List<Formula> Formulas(IReadOnlyList<string> texts)
    {
        var formulas = new List<Formula>();
        foreach (var text in texts)
        {
            try
            {
                formulas.Add(Formula.Parse(text));
            }
            catch (ExpressionException)
            {
                // What is wrong with it is said where it stands.
            }
        }

        return formulas;
    }

    private static object? Evaluate(Formula formula, ParameterSet config)
    {
        try
        {
            return ParameterSet.Normalize(formula.Evaluate(config));
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or KeyNotFoundException or ArithmeticException)
        {
            // It needs a value that is not there yet, or never is.
            return Failure.Instance;
        }
    }

    private sealed class Failure
    {
        public static Failure Instance { get; } = new();
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
        ListDomain list => list.Nodes,
        _ => [new ConstantNode(null)],
    };
}
