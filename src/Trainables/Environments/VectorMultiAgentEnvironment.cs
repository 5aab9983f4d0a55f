using Tuning.Randomness;

namespace Tuning.Environments;

/// <summary>Several copies of one environment with several agents, stepped one by one in their order.</summary>
/// <remarks>It never resets by itself. Owned by one thread at a time. No call but saving and restoring allocates.</remarks>
internal sealed class VectorMultiAgentEnvironment : EnvironmentCopies<IMultiAgentEnvironment>
{
    private readonly MultiAgentStep[] _steps;

    /// <summary>Makes the copies.</summary>
    /// <param name="definition">The environment.</param>
    /// <param name="config">Its <c>env_config</c>.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="seed">The place that the streams are derived from.</param>
    /// <exception cref="InvalidOperationException">A copy has other agents or spaces than the first, or there is no agent, or a name comes twice.</exception>
    public VectorMultiAgentEnvironment(EnvironmentDefinition definition, ParameterSet config, int count, SeedPath seed)
        : base(definition.Name, count, seed, () => definition.CreateMultiAgent(config), copies => Check(definition.Name, copies))
    {
        Agents = [.. _copies[0].Agents];
        _steps = [.. _copies.Select(c => new MultiAgentStep(c))];
        ObservationSpaces = [.. Agents.Select((_, i) => _copies[0].ObservationSpace(i))];
        ActionSpaces = [.. Agents.Select((_, i) => _copies[0].ActionSpace(i))];
    }

    /// <summary>The names of the agents.</summary>
    public IReadOnlyList<string> Agents { get; }

    /// <summary>What each agent sees.</summary>
    public IReadOnlyList<Space> ObservationSpaces { get; }

    /// <summary>What each agent does.</summary>
    public IReadOnlyList<Space> ActionSpaces { get; }

    /// <summary>Starts an episode of a copy.</summary>
    public MultiAgentStep Reset(int copy)
    {
        _copies[copy].Restart(_streams[copy], _steps[copy]);
        return _steps[copy];
    }

    /// <summary>The step of a copy: where actions are set, and what came of the last one.</summary>
    public MultiAgentStep StepOf(int copy) => _steps[copy];

    /// <summary>Steps a copy.</summary>
    public void Step(int copy)
    {
        _steps[copy].Begin();
        _copies[copy].Step(_steps[copy]);
    }

    private static void Check(string name, IMultiAgentEnvironment[] copies)
    {
        for (var i = 1; i < copies.Length; i++)
        {
            if (!Alike(copies[0], copies[i]))
            {
                throw new InvalidOperationException($"Copy {i} of the environment {name} has other agents or spaces than copy 0; the same env_config must give the same.");
            }
        }

        var agents = copies[0].Agents;
        if (agents.Count == 0 || agents.Any(string.IsNullOrEmpty) || agents.Distinct(StringComparer.Ordinal).Count() != agents.Count)
        {
            throw new InvalidOperationException($"The environment {name} has the agents [{string.Join(", ", agents)}]; there must be one at least, each with a name of its own.");
        }
    }

    private static bool Alike(IMultiAgentEnvironment one, IMultiAgentEnvironment two) =>
        one.Agents.SequenceEqual(two.Agents, StringComparer.Ordinal)
        && Enumerable.Range(0, one.Agents.Count).All(i => one.ObservationSpace(i).Equals(two.ObservationSpace(i)) && one.ActionSpace(i).Equals(two.ActionSpace(i)));
}
