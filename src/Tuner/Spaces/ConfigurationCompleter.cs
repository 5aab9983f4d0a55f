namespace Tuning.Spaces;

/// <summary>
/// Makes a configuration of the space from one of which only some values are known or were changed: what is computed from them follows,
/// what a condition takes away goes, what is missing is drawn, and constraints are looked at.
/// </summary>
/// <remarks>Immutable; safe for use by any thread.</remarks>
internal sealed class ConfigurationCompleter
{
    private readonly SpacePlan _plan;
    private readonly ImmutableArray<LeafPlan> _outer, _beforeCode;

    /// <exception cref="ArgumentException">Expressions or constraints do not fit the space.</exception>
    public ConfigurationCompleter(SearchSpace space, IReadOnlyList<string> constraints)
    {
        _plan = new(space, constraints);
        _outer = [.. SpacePlan.LeavesOf(_plan.Root)];
        _beforeCode = SpaceGraph.BeforeCode(_plan);
    }

    /// <summary>The configuration in order; null when it breaks a constraint, or something in it has no value.</summary>
    /// <param name="config">Values of the space, some of them changed.</param>
    /// <param name="seed">What parameters are drawn from that were absent.</param>
    public ParameterSet? Complete(ParameterSet config, ulong seed)
    {
        var given = Resolution.NoneGiven(_plan);
        foreach (var leaf in _outer)
        {
            if (leaf.Domain is not ComputedDomain && config.TryGet(leaf.Path, out var value))
            {
                Resolution.Give(given, leaf, value);
            }
        }

        var resolution = new Resolution(_plan, seed, null, given);
        var complete = resolution.ToConfiguration(_beforeCode);
        if (resolution.Fault is not null || resolution.FirstBroken(_plan.Constraints) >= 0)
        {
            return null;
        }

        // Constants of the space that were explored have no domain, so they are put back.
        return config.Flatten()
            .Where(p => complete.TryGet(p.Key, out var known) && !Equals(known, p.Value)
                && !_outer.Any(l => l.Path == p.Key || p.Key.StartsWith(l.Path + ".", StringComparison.Ordinal)))
            .Aggregate(complete, (whole, changed) => whole.With(changed.Key, changed.Value));
    }

    /// <summary>The configuration that a searcher means by the values that it sets.</summary>
    /// <param name="proposal">The values. Constants and computed values may be among them, as they are.</param>
    /// <param name="random">What the other parameters are drawn from, again until the constraints hold.</param>
    /// <param name="fault">Why there is none: all values that do not fit, or the constraint that cannot hold. Null when there is one.</param>
    public ParameterSet Complete(ParameterSet proposal, RandomStream random, out string? fault)
    {
        object?[] given;
        try
        {
            given = PresetReader.Read(_plan, proposal, "");
        }
        catch (ArgumentException e)
        {
            fault = e.Message;
            return proposal;
        }

        if (_outer.FirstOrDefault(l => l.Domain is GridDomain && !Resolution.IsGiven(given, l)) is { } grid)
        {
            fault = $"{grid.Path}: is a grid_search, of which only the searcher can say what to run; set it, or make it a choice.";
            return proposal;
        }

        var proposed = (object?[])given.Clone();
        foreach (var leaf in _outer.Where(l => l.Domain is ComputedDomain))
        {
            Resolution.TakeBack(given, leaf);
        }

        var isFixed = _outer.All(l => l.Domain is ComputedDomain || Resolution.IsGiven(given, l));
        for (var draw = 0; ; draw++)
        {
            var isLast = isFixed || draw == VariantGenerator.MostDraws - 1;
            var resolution = new Resolution(_plan, random.NextUInt64(), null, given);
            var config = resolution.ToConfiguration(_beforeCode);
            var broken = resolution.FirstBroken(_plan.Constraints);
            fault = broken >= 0 ? Broken(resolution, _plan.Constraints[broken]) : Contradiction(resolution, proposed);
            if (fault is null || isLast)
            {
                fault ??= resolution.Fault;
                return config;
            }
        }
    }

    private static string Broken(Resolution resolution, Formula constraint) =>
        $"the constraint '{constraint.Text}' {(resolution.Fulfils(constraint, out var why) || why is null ? "does not hold" : $"has no value: {why}")}";

    // A value that was set although its parameter is absent, or is computed and comes out otherwise.
    private string? Contradiction(Resolution resolution, object?[] proposed)
    {
        foreach (var leaf in _outer.Where(l => Resolution.IsGiven(proposed, l)))
        {
            if (!resolution.IsReached(leaf))
            {
                if (resolution.Fault is null)
                {
                    return $"{leaf.Path}: is set to {Domain.Text(proposed[leaf.Id])}, but it is there only when {leaf.Domain.Condition}, which does not " +
                        $"hold; leave it away";
                }
            }
            else if (leaf.Domain is ComputedDomain && resolution.ValueOf(leaf) is var value && !Operations.AreEqual(value, proposed[leaf.Id]))
            {
                return $"{leaf.Path}: is set to {Domain.Text(proposed[leaf.Id])}, but it is {leaf.Domain}, which gives {Domain.Text(value)}; leave it away";
            }
        }

        return null;
    }
}
