namespace Tuning.Specification;

/// <summary>What a scheduler that changes configurations asks of the rest of an experiment.</summary>
internal sealed class ExploredCheck(ComponentCatalog catalog, ExperimentSpec spec, TrainableDefinition? trainable)
{
    private const string Root = "config";

    private readonly ExploredParameters? _explored =
        catalog.Schedulers.TryResolve(spec.Scheduler.Type, out _) && !catalog.Schedulers.Check(spec.Scheduler).Any()
            ? catalog.Schedulers.Bind(spec.Scheduler).Explored : null;

    /// <summary>What is wrong with search algorithm and number of trials.</summary>
    public IEnumerable<ParameterIssue> Others()
    {
        if (spec.Scheduler.Type == "pbt_replay" && (spec.NumSamples != 1 || spec.Space.Domains.Any(d => d.Value is Spaces.GridDomain)))
        {
            yield return new("num_samples", $"'{spec.Scheduler.Type}' runs exactly one trial; remove num_samples and grids.");
        }

        if (_explored is null)
        {
            yield break;
        }

        if (spec.NumSamples < 0)
        {
            yield return new("num_samples", $"is {spec.NumSamples}; '{spec.Scheduler.Type}' trains a population, whose size must be known: give a number.");
        }

        if (catalog.Searchers.TryResolve(spec.SearchAlg.Type, out var searcher) && IsLearning())
        {
            yield return new("tune.search_alg", $"is '{searcher}', which learns from results, but '{spec.Scheduler.Type}' changes the configurations that " +
                $"they belong to; use random or grid.");
        }
    }

    /// <summary>
    /// What the trainable says about configurations, also those that the scheduler may come to. What concerns only these is told at the
    /// option that names them.
    /// </summary>
    public IEnumerable<ParameterIssue> Configurations()
    {
        var first = trainable is null ? [] : ConfigCheck.Check(spec, trainable, catalog).ToList();
        if (_explored is null || trainable is null)
        {
            return first;
        }

        var own = spec.Space.Domains.ToDictionary(d => d.Key, d => d.Value);
        var completed = _explored.Domains.Where(d => own.GetValueOrDefault(d.Key) is { } domain && domain.Equals(d.Value)).Select(d => d.Key).ToList();
        var all = _explored.Domains.Select(d => d.Key).ToList();
        var wide = ConfigCheck.Check(spec with { Space = _explored.Widen(spec.Space) }, trainable, catalog).Where(i => !first.Contains(i));
        return [.. first.Select(i => Told(i, completed) ?? i),
            .. wide.Select(i => Told(i, all) ?? i with { Path = Option, Message = $"{i.Path} {i.Message}" })];
    }

    private string Option => "tune.scheduler." + _explored!.Option;

    // The issue at the option, if it is about one of these parameters.
    private ParameterIssue? Told(ParameterIssue issue, List<string> paths)
    {
        var path = issue.Path.Length > Root.Length ? issue.Path[(Root.Length + 1)..] : "";
        return path.Length > 0 && paths.Exists(p => p == path || path.StartsWith(p + ".", StringComparison.Ordinal)
            || p.StartsWith(path + ".", StringComparison.Ordinal))
            ? issue with { Path = $"{Option}.{path}" }
            : null;
    }

    private bool IsLearning()
    {
        try
        {
            var objectives = spec.Objectives.IsEmpty && trainable?.DefaultObjective is { } declared ? [declared] : spec.Objectives;
            return !catalog.Searchers.Bind(spec.SearchAlg).Make(new SearcherContext(spec.Space, objectives) { Constraints = spec.Constraints }).IsImmediate;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // What is wrong with it is said where it stands.
            return false;
        }
    }
}
