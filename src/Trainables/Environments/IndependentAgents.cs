namespace Tuning.Environments;

/// <summary>
/// Copies of one environment side by side, an agent in each: what <see cref="MultiAgentEnvironments.MakeMultiAgent"/> makes.
/// </summary>
/// <remarks>
/// As RLlib's <c>make_multi_agent</c>: an agent ends with its copy, time limit included, and the episode ends with the last agent, truncated only if
/// all agents were. Unlike there, copies draw from one stream one after the other, so that agents start differently with a seed as well.
/// </remarks>
internal sealed class IndependentAgents : IMultiAgentEnvironment
{
    /// <summary>How many agents there are, in <c>env_config</c>.</summary>
    public const string CountName = "num_agents";

    private readonly IEnvironment[] _copies;
    private readonly string[] _agents;
    private readonly bool[] _over;
    private bool _anyTerminated;

    private IndependentAgents(IEnvironment[] copies) =>
        (_copies, _agents, _over) = (copies, [.. copies.Select((_, i) => i.ToString(CultureInfo.InvariantCulture))], new bool[copies.Length]);

    /// <inheritdoc/>
    public IReadOnlyList<string> Agents => _agents;

    /// <inheritdoc/>
    public bool CanSaveState => Array.TrueForAll(_copies, c => c.CanSaveState);

    /// <summary>Copies of an environment by an <c>env_config</c> that holds <c>num_agents</c> and what the copies understand.</summary>
    /// <exception cref="ArgumentException">The number of agents is below 1, or the copies refuse the rest.</exception>
    public static IndependentAgents Make(EnvironmentDefinition definition, ParameterSet config)
    {
        const int Most = 10_000;
        var count = !config.TryGet(CountName, out var given) ? 1 : given is long and >= 1 and <= Most and var whole ? (int)(long)whole
            : throw new ArgumentException(Invariant($"{CountName} is {given}; it must be a whole number from 1 to {Most:#,0}."), nameof(config));
        var inner = ParameterSet.From(config.Where(p => p.Key != CountName));
        var copies = new List<IEnvironment>(count);
        try
        {
            for (var i = 0; i < count; i++)
            {
                copies.Add(definition.Create(inner));
            }

            return new([.. copies]);
        }
        catch
        {
            copies.ForEach(c => c.Dispose());
            throw;
        }
    }

    /// <inheritdoc/>
    public Space ObservationSpace(int agent) => _copies[agent].ObservationSpace;

    /// <inheritdoc/>
    public Space ActionSpace(int agent) => _copies[agent].ActionSpace;

    /// <inheritdoc/>
    public void Reset(RandomStream random, MultiAgentStep step)
    {
        Array.Clear(_over);
        _anyTerminated = false;
        for (var i = 0; i < _copies.Length; i++)
        {
            _copies[i].Reset(random, step.Observe(i));
        }
    }

    /// <inheritdoc/>
    public void Step(MultiAgentStep step)
    {
        var left = 0;
        for (var i = 0; i < _copies.Length; i++)
        {
            if (_over[i])
            {
                continue;
            }

            var result = _copies[i].Step(step.Action(i), step.Observe(i));
            step.AddReward(i, result.Reward);
            if (result.Terminated)
            {
                step.Terminate(i);
                _anyTerminated = true;
            }
            else if (result.Truncated)
            {
                step.Truncate(i);
            }

            _over[i] = result.Done;
            left += result.Done ? 0 : 1;
        }

        if (left == 0)
        {
            if (_anyTerminated)
            {
                step.TerminateAll();
            }
            else
            {
                step.TruncateAll();
            }
        }
    }

    /// <inheritdoc/>
    public JsonElement SaveState() => EnvironmentState.Save(new State([.. _copies.Select(c => c.SaveState())], _over, _anyTerminated));

    /// <inheritdoc/>
    public void RestoreState(JsonElement state, RandomStream random)
    {
        var (copies, over, anyTerminated) = EnvironmentState.Restore<State>(state);
        if (copies.Length != _copies.Length || over.Length != _copies.Length)
        {
            throw new ArgumentException($"The state is one of {copies.Length} agents; here are {_copies.Length}.", nameof(state));
        }

        for (var i = 0; i < copies.Length; i++)
        {
            _copies[i].RestoreState(copies[i], random);
        }

        over.CopyTo(_over, 0);
        _anyTerminated = anyTerminated;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var copy in _copies)
        {
            copy.Dispose();
        }
    }

    private sealed record State(JsonElement[] Copies, bool[] Over, bool AnyTerminated);
}
