using System.Text.Json;
using Tuning.Randomness;

namespace Tuning.Environments;

/// <summary>
/// Several copies of one environment with several agents, stepped one by one in their order. Each draws from a stream of its own, derived as
/// those of <see cref="VectorEnvironment"/>.
/// </summary>
/// <remarks>It never resets by itself. Owned by one thread at a time. No call but saving and restoring allocates.</remarks>
internal sealed class VectorMultiAgentEnvironment : IDisposable
{
    private readonly IMultiAgentEnvironment[] _copies;
    private readonly RandomStream[] _streams;
    private readonly MultiAgentStep[] _steps;

    /// <summary>Makes the copies.</summary>
    /// <param name="definition">The environment.</param>
    /// <param name="config">Its <c>env_config</c>.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="seed">The place that the streams are derived from.</param>
    /// <exception cref="InvalidOperationException">A copy has other agents or spaces than the first, or there is no agent, or a name comes twice.</exception>
    public VectorMultiAgentEnvironment(EnvironmentDefinition definition, ParameterSet config, int count, SeedPath seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Name = definition.Name;
        _copies = new IMultiAgentEnvironment[count];
        try
        {
            for (var i = 0; i < count; i++)
            {
                _copies[i] = definition.CreateMultiAgent(config);
                if (i > 0 && !Alike(_copies[0], _copies[i]))
                {
                    throw new InvalidOperationException($"Copy {i} of the environment {Name} has other agents or spaces than copy 0; the same env_config must give the same.");
                }
            }

            Agents = [.. _copies[0].Agents];
            if (Agents.Count == 0 || Agents.Any(string.IsNullOrEmpty) || Agents.Distinct(StringComparer.Ordinal).Count() != Agents.Count)
            {
                throw new InvalidOperationException($"The environment {Name} has the agents [{string.Join(", ", Agents)}]; there must be one at least, each with a name of its own.");
            }
        }
        catch
        {
            Dispose();
            throw;
        }

        _streams = [.. Enumerable.Range(0, count).Select(i => (seed / "env" / i).Stream())];
        _steps = [.. _copies.Select(c => new MultiAgentStep(c))];
        ObservationSpaces = [.. Agents.Select((_, i) => _copies[0].ObservationSpace(i))];
        ActionSpaces = [.. Agents.Select((_, i) => _copies[0].ActionSpace(i))];
    }

    /// <summary>The environment's name.</summary>
    public string Name { get; }

    /// <summary>The names of the agents.</summary>
    public IReadOnlyList<string> Agents { get; }

    /// <summary>What each agent sees.</summary>
    public IReadOnlyList<Space> ObservationSpaces { get; }

    /// <summary>What each agent does.</summary>
    public IReadOnlyList<Space> ActionSpaces { get; }

    /// <summary>How many copies there are.</summary>
    public int Count => _copies.Length;

    /// <summary>The copies.</summary>
    public IReadOnlyList<IMultiAgentEnvironment> Copies => _copies;

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

    /// <summary>The stream of a copy.</summary>
    public RandomState SaveStream(int copy) => _streams[copy].Save();

    /// <summary>Sets the stream of a copy.</summary>
    public void RestoreStream(int copy, RandomState state) => _streams[copy].Restore(state);

    /// <summary>The state of a copy, null when it cannot save one.</summary>
    public string? SaveState(int copy) => _copies[copy].CanSaveState ? _copies[copy].SaveState().GetRawText() : null;

    /// <summary>Sets the state of a copy.</summary>
    /// <exception cref="ArgumentException">The state is not one of this environment.</exception>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public void RestoreState(int copy, string state)
    {
        using var document = JsonDocument.Parse(state);
        _copies[copy].RestoreState(document.RootElement.Clone(), _streams[copy]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var copy in _copies)
        {
            copy?.Dispose();
        }
    }

    private static bool Alike(IMultiAgentEnvironment one, IMultiAgentEnvironment two) =>
        one.Agents.SequenceEqual(two.Agents, StringComparer.Ordinal)
        && Enumerable.Range(0, one.Agents.Count).All(i => one.ObservationSpace(i).Equals(two.ObservationSpace(i)) && one.ActionSpace(i).Equals(two.ActionSpace(i)));
}
