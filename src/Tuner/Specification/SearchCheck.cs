namespace Tuning.Specification;

/// <summary>What is wrong between a search algorithm and what it searches, as far as a trial of it shows.</summary>
internal static class SearchCheck
{
    private const string Root = "tune.search_alg";
    private const int MostSuggestions = 100, ValueDraws = 200;

    /// <summary>What a search algorithm is made for in a check.</summary>
    public static SearcherContext ContextOf(ExperimentSpec spec, ImmutableArray<Objective> objectives) => new(spec.Space, objectives)
    {
        Constraints = spec.Constraints,
        HasFeasibility = !spec.FeasibleIf.IsEmpty,
        Seed = SeedPath.Of(spec.Seed ?? 0) / "searcher",
    };

    /// <summary>Whether the constraints leave nothing to try: asks for the given points and the first sample, as the experiment will.</summary>
    /// <param name="spec">The experiment.</param>
    /// <param name="options">The options of its search algorithm, which can be made of them.</param>
    /// <param name="objectives">What is optimised.</param>
    public static IEnumerable<ParameterIssue> Constraints(ExperimentSpec spec, SearcherOptions options, ImmutableArray<Objective> objectives)
    {
        if (spec.Constraints.IsEmpty)
        {
            return [];
        }

        try
        {
            var searcher = options.Make(ContextOf(spec, objectives));
            var (points, path) = PointsOf(spec.SearchAlg.Options, Root);
            var samples = spec.NumSamples < 0 ? points + 1 : Math.Min(spec.NumSamples, points + 1);
            var suggestions = Math.Min(searcher.SuggestionsFor(samples), MostSuggestions);
            for (var number = 0L; number < suggestions; number++)
            {
                try
                {
                    searcher.Suggest(SearchHistory.Empty, number, (SeedPath.Of(spec.Seed ?? 0) / "check" / number).Stream());
                }
                catch (UnfulfilledConstraintsException e)
                {
                    return [IssueOf(spec, e, path)];
                }
            }

            return [];
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // Code that computes a value fails: the trial that needs it says so.
            return [];
        }
    }

    /// <summary>Expressions that have no value at some of the configurations that are drawn to see.</summary>
    public static IEnumerable<ParameterIssue> WithoutValue(ExperimentSpec spec) =>
        spec.Space.PointsWithoutValue(spec.Constraints, ValueDraws, (SeedPath.Of(spec.Seed ?? 0) / "check").Stream())
            .Select(p => new ParameterIssue(p.Constraint is { } i ? Place(i) : "config." + p.Path, p.Message));

    /// <summary>What the values of the space and the number of samples mean for the search.</summary>
    public static IEnumerable<ParameterIssue> Repetitions(ExperimentSpec spec, SearcherOptions options)
    {
        foreach (var (path, domain) in spec.Space.Domains)
        {
            if (domain is ChoiceDomain { Nodes: var nodes } choice && choice.Different() is { Length: var different } places && different < nodes.Length)
            {
                var twice = Enumerable.Range(0, nodes.Length).Except(places).First();
                yield return new("config." + path, $"has {Domain.Text(nodes[twice].ToParameters())} more than once: random search draws a value as often as " +
                    $"it stands there, and search algorithms that learn take the {different} values that differ.");
            }
        }

        var plan = new SpacePlan(spec.Space, []);
        if (options is RandomSearchOptions && spec.NumSamples > 1 && plan.Leaves.Any(l => RandomSearch.IsDrawn(l.Domain))
            && plan.Leaves.All(l => l.Domain is not GridDomain) && plan.Configurations().Most is var most && spec.NumSamples > most)
        {
            yield return new("num_samples", Invariant(
                $"is {spec.NumSamples}, and the space has at most {most} configurations: once they are used up, some are tried again."));
        }
    }

    /// <summary>An issue at the constraint that its message shows, if it is about one.</summary>
    public static ParameterIssue AtConstraint(ExperimentSpec spec, ParameterIssue issue)
    {
        var at = spec.Constraints.ToList().FindIndex(c => issue.Message.Contains($"constraint '{c}'", StringComparison.Ordinal)
            || issue.Message.Contains($"\n  {c}\n", StringComparison.Ordinal));
        return at < 0 ? issue : issue with { Path = Place(at) };
    }

    /// <summary>Constraints that are over no parameter.</summary>
    public static IEnumerable<ParameterIssue> Constant(ExperimentSpec spec) =>
        from constraint in spec.Constraints.Select((text, i) => (Text: text, Index: i))
        where IsConstant(constraint.Text)
        select new ParameterIssue(Place(constraint.Index), $"'{constraint.Text}' names no parameter, so it says the same of every configuration; write a " +
            $"condition over parameters, such as layers * units <= 4096.");

    /// <summary>Whether the trainable would refuse the parameter that a wrapper adds.</summary>
    public static IEnumerable<ParameterIssue> AddedParameter(ExperimentSpec spec, SearcherOptions options, TrainableDefinition? trainable)
    {
        if (trainable is null || options.AddedParameter is not { } added || trainable.ParameterNames.Count == 0 || trainable.ParameterNames.Contains(added)
            || spec.Space.ToParameters().TryGet(added, out _))
        {
            return [];
        }

        var path = Root;
        for (var inner = spec.SearchAlg.Options; !inner.TryGet("index_parameter", out _) && inner.TryGet("searcher", out var next) && next
            is ParameterSet set; inner = set)
        {
            path += ".searcher";
        }

        return
        [
            new($"{path}.set_index", $"adds the parameter '{added}', which '{trainable.Name}' does not have, so that every trial would fail. Let " +
                $"index_parameter name one that it has, such as a seed, or leave set_index away."
                + $"{NearestName.For(added, trainable.ParameterNames, "parameters")}"),
        ];
    }

    private static ParameterIssue IssueOf(ExperimentSpec spec, UnfulfilledConstraintsException e, string points)
    {
        // "points_to_evaluate[0]: …" is about that point.
        if (e.Message.StartsWith("points_to_evaluate[", StringComparison.Ordinal) && e.Message.IndexOf(": ", StringComparison.Ordinal) is > 0 and var colon)
        {
            return new($"{points}{e.Message["points_to_evaluate".Length..colon]}", "fits no configuration. " + e.Message[(colon + 2)..]);
        }

        return new(e.Constraint is { } text && spec.Constraints.IndexOf(text) is >= 0 and var i ? Place(i) : "constraints", e.Message);
    }

    private static string Place(int constraint) => Invariant($"constraints[{constraint}]");

    private static bool IsConstant(string constraint)
    {
        try
        {
            return Formula.Parse(constraint).References.IsEmpty;
        }
        catch (ExpressionException)
        {
            return false; // said with the others of its kind
        }
    }

    // Wrappers hold the searcher that has the option.
    private static (int Count, string Path) PointsOf(ParameterSet options, string path) =>
        options.TryGet("points_to_evaluate", out var points) && points is ParameterList list ? (list.Count, path + ".points_to_evaluate")
        : options.TryGet("searcher", out var inner) && inner is ParameterSet set ? PointsOf(set, path + ".searcher") : (0, path);
}
