namespace Tuning.Spaces;

/// <summary>What draws show of expressions.</summary>
internal static class ValueCheck
{
    /// <summary>Computed values, conditions and constraints that have no value at some of the points that are drawn, each once.</summary>
    public static List<SpaceError> PointsWithoutValue(this SearchSpace space, IReadOnlyList<string> constraints, int draws, RandomStream random)
    {
        var plan = new SpacePlan(space, constraints);
        var before = SpaceGraph.BeforeCode(plan);
        var faults = new Dictionary<(LeafPlan? Leaf, int Constraint), (string Fault, int Count)>();

        // Code is not run for a look: a function that has no value says so itself.
        var isWorthIt = plan.Leaves.All(l => l.Domain is not ComputedDomain { Code: not null })
            && (plan.Constraints.Length > 0 || plan.Leaves.Any(l => l.Domain.ConditionFormula is not null || l.Domain is ComputedDomain));
        for (var draw = 0; isWorthIt && draw < draws; draw++)
        {
            var resolution = new Resolution(plan, random.NextUInt64(), null, null);
            resolution.ToConfiguration(before);
            if (resolution.Fault is { } fault)
            {
                Count(resolution.FaultAt, -1, fault);
            }

            for (var i = 0; i < plan.Constraints.Length; i++)
            {
                if (!resolution.Fulfils(plan.Constraints[i], out var why) && why is not null && why != resolution.Fault)
                {
                    Count(null, i, why);
                }
            }
        }

        return [.. faults.Select(f => new SpaceError(
            f.Key.Leaf?.Segments ?? [],
            Invariant($"has no value in {f.Value.Count} of {draws} configurations that were drawn to see: {OneLine(f.Value.Fault)} ")
                + (f.Key.Leaf is null
                    ? "Those are drawn again."
                    : "A trial of such a one fails. Exclude it by a constraint or a narrower domain, or write an expression that has a value everywhere."))
        {
            Constraint = f.Key.Leaf is null ? f.Key.Constraint : null,
        })];

        void Count(LeafPlan? leaf, int constraint, string fault) =>
            faults[(leaf, constraint)] = faults.TryGetValue((leaf, constraint), out var known) ? (known.Fault, known.Count + 1) : (fault, 1);
    }

    private static string OneLine(string text) => text.Split('\n', 2)[0].TrimEnd('\r', '.') + ".";
}
