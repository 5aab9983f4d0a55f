namespace Tuning.Runners;

/// <summary>
/// Which policies there are, what they see and do, and which agents may follow which. Immutable but for the connectors of
/// <see cref="Policies"/>, which the group owns.
/// </summary>
/// <remarks>
/// Where the mapping is a function, it is asked about every agent with an episode that has not begun, to learn the spaces of the policies, as RLlib does;
/// a policy that it does not name then has the spaces of the agents if all have the same.
/// </remarks>
internal sealed class PolicyLayout
{
    private readonly PolicyMapping _mapping;
    private readonly string[] _agents;
    private readonly int[] _fixed;
    private readonly bool[] _follows;
    private readonly Dictionary<string, int> _numbers;

    /// <summary>Finds the spaces of the policies.</summary>
    /// <param name="environments">Copies of the environment.</param>
    /// <param name="policies">The names of the policies.</param>
    /// <param name="mapping">Which agent follows which.</param>
    /// <param name="options">Filters and action transforms.</param>
    /// <exception cref="ArgumentException">The mapping leaves out an agent or names an unknown policy, or the agents of a policy differ in their
    /// spaces.</exception>
    public PolicyLayout(VectorEnvironment environments, IEnumerable<string> policies, PolicyMapping mapping, EnvRunnerOptions options)
    {
        var environment = environments.Name;
        (string Name, Space Observations, Space Actions)[] agents =
            [.. environments.Agents.Select((name, a) => (name, environments.ObservationSpaces[a], environments.ActionSpaces[a]))];
        string[] ids = [.. policies.Distinct().Order(StringComparer.Ordinal)];
        _agents = [.. agents.Select(a => a.Name)];
        _mapping = mapping;
        _numbers = ids.Select((id, i) => KeyValuePair.Create(id, i)).ToDictionary();
        var probe = new Episode(0, 0, [], isMultiAgent: true);
        int[] first = [.. _agents.Select(a => Number(a, mapping.PolicyOf(a, probe)))];
        _fixed = mapping.IsFixed ? first : [];
        _follows = new bool[ids.Length * agents.Length];
        var made = new List<PolicyEnvironment>(ids.Length);
        for (var policy = 0; policy < ids.Length; policy++)
        {
            var model = Array.IndexOf(first, policy);
            if (model < 0 && agents.All(a => a.Observations.Equals(agents[0].Observations) && a.Actions.Equals(agents[0].Actions)))
            {
                model = 0;
            }

            if (model < 0)
            {
                throw new ArgumentException(mapping.IsFixed
                    ? $"No agent of {environment} follows the policy '{ids[policy]}', and its agents differ in what they see and do, so that it has no "
                        + $"spaces. Its agents are: {string.Join(", ", _agents)}; the mapping is {mapping}."
                    : $"The policy mapping gives no agent of {environment} the policy '{ids[policy]}' in a first episode, and its agents differ in what "
                        + "they see and do, so that the policy's spaces are not known.");
            }

            for (var agent = 0; agent < agents.Length; agent++)
            {
                var fits = agents[agent].Observations.Equals(agents[model].Observations) && agents[agent].Actions.Equals(agents[model].Actions);
                if (first[agent] == policy && !fits)
                {
                    throw new ArgumentException(
                        $"The agents '{_agents[model]}' and '{_agents[agent]}' of {environment} both follow the policy '{ids[policy]}', but the one sees "
                            + $"{agents[model].Observations} and does {agents[model].Actions}, the other {agents[agent].Observations} and "
                            + $"{agents[agent].Actions}. Give them a policy each.");
                }

                _follows[(policy * agents.Length) + agent] = mapping.IsFixed ? first[agent] == policy : fits;
            }

            var (_, observations, actions) = agents[model];
            made.Add(new(
                ids[policy],
                observations,
                actions,
                options.ActionDistribution(actions),
                EnvToModulePipeline.Build(observations, options.ObservationFilter, options.Connectors),
                new(actions, options.NormalizeActions, options.ClipActions)));
        }

        Policies = made;
        IsMultiAgent = environments.IsMultiAgent;
    }

    /// <summary>Whether the environment was made for several agents; else its one agent is not spoken of.</summary>
    public bool IsMultiAgent { get; }

    /// <summary>The policies, in ordinal order of their names.</summary>
    public IReadOnlyList<PolicyEnvironment> Policies { get; }

    /// <summary>The names of the agents.</summary>
    public IReadOnlyList<string> Agents => _agents;

    /// <summary>Whether an agent may follow a policy.</summary>
    public bool Follows(int agent, int policy) => _follows[(policy * _agents.Length) + agent];

    /// <summary>The number of a policy; −1 when there is none of this name.</summary>
    public int NumberOf(string policy) => _numbers.GetValueOrDefault(policy, -1);

    /// <summary>The policy of an agent that appears in an episode.</summary>
    /// <exception cref="InvalidOperationException">The function gave a policy that there is not, or that does not fit the agent.</exception>
    public int Choose(int agent, Episode episode)
    {
        if (_fixed.Length > 0)
        {
            return _fixed[agent];
        }

        int policy;
        try
        {
            policy = Number(_agents[agent], _mapping.PolicyOf(_agents[agent], episode));
        }
        catch (ArgumentException e)
        {
            throw new InvalidOperationException(e.Message, e);
        }

        return Follows(agent, policy)
            ? policy
            : throw new InvalidOperationException($"The policy mapping gave the agent '{_agents[agent]}' the policy '{Policies[policy].Id}', whose agents "
                + $"see {Policies[policy].ObservationSpace} and do {Policies[policy].ActionSpace}; this one sees or does something else.");
    }

    private int Number(string agent, string? policy) => policy is null
        ? throw new ArgumentException($"policy_mapping says nothing of the agent '{agent}'; it is {_mapping}. The agents are: "
            + $"{string.Join(", ", _agents)}. A pattern \"*\" stands for all that are not named.")
        : _numbers.TryGetValue(policy, out var number)
            ? number
            : throw new ArgumentException($"policy_mapping gives the agent '{agent}' the policy '{policy}', which is none of: "
                + $"{string.Join(", ", _numbers.Keys.Order(StringComparer.Ordinal))}.");
}
