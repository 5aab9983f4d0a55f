namespace Tuning.Spaces;

/// <summary>Reads a configuration that gives some of the values of a space: an entry of <c>points_to_evaluate</c>, or what a searcher proposes.</summary>
internal static class PresetReader
{
    /// <summary>The given values by the number of their domain.</summary>
    /// <param name="plan">The space.</param>
    /// <param name="preset">What is given.</param>
    /// <param name="where">What each message begins with, such as <c>points_to_evaluate[0].</c>.</param>
    /// <exception cref="ArgumentException">A name is unknown, or a value can never come out of its domain; all errors at once.</exception>
    public static object?[] Read(SpacePlan plan, ParameterSet preset, string where)
    {
        var given = Resolution.NoneGiven(plan);
        var errors = new List<string>();
        var leaves = SpacePlan.LeavesOf(plan.Root).ToDictionary(l => l.Path);
        var known = leaves.Keys.ToList();
        Visit(preset, "");
        return errors.Count == 0 ? given : throw new ArgumentException(string.Join(Environment.NewLine, errors));

        void Visit(object? value, string path)
        {
            if (leaves.TryGetValue(path, out var leaf))
            {
                if (leaf.Domain.Contains(value))
                {
                    given[leaf.Id] = value;
                }
                else if (Otherwise(value) is { } same && leaf.Domain.Contains(same))
                {
                    given[leaf.Id] = same;
                }
                else
                {
                    Error(path, $"{Domain.Text(value)} can never come out of its domain: {leaf.Domain}. Widen the domain, or leave the value away.");
                }

                return;
            }

            if (Constant(plan.Root, path) is var (found, constant) && found)
            {
                if (!Equals(constant, value))
                {
                    Error(path, $"it is the constant {Domain.Text(constant)} in the search space, so it cannot be {Domain.Text(value)}; give it a domain, " +
                        $"such as {{choice: [{Domain.Text(constant)}, {Domain.Text(value)}]}}.");
                }
            }
            else if (value is ParameterSet map && (path.Length == 0 || known.Exists(k => k.StartsWith(path + ".", StringComparison.Ordinal))))
            {
                foreach (var (name, below) in map)
                {
                    Visit(below, path.Length == 0 ? name : path + "." + name);
                }
            }
            else if (value is ParameterList list && known.Exists(k => k.StartsWith(path + ".", StringComparison.Ordinal)))
            {
                for (var i = 0; i < list.Count; i++)
                {
                    Visit(list[i], path + "." + i.ToString(CultureInfo.InvariantCulture));
                }
            }
            else if (path.Length == 0)
            {
                Error(path, $"is {Domain.Text(value)}; it must be a map of parameters, such as {{{known.FirstOrDefault() ?? "lr"}: …}}.");
            }
            else
            {
                Error(path, $"there is no such parameter{NearestName.Hint(path, known, "searched parameters")}");
            }
        }

        void Error(string path, string problem) => errors.Add($"{where}{path}: {problem}");
    }

    // The same number, as a whole one or as a real one.
    private static object? Otherwise(object? value) => value switch
    {
        double real when Math.Floor(real) == real && Math.Abs(real) < 1L << 53 => (long)real,
        long whole => (double)whole,
        _ => null,
    };

    private static (bool Found, object? Value) Constant(PlanNode node, string path)
    {
        if (node is ConstantPlan constant)
        {
            object? value = null;
            return path.Length == 0 ? (true, constant.Value) : (constant.Value is ParameterSet set && set.TryGet(path, out value), value);
        }

        // A name may hold dots itself, so every beginning of the path is tried.
        var children = node switch
        {
            MapPlan map => map.Names.Zip(map.Nodes),
            ListPlan list => list.Nodes.Select((n, i) => (i.ToString(CultureInfo.InvariantCulture), n)),
            _ => [],
        };
        foreach (var (name, child) in children)
        {
            if (path == name || path.StartsWith(name + ".", StringComparison.Ordinal))
            {
                var found = Constant(child, path == name ? "" : path[(name.Length + 1)..]);
                if (found.Found)
                {
                    return found;
                }
            }
        }

        return default;
    }
}
