namespace Tuning;

/// <summary>The policies that an evaluation plays with, and which agent follows which: as the algorithm of the checkpoint said it, or one for all.</summary>
internal sealed class PlayedPolicies
{
    private readonly string _path;
    private readonly ComponentClass _kind;
    private readonly IReadOnlyDictionary<string, Policy> _policies;
    private readonly PolicyMapping? _mapping;

    private PlayedPolicies(string path, ComponentClass kind, IReadOnlyDictionary<string, Policy> policies, PolicyMapping? mapping) =>
        (_path, _kind, _policies, _mapping) = (path, kind, policies, mapping);

    /// <summary>The policy of an environment with one agent: the only one, or <c>default_policy</c>.</summary>
    /// <exception cref="CheckpointException">There are several others.</exception>
    public Policy Only => _policies.Count == 1
        ? _policies.Values.First()
        : _policies.TryGetValue(Policy.DefaultId, out var policy) ? policy
        : throw new CheckpointException($"{_path} has the policies {string.Join(", ", _policies.Keys)}: name one with --policy.");

    /// <summary>The environment that they were trained in, an empty name when nothing says it, and after how many steps training cut its episodes.</summary>
    public (string Name, ParameterSet Config, int? Horizon) Environment
    {
        get
        {
            // Older policies do not say it; the algorithm that they are part of does.
            var spaces = _policies.Values.First().Spaces;
            var horizon = spaces.Horizon ?? _kind.Arguments.Get<int?>("horizon", null);
            return spaces.Environment is { } said
                ? (said, spaces.EnvironmentConfig, horizon)
                : (_kind.Arguments.Get("env", ""), _kind.Arguments.TryGet("env_config", out var given) && given is ParameterSet set ? set : ParameterSet.Empty,
                    horizon);
        }
    }

    /// <summary>Reads the policies of a checkpoint.</summary>
    /// <param name="path">An algorithm's or a policy's.</param>
    /// <param name="id">The only one that is wanted, for all agents; null for all.</param>
    /// <param name="mapping">Which agent follows which policy, <c>0=p0,*=p1</c>; null for what the algorithm says.</param>
    /// <exception cref="CheckpointException">There is no such policy, or the checkpoint is damaged.</exception>
    /// <exception cref="ArgumentException">The mapping is none, or names a policy that there is not.</exception>
    public static PlayedPolicies Load(string path, string? id, string? mapping = null)
    {
        var kind = ComponentFiles.ReadClass(new CheckpointDirectory(path));
        if (mapping is null && (id is not null || kind.Name == Policy.ClassName))
        {
            var one = Policy.FromCheckpoint(path, id);
            return new(path, kind, new Dictionary<string, Policy> { [id ?? Policy.DefaultId] = one }, null);
        }

        var policies = Policy.AllFromCheckpoint(path);
        if (mapping is not null)
        {
            return new(path, kind, policies, PolicyMapping.Parse(mapping, policies.Keys));
        }

        var several = kind.Arguments.TryGet("multi_agent", out var given) && given is ParameterSet ? kind.Arguments.Get<MultiAgentOptions>("multi_agent")
            : null;
        var patterns = several?.PolicyMapping;
        return new(path, kind, policies, patterns is null ? null : PolicyMapping.Of(patterns));
    }

    /// <summary>The policy of an agent.</summary>
    /// <exception cref="CheckpointException">Nothing says which.</exception>
    public Policy Of(string agent)
    {
        if (_policies.Count == 1 && _mapping is null)
        {
            return Only;
        }

        // Patterns do not look at episodes.
        return _mapping?.PolicyOf(agent, null!) is { } id && _policies.TryGetValue(id, out var policy)
            ? policy
            : throw new CheckpointException($"{_path} does not say which of the policies {string.Join(", ", _policies.Keys)} the agent '{agent}' "
                + $"follows{(_mapping is null ? ": a function said so" : "")}. Say it with --mapping {agent}={_policies.Keys.First()},…, or name one for "
                + "all agents with --policy.");
    }

    /// <summary>The agents that were mapped and are not there.</summary>
    public IReadOnlyList<string> Missing(IReadOnlyList<string> agents) => _mapping?.Unused(agents) ?? [];
}
