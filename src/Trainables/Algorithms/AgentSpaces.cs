namespace Tuning.Algorithms;

/// <summary>What the agents of an environment see and do, found by making a copy of it: for rules that only the environment can tell.</summary>
/// <param name="Agent">The agent's name; null where there is one agent.</param>
/// <param name="Observations">What it sees.</param>
/// <param name="Actions">What it does.</param>
internal sealed record AgentSpaces(string? Agent, Space Observations, Space Actions)
{
    /// <summary>The agents of an environment; none where it cannot be made, which is told by whoever needs it.</summary>
    public static IReadOnlyList<AgentSpaces> Of(string env, ParameterSet config)
    {
        if (!EnvironmentRegistry.TryGet(env, out var definition))
        {
            return [];
        }

        try
        {
            if (definition.IsMultiAgent)
            {
                using var several = definition.CreateMultiAgent(config);
                return [.. several.Agents.Select((name, i) => new AgentSpaces(name, several.ObservationSpace(i), several.ActionSpace(i)))];
            }

            using var one = definition.Create(config);
            return [new(null, one.ObservationSpace, one.ActionSpace)];
        }
#pragma warning disable CA1031 // The user's code. What is wrong with it is told when the algorithm is made, with all that is known then.
        catch (Exception)
#pragma warning restore CA1031
        {
            return [];
        }
    }
}
