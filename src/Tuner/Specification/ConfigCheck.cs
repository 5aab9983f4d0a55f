namespace Tuning.Specification;

/// <summary>What a trainable says about a configuration: unknown parameters, and values that cannot be trained.</summary>
internal static class ConfigCheck
{
    private const string Root = "config";

    public static IEnumerable<ParameterIssue> Check(ExperimentSpec spec, TrainableDefinition trainable, ComponentCatalog catalog)
    {
        var issues = Unknown(spec, trainable);
        if (catalog.KnowsEnvironments && trainable.ParameterNames.Contains("env"))
        {
            Environments(spec, catalog, issues);
        }

        // What is unknown was said already; a second message about it says nothing new.
        var said = issues.Select(i => i.Path).ToHashSet();
        foreach (var sample in SampleConfigs.Of(spec.Space, spec.Constraints))
        {
            IEnumerable<ParameterIssue> found;
            try
            {
                found = [.. trainable.Validate(sample)];
            }
            catch (Exception e) when (e is InvalidOperationException or ArgumentException or KeyNotFoundException or FormatException or JsonException)
            {
                // A trainable that binds its configuration tells by an exception what does not fit.
                found = [new("", e is ArgumentException { ParamName: not null } && e.Message.LastIndexOf(" (Parameter", StringComparison.Ordinal) is > 0
                    and var end ? e.Message[..end] : e.Message)];
            }

            foreach (var issue in found)
            {
                var whole = issue with
                {
                    Path = issue.Path.Length == 0 ? Root : Root + "." + issue.Path,
                    Message = issue.Message.TrimEnd()[^1] is '.' or '?' or '!' ? issue.Message : issue.Message + "."
                };
                if (!said.Contains(whole.Path) && !issues.Contains(whole))
                {
                    issues.Add(whole);
                }
            }
        }

        return issues;
    }

    /// <summary>The parameters of the space that a trainable does not have.</summary>
    public static List<ParameterIssue> Unknown(ExperimentSpec spec, TrainableDefinition trainable)
    {
        var issues = new List<ParameterIssue>();
        if (trainable.ParameterNames.Count > 0)
        {
            Names(spec.Space.Root, "", trainable, issues);
        }

        return issues;
    }

    private static void Names(SpaceNode node, string path, TrainableDefinition trainable, List<ParameterIssue> issues)
    {
        var known = trainable.ParameterNames;
        foreach (var (name, below) in node.Children() ?? [])
        {
            var here = path.Length == 0 ? name : path + "." + name;
            if (known.Contains(here))
            {
                continue;
            }

            var group = here + ".";
            if (!known.Any(k => k.StartsWith(group, StringComparison.Ordinal)))
            {
                issues.Add(new(Root + "." + here,
                    $"'{here}' is no parameter of '{trainable.Name}'.{Hint(here, name, path, trainable)}")
                { IsAboutName = true });
            }
            else if (below.Children() is not null)
            {
                Names(below, here, trainable, issues);
            }
            else if (below is ConstantNode constant)
            {
                issues.Add(new(Root + "." + here, $"is {TypeText.Show(constant.Value)}; it must be a map with " +
                    $"{string.Join(", ", known.Where(k => k.StartsWith(group, StringComparison.Ordinal)).Select(k => k[group.Length..]).Take(8))}."));
            }
        }
    }

    private static string Hint(string path, string name, string parent, TrainableDefinition trainable)
    {
        if (KeyPlaces.For(path, Root) is { } place)
        {
            return place;
        }

        var known = trainable.ParameterNames;
        var siblings = known.Where(k => k.Length > parent.Length && (parent.Length == 0 || k.StartsWith(parent + ".", StringComparison.Ordinal))).ToList();
        if (NearestName.Of(path, siblings) is { } near)
        {
            return $" Did you mean '{near}'?";
        }

        if (known.FirstOrDefault(k => k.EndsWith("." + name, StringComparison.Ordinal)) is { } elsewhere)
        {
            return $" Did you mean '{elsewhere}'?";
        }

        return NearestName.Of(path, [.. trainable.Vocabulary.Parameters.Keys]) is { } old
            ? $" Did you mean '{old}', today '{trainable.Vocabulary.Parameters[old]}'?"
            : NearestName.For(path, siblings, "parameters");
    }

    private static void Environments(ExperimentSpec spec, ComponentCatalog catalog, List<ParameterIssue> issues)
    {
        IReadOnlyList<string> known = [.. catalog.Environments, .. catalog.EnvironmentPrefixes.Select(p => p + "…")];
        foreach (var value in SampleConfigs.Of(spec.Space, spec.Constraints).Select(s => s.TryGet("env", out var env) ? env : null).Distinct())
        {
            if (value is string name && !catalog.IsEnvironment(name))
            {
                issues.Add(new(Root + ".env", $"'{name}' is no environment.{NearestName.For(name, known, "environments")}") { Code = ProblemCode.Name });
            }
            else if (value is not (null or string))
            {
                issues.Add(new(Root + ".env", $"is {TypeText.Show(value)}; it must be the name of an environment."));
            }
        }
    }
}
