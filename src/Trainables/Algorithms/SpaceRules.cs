namespace Tuning.Algorithms;

/// <summary>Rules about what agents see and do. An environment is made only where one of them applies.</summary>
internal static class SpaceRules
{
    /// <summary>Without <c>multi_agent</c> all agents follow one policy: they must see and do the same.</summary>
    /// <param name="o">The options, of an environment with several agents.</param>
    /// <param name="rules">Where faults go.</param>
    public static void CheckShared(AlgorithmOptions o, OptionRules rules)
    {
        var agents = AgentSpaces.Of(o.Environment, o.EnvironmentConfig);
        if (agents.FirstOrDefault(a => !a.Observations.Equals(agents[0].Observations) || !a.Actions.Equals(agents[0].Actions)) is { } other)
        {
            var first = agents[0];
            rules.Add(
                "multi_agent",
                $"is not given, so that all agents of {o.Environment} follow the policy '{PolicyEnvironment.DefaultId}'; but '{first.Agent}' sees " +
                    $"{first.Observations} and does {first.Actions}, '{other.Agent}' sees {other.Observations} and does {other.Actions}. "
                + $"Name policies and say which agents follow them: {{policies: [p0, p1], policy_mapping: {{\"{first.Agent}\": p0, \"{other.Agent}\": p1}}}}");
        }
    }
    /// <summary>State-dependent exploration is for continuous actions.</summary>
    /// <param name="o">The options.</param>
    /// <param name="path">Where policies without networks of their own are asked for it.</param>
    /// <param name="usesGsde">Whether they are.</param>
    /// <param name="rules">Where faults go.</param>
    public static void CheckGsde(AlgorithmOptions o, string path, bool usesGsde, OptionRules rules)
    {
        var paths = o.MultiAgent is { } several
            ? several.Policies.ToDictionary(p => p.Key,
                p => p.Value.Model is not { } own ? usesGsde ? path : null : own.UseGsde ? $"multi_agent.policies.{p.Key}.model.use_gsde" : null)
            : new() { [PolicyEnvironment.DefaultId] = usesGsde ? path : null };
        if (paths.Values.All(p => p is null))
        {
            return;
        }

        var agents = AgentSpaces.Of(o.Environment, o.EnvironmentConfig);
        foreach (var (policy, asked) in paths)
        {
            if (asked is not null && agents.FirstOrDefault(a => a.Actions is not Box && Follows(o.MultiAgent, a.Agent, policy)) is { } discrete
                && rules.IsFine(asked))
            {
                rules.Add(asked, $"is true, and the actions of {o.Environment}{(discrete.Agent is null ? "" : $", agent '{discrete.Agent}',")} are " +
                    $"{discrete.Actions}; state-dependent exploration is for continuous actions (Box)");
            }
        }
    }

    // Of a function nothing is known before there are episodes.
    private static bool Follows(MultiAgentOptions? options, string? agent, string policy) => options is null || agent is null || options.Policies.Count == 1
        || (options.PolicyMapping is { } mapping && PolicyMapping.Of(mapping).PolicyOf(agent, null!) == policy);
}
