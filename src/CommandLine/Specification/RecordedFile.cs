namespace Tuning.Specification;

/// <summary>The <c>experiment.yaml</c> of a result's directory, which has the canonical form of one experiment: it runs again as it ran.</summary>
/// <param name="source">The file.</param>
/// <param name="root">What it says.</param>
/// <param name="catalog">The names that an experiment can use.</param>
internal sealed class RecordedFile(SourceText source, SourceMap root, ComponentCatalog catalog)
{
    private readonly List<SpecificationProblem> _problems = [];

    /// <summary>Whether a file has that form.</summary>
    public static bool Is(SourceNode? root) => root is SourceMap map && ((string[])["run", "name", "objectives", "search_alg", "storage_path"])
        .All(key => map.Find(key) is not null);

    /// <summary>The experiment with what the command line changes.</summary>
    public ExperimentFileResult Read(ExperimentOverrides overrides)
    {
        var tree = Changed((ParameterSet)root.ToValue()!, overrides);
        ExperimentSpec? spec = null;
        try
        {
            spec = _problems.Count == 0 ? ExperimentSpec.FromJson(tree.ToString()!) with { Machine = null } : null;
        }
        catch (JsonException e)
        {
            Problem("", e.Message);
        }

        if (spec is null)
        {
            return new() { Problems = [.. _problems] };
        }

        var trainable = catalog.FindTrainable(spec.Run);
        if (trainable is null)
        {
            Problem("run", $"'{spec.Run}' is no trainable.{NearestName.For(spec.Run, catalog.Trainables, "trainables")}", ProblemCode.Name);
        }

        var check = new ExperimentCheck(catalog);
        foreach (var issue in check.Check(spec, trainable))
        {
            Problem(issue.Path, issue.Message, issue.Code);
        }

        return new()
        {
            Experiments = _problems.Count == 0 ? [spec] : [],
            Problems = [.. _problems],
            Notices = [.. check.Notices.Select(n => new SpecificationProblem { Source = source.Name, Path = n.Path, Message = n.Message })],
        };
    }

    private ParameterSet Changed(ParameterSet tree, ExperimentOverrides overrides)
    {
        var name = tree.TryGetOwn("name", out var own) ? own as string ?? "" : "";
        foreach (var unknown in overrides.Only.Where(o => o != name))
        {
            Problem($"--only {unknown}", $"The file has no experiment '{unknown}'; it has '{name}'.", ProblemCode.Option);
        }

        foreach (var set in overrides.Set)
        {
            tree = Set(tree, set, name);
        }

        tree = overrides.Name is { } renamed ? tree.With("name", renamed) : tree;
        tree = overrides.Storage is { } storage ? tree.With("storage_path", Path.GetFullPath(storage)) : tree;
        tree = overrides.Samples is { } samples ? tree.With("num_samples", (long)samples) : tree;
        tree = overrides.MaxConcurrent is { } most ? tree.With("max_concurrent_trials", (long)most) : tree;
        return overrides.Seed is { } seed ? tree.With("seed", seed.ToString(CultureInfo.InvariantCulture)) : tree;
    }

    // Paths are those of this form; stop.METRIC is a threshold.
    private ParameterSet Set(ParameterSet tree, string set, string name)
    {
        var text = set.StartsWith(name + ":", StringComparison.Ordinal) ? set[(name.Length + 1)..] : set;
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var path = equals > 0 ? text[..equals] : text;
        var syntax = new List<SpecificationProblem>();
        var written = equals > 0 ? text[(equals + 1)..] : "";
        var value = YamlSource.Read(new($"--set {set}", written) { HasLines = false }, written, syntax)?.ToValue();
        if (equals > 0 && syntax.Count == 0 && path.StartsWith("stop.", StringComparison.Ordinal) && tree.TryGetOwn("stop", out var stop)
            && stop is ParameterList conditions)
        {
            var metric = path["stop.".Length..];
            var others = conditions.OfType<ParameterSet>().ToList();
            var old = others.Find(c => c.TryGetOwn("metric", out var m) && m as string == metric);
            var now = (old ?? ParameterSet.Empty.With("metric", metric).With("is", ">=")).With("value", value);
            return tree.With("stop", new ParameterList([.. others.Where(c => !ReferenceEquals(c, old)), now]));
        }

        var first = path.Split('.')[0];
        if (equals > 0 && syntax.Count == 0 && (first == "config" || tree.TryGet(path, out _)))
        {
            return tree.With(path, value);
        }

        Problem($"--set {set}", syntax.Count > 0 ? syntax[0].Message : $"'{path}' is no key of this form of an experiment, PATH=VALUE; keys are: "
            + $"{string.Join(", ", tree.Select(t => t.Key))}.", ProblemCode.Option);
        return tree;
    }

    private void Problem(string path, string message, ProblemCode code = ProblemCode.Value) =>
        _problems.Add(new() { Source = source.Name, Path = path, Message = message, Code = code });
}
