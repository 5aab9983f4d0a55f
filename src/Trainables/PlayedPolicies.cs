using Tuning.Checkpointing;
using Tuning.Runners;

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

    /// <summary>The environment that they were trained in; an empty name when nothing says it.</summary>
    public (string Name, ParameterSet Config) Environment
    {
        get
        {
            var spaces = _policies.Values.First().Spaces;
            if (spaces.Environment is { } said)
            {
                return (said, spaces.EnvironmentConfig);
            }

            // Older policies do not say it; the algorithm that they are part of does.
            return (
                _kind.Arguments.TryGet("env", out var env) && env is string text ? text : "",
                _kind.Arguments.TryGet("env_config", out var given) && given is ParameterSet set ? set : ParameterSet.Empty);
        }
    }

    /// <summary>Reads the policies of a checkpoint.</summary>
    /// <param name="path">An algorithm's or a policy's.</param>
    /// <param name="id">The only one that is wanted, for all agents; null for all.</param>
    /// <exception cref="CheckpointException">There is no such policy, or the checkpoint is damaged.</exception>
    public static PlayedPolicies Load(string path, string? id)
    {
        var kind = ComponentFiles.ReadClass(new CheckpointDirectory(path));
        if (id is not null || kind.Name == Policy.ClassName)
        {
            var one = Policy.FromCheckpoint(path, id);
            return new(path, kind, new Dictionary<string, Policy> { [id ?? Policy.DefaultId] = one }, null);
        }

        var policies = Policy.AllFromCheckpoint(path);
        var patterns = kind.Arguments.TryGet("multi_agent", out var given) && given is ParameterSet ? kind.Arguments.Get<MultiAgentOptions>("multi_agent").PolicyMapping : null;
        return new(path, kind, policies, patterns is null ? null : PolicyMapping.Of(patterns));
    }

    /// <summary>The policy of an agent.</summary>
    /// <exception cref="CheckpointException">Nothing says which.</exception>
    public Policy Of(string agent)
    {
        if (_policies.Count == 1)
        {
            return Only;
        }

        // Patterns do not look at episodes.
        return _mapping?.PolicyOf(agent, null!) is { } id && _policies.TryGetValue(id, out var policy)
            ? policy
            : throw new CheckpointException($"{_path} does not say which of the policies {string.Join(", ", _policies.Keys)} the agent '{agent}' follows{(_mapping is null ? ": a function said so" : "")}. Name one for all agents with --policy.");
    }
}
