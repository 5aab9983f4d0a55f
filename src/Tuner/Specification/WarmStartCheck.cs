namespace Tuning.Specification;

/// <summary>The directories of <c>warm_start</c>: their paths, and what is wrong with them.</summary>
internal static class WarmStartCheck
{
    private const string Option = "warm_start";

    /// <summary>The same component with full paths; relative ones are relative to a directory.</summary>
    public static ComponentSpec Rooted(ComponentSpec component, string directory) =>
        component with { Options = (ParameterSet)Rooted(component.Options, directory)! };

    /// <summary>Makes the paths full that stand in a text; relative ones are relative to where the text stands.</summary>
    public static void Root(SourceNode node)
    {
        switch (node)
        {
            case SourceMap map:
                foreach (var entry in map.Entries.ToList())
                {
                    if (entry is { Name: Option, Value: SourceList paths })
                    {
                        var full = paths.Items.Select(p => p is SourceScalar { Value: string text } scalar
                            ? new SourceScalar(p.Position, ExperimentReader.FullPath(text, p), scalar.Text, scalar.IsPlain) : p);
                        map.Set(entry with { Value = new SourceList(paths.Position, [.. full]) });
                    }
                    else
                    {
                        Root(entry.Value);
                    }
                }

                break;
            case SourceList list:
                list.Items.ForEach(Root);
                break;
        }
    }

    /// <summary>What is wrong with the directories.</summary>
    /// <param name="spec">The experiment.</param>
    /// <param name="searcher">The options of its search algorithm, which can be made of them.</param>
    /// <param name="objectives">What is optimised.</param>
    /// <param name="notices">Takes what is worth saying but does not hinder.</param>
    public static IEnumerable<ParameterIssue> Of(ExperimentSpec spec, SearcherOptions searcher, ImmutableArray<Objective> objectives,
        List<ParameterIssue> notices)
    {
        var directories = searcher.WarmStartDirectories;
        if (directories.IsEmpty)
        {
            yield break;
        }

        var feasibility = spec.FeasibleIf.IsEmpty || FeasibilityCheck.Of(spec).Any() ? Feasibility.None : new(spec.FeasibleIf);
        var source = new WarmStartSource(spec.Space, spec.Constraints, objectives, feasibility, keepsCurves: false);
        for (var i = 0; i < directories.Length; i++)
        {
            var path = PathOf(spec.SearchAlg.Options, directories[i], "tune.search_alg") ?? "tune.search_alg";
            if (directories.Take(i).Any(d => Path.TrimEndingDirectorySeparator(d) == Path.TrimEndingDirectorySeparator(directories[i])))
            {
                yield return new(Invariant($"{path[..path.LastIndexOf('[')]}[{i}]"),
                    $"{directories[i]} stands twice, so that its trials would count twice; name it once.");
                continue;
            }

            var read = source.Read(directories[i]);
            if (read.Usage is { } usage)
            {
                notices.Add(new(path, usage));
            }

            if (read.Problem is { } problem)
            {
                yield return new(path, problem);
            }
        }
    }

    private static object? Rooted(object? value, string directory) => value switch
    {
        ParameterSet map => ParameterSet.From(map.Select(p => KeyValuePair.Create(p.Key, p is { Key: Option, Value: ParameterList paths }
            ? new ParameterList(paths.Select(path => path is string text ? Path.GetFullPath(text, directory) : path))
            : Rooted(p.Value, directory)))),
        ParameterList list => new ParameterList(list.Select(item => Rooted(item, directory))),
        _ => value,
    };

    // Wrappers hold the searcher that has the option.
    private static string? PathOf(object? options, string directory, string path) => options switch
    {
        ParameterSet map => map.Select(p => p is { Key: Option, Value: ParameterList paths } && paths.Contains(directory)
            ? Invariant($"{path}.{Option}[{paths.ToList().IndexOf(directory)}]")
            : PathOf(p.Value, directory, $"{path}.{p.Key}")).FirstOrDefault(found => found is not null),
        ParameterList list => list.Select((item, i) => PathOf(item, directory, $"{path}[{i}]")).FirstOrDefault(found => found is not null),
        _ => null,
    };
}
