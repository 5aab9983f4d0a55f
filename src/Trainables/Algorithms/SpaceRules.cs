using Tuning.Environments;
using Tuning.Runners;

namespace Tuning.Algorithms;

/// <summary>Rules about what agents see and do. An environment is made only where one of them applies.</summary>
internal static class SpaceRules
{
    /// <summary>Without <c>multi_agent</c> all agents follow one policy: they must see and do the same.</summary>
    /// <param name="o">The options, of an environment with several agents.</param>
    /// <param name="rules">Where faults go.</param>
    public static void CheckShared(AlgorithmOptions o, OptionRules rules)
    {
        var agents = AgentSpaces.Of(o.Env, o.EnvConfig);
        if (agents.FirstOrDefault(a => !a.Observations.Equals(agents[0].Observations) || !a.Actions.Equals(agents[0].Actions)) is { } other)
        {
            var first = agents[0];
            rules.Add(
                "multi_agent",
                $"is not given, so that all agents of {o.Env} follow the policy '{PolicyEnvironment.DefaultId}'; but '{first.Agent}' sees {first.Observations} and does {first.Actions}, '{other.Agent}' sees {other.Observations} and does {other.Actions}. "
                + $"Name policies and say which agents follow them: {{policies: [p0, p1], policy_mapping: {{\"{first.Agent}\": p0, \"{other.Agent}\": p1}}}}");
        }
    }
}
