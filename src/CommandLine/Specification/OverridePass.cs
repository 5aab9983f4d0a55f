namespace Tuning.Specification;

/// <summary>Applies what the command line says to the trees of a file, before old names are replaced and anything is validated.</summary>
internal sealed class OverridePass(ExperimentOverrides overrides, ProblemList list)
{
    public List<SourceEntry> Apply(List<SourceEntry> experiments)
    {
        if (experiments.Count == 0)
        {
            return experiments;
        }

        var chosen = Only(experiments);
        foreach (var set in overrides.Set)
        {
            Set(chosen, experiments, set);
        }

        Option(chosen, "--storage", "storage_path", overrides.Storage, overrides.Storage);
        Option(chosen, "--num-samples", "num_samples", Long(overrides.Samples), Text(overrides.Samples));
        Option(chosen, "--max-concurrent", "tune.max_concurrent_trials", Long(overrides.MaxConcurrent), Text(overrides.MaxConcurrent));
        Option(chosen, "--seed", "tune.seed", overrides.Seed?.ToString(CultureInfo.InvariantCulture), overrides.Seed?.ToString(CultureInfo.InvariantCulture));
        return Rename(chosen);
    }

    private static long? Long(int? value) => value;

    private static string? Text(int? value) => value?.ToString(CultureInfo.InvariantCulture);

    private List<SourceEntry> Only(List<SourceEntry> experiments)
    {
        if (overrides.Only.IsDefaultOrEmpty)
        {
            return experiments;
        }

        var names = experiments.ConvertAll(e => e.Name);
        foreach (var unknown in overrides.Only.Where(o => !names.Contains(o)))
        {
            list.Problems.Add(new()
            {
                Code = ProblemCode.Option,
                Source = $"--only {unknown}",
                Message = $"The file has no experiment '{unknown}'.{NearestName.For(unknown, names, "experiments")}"
            });
        }

        return experiments.FindAll(e => overrides.Only.Contains(e.Name));
    }

    private void Set(List<SourceEntry> chosen, List<SourceEntry> all, string set)
    {
        var source = new SourceText($"--set {set}", set) { HasLines = false };
        var equals = set.IndexOf('=', StringComparison.Ordinal);
        var colon = set.IndexOf(':', StringComparison.Ordinal);
        if (colon > equals)
        {
            colon = -1;
        }

        var path = equals < 0 ? "" : set[(colon + 1)..equals].Trim();
        if (path.Length == 0 || path.Split('.').Any(string.IsNullOrWhiteSpace))
        {
            list.Problems.Add(new()
            {
                Code = ProblemCode.Option,
                Source = source.Name,
                Message = "It must be PATH=VALUE, as config.lr=0.001, or NAME:PATH=VALUE for one of several experiments."
            });
            return;
        }

        var targets = chosen;
        if (colon >= 0)
        {
            var name = set[..colon].Trim();
            targets = chosen.FindAll(e => e.Name == name);
            if (targets.Count == 0)
            {
                var known = chosen.ConvertAll(e => e.Name);
                list.Problems.Add(new()
                {
                    Code = ProblemCode.Option,
                    Source = source.Name,
                    Message = all.Exists(e => e.Name == name) ? $"'{name}' is not among the experiments that --only chooses."
                        : $"The file has no experiment '{name}'.{NearestName.For(name, known, "experiments")}",
                });
                return;
            }
        }

        var problems = new List<SpecificationProblem>();
        var value = YamlSource.Read(source, set[(equals + 1)..], problems) ?? new SourceScalar(new(source, 1, 1, 1), null, "", true);
        list.Problems.AddRange(problems.Select(p => p with { Code = ProblemCode.Option }));
        if (problems.Count == 0)
        {
            targets.ForEach(t => Put(t, path, value.Copy()));
        }
    }

    private void Option(List<SourceEntry> targets, string option, string path, object? value, string? text)
    {
        if (value is not null)
        {
            var source = new SourceText($"{option} {text}", text!) { HasLines = false };
            targets.ForEach(t => Put(t, path, new SourceScalar(new(source, 1, 1, 1), value, text!, true)));
        }
    }

    private void Put(SourceEntry experiment, string path, SourceNode value)
    {
        if (experiment.Value is not SourceMap tree)
        {
            return;
        }

        // A key that has dots itself, and exists, is meant as it stands.
        if (tree.Locate(path) is { } found)
        {
            found.Parent.Set(new(found.Entry.Name, value.Position, value));
            return;
        }

        var map = tree;
        var segments = path.Split('.');
        for (var i = 0; i < segments.Length - 1; i++)
        {
            if (map.Find(segments[i]) is { Value: SourceScalar { Value: null } } empty)
            {
                map.Remove(empty);
            }

            if (map.Branch(segments[i], value.Position) is not { } branch)
            {
                var here = string.Join('.', segments[..(i + 1)]);
                list.Problems.Add(value.Position.Problem($"{experiment.Name}.{here}",
                    $"is {TypeText.Show(map.Get(segments[i])!.ToValue())}, so nothing can be set below it; set '{here}' itself."));
                return;
            }

            map = branch;
        }

        map.Set(new(segments[^1], value.Position, value));
    }

    private List<SourceEntry> Rename(List<SourceEntry> chosen)
    {
        if (overrides.Name is not { } name)
        {
            return chosen;
        }

        if (ExperimentCheck.Name(name).FirstOrDefault() is { } invalid)
        {
            list.Problems.Add(new() { Code = ProblemCode.Option, Source = $"--name {name}", Message = invalid.Message });
            return chosen;
        }

        if (chosen.Count == 1)
        {
            return [chosen[0] with { Name = name }];
        }

        list.Problems.Add(new()
        {
            Code = ProblemCode.Option,
            Source = $"--name {name}",
            Message = $"One name cannot serve {chosen.Count} experiments; choose one of them with --only: {string.Join(", ", chosen.Select(e => e.Name))}."
        });
        return chosen;
    }
}
