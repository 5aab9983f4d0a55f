namespace Tuning.Specification;

/// <summary>Rules about <c>feasible_if</c>.</summary>
internal static class FeasibilityCheck
{
    /// <summary>What is wrong with the conditions: their form, and those that name no metric.</summary>
    public static IEnumerable<ParameterIssue> Of(ExperimentSpec spec)
    {
        for (var i = 0; i < spec.FeasibleIf.Length; i++)
        {
            if (Problem(spec, spec.FeasibleIf[i]) is { } problem)
            {
                yield return new(Place(i), problem);
            }
        }
    }

    /// <summary>The metrics that the conditions name, with the path of the place.</summary>
    public static IEnumerable<(string Path, string Metric)> Named(ExperimentSpec spec)
    {
        for (var i = 0; i < spec.FeasibleIf.Length; i++)
        {
            foreach (var name in Parse(spec.FeasibleIf[i])?.References ?? [])
            {
                yield return (Place(i), Feasibility.Path(name));
            }
        }
    }

    private static string Place(int index) => Invariant($"feasible_if[{index}]");

    private static Formula? Parse(string condition)
    {
        try
        {
            return Formula.Parse(condition);
        }
        catch (ExpressionException)
        {
            // Said by Problem.
            return null;
        }
    }

    private static string? Problem(ExperimentSpec spec, string condition)
    {
        try
        {
            var formula = Formula.Parse(condition);
            if (formula.References.IsEmpty)
            {
                return $"'{condition}' names no metric, so it says the same of every trial; write a condition over what trials report, such as latency_ms <= " +
                    $"20.";
            }

            var parameters = spec.Space.Domains.Select(d => d.Key).ToHashSet();
            var metrics = spec.Objectives.Select(o => o.Metric).ToHashSet();
            return formula.Names.FirstOrDefault(n => parameters.Contains(n) && !metrics.Contains(n)) is { } parameter && formula.Names.All(parameters.Contains)
                ? $"'{condition}' is over the parameter '{parameter}'; conditions over parameters go to 'constraints', which are never broken. 'feasible_if' " +
                    $"is over metrics."
                : null;
        }
        catch (ExpressionException e)
        {
            return e.Message;
        }
    }
}
