namespace Tuning.Environments;

/// <summary>
/// Several copies of one environment, stepped one by one in their order. Each draws from a stream of its own, derived by path: copy 3 of the place
/// <c>runner/0</c> from <c>runner/0/env/3</c>. One agent is the case of several that its own short way serves:
/// <see cref="Step(int, ReadOnlySpan{float}, Span{float})"/>.
/// </summary>
/// <remarks>
/// It never resets by itself: the owner sees the last observation of an episode, and resets in the same step (Gymnasium's
/// same-step mode). Owned by one thread at a time. No call but saving and restoring allocates.
/// </remarks>
internal sealed class VectorEnvironment : IDisposable
{
    private readonly IMultiAgentEnvironment[] _copies;
    private readonly IEnvironment[] _single;

    // The copies that are told their actions before the first is waited for: all, or none.
    private readonly IStepsAhead[] _ahead;
    private readonly IMultiAgentStepsAhead[] _aheadSeveral;
    private readonly IRunsElsewhere[] _elsewhere;
    private readonly RandomStream[] _streams;
    private readonly MultiAgentStep[] _steps;
    private readonly int[] _choices;

    /// <summary>Makes the copies.</summary>
    /// <param name="definition">The environment.</param>
    /// <param name="config">Its <c>env_config</c>.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="seed">The place that the streams are derived from.</param>
    /// <exception cref="InvalidOperationException">A copy has other agents or spaces than the first, or there is no agent, or a name comes twice.</exception>
    public VectorEnvironment(EnvironmentDefinition definition, ParameterSet config, int count, SeedPath seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        (Name, IsMultiAgent, _copies) = (definition.Name, definition.IsMultiAgent, [.. definition.OpenTogether(config, count)]);
        try
        {
            Agents = [.. _copies[0].Agents];
            ObservationSpaces = [.. Agents.Select((_, i) => _copies[0].ObservationSpace(i))];
            ActionSpaces = [.. Agents.Select((_, i) => _copies[0].ActionSpace(i))];
            Check();
        }
        catch
        {
            Dispose();
            throw;
        }

        _streams = [.. Enumerable.Range(0, count).Select(i => (seed / "env" / i).Stream())];
        _steps = [.. _copies.Select(c => new MultiAgentStep(c))];
        _single = [.. _copies.OfType<OneAgent>().Select(c => c.Environment)];
        var inside = (IReadOnlyList<IRestorableEnvironment>)(IsMultiAgent ? _copies : _single);
        _ahead = [.. inside.Select(c => IWrapsEnvironment.Innermost(c, sameSteps: true)).OfType<IStepsAhead>()];
        _aheadSeveral = [.. inside.Select(c => IWrapsEnvironment.Innermost(c, sameSteps: true)).OfType<IMultiAgentStepsAhead>()];
        _elsewhere = [.. inside.Select(c => IWrapsEnvironment.Innermost(c, sameSteps: false)).OfType<IRunsElsewhere>()];
        _choices = new int[!IsMultiAgent && ActionSpaces[0].IsDiscrete ? ActionSpaces[0].Size : 0];
    }

    /// <summary>The environment's name.</summary>
    public string Name { get; }

    /// <summary>Whether it was made for several agents.</summary>
    public bool IsMultiAgent { get; }

    /// <summary>How many copies there are.</summary>
    public int Count => _copies.Length;

    /// <summary>The copies of an environment for one agent; else none.</summary>
    public IReadOnlyList<IEnvironment> Single => _single;

    /// <summary>The copies of an environment for several agents; else none.</summary>
    public IReadOnlyList<IMultiAgentEnvironment> Several => IsMultiAgent ? _copies : [];

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

    /// <summary>Whether copies take their actions before they are stepped: <see cref="Send(int)"/>.</summary>
    public bool StepsAhead => _ahead.Length + _aheadSeveral.Length > 0;

    /// <summary>Tells a copy the actions that were set for it, before <see cref="Step(int)"/>; where it does not take them, nothing happens.</summary>
    public void Send(int copy)
    {
        if (_aheadSeveral.Length > 0)
        {
            _steps[copy].Begin();
            _aheadSeveral[copy].Send(_steps[copy]);
        }
        else if (_ahead.Length > 0)
        {
            _steps[copy].Begin();
            _ahead[copy].Send(_steps[copy].Action(0));
        }
    }

    /// <summary>Tells a copy its action, before <see cref="Step(int, ReadOnlySpan{float}, Span{float})"/>.</summary>
    public void Send(int copy, ReadOnlySpan<float> action) => _ahead[copy].Send(ToAction(action));

    /// <summary>Steps a copy.</summary>
    public void Step(int copy)
    {
        if (!StepsAhead)
        {
            _steps[copy].Begin();
        }

        _copies[copy].Step(_steps[copy]);
    }

    /// <summary>Steps a copy of an environment for one agent, without a <see cref="MultiAgentStep"/>.</summary>
    /// <param name="copy">Which one.</param>
    /// <param name="action">The action as floats, choices as whole numbers.</param>
    /// <param name="observation">Receives the observation, also an episode's last.</param>
    [MethodImpl(AggressiveOptimization)]
    public StepResult Step(int copy, ReadOnlySpan<float> action, Span<float> observation) => _single[copy].Step(ToAction(action), observation);

    /// <summary>The stream of a copy.</summary>
    public RandomState SaveStream(int copy) => _streams[copy].Save();

    /// <summary>Sets the stream of a copy.</summary>
    public void RestoreStream(int copy, RandomState state) => _streams[copy].Restore(state);

    /// <summary>Copies whose episodes run elsewhere begin anew with their next reset.</summary>
    public void Forget() => Array.ForEach(_elsewhere, c => c.Forget());

    /// <summary>Whether the state of running episodes can be saved.</summary>
    public bool CanSaveState => _copies[0].CanSaveState;

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

    [MethodImpl(AggressiveOptimization)]
    private EnvironmentAction ToAction(ReadOnlySpan<float> action)
    {
        if (_choices.Length == 0)
        {
            return new(action);
        }

        for (var i = 0; i < _choices.Length; i++)
        {
            _choices[i] = (int)action[i];
        }

        return new(_choices);
    }

    private bool Alike(IMultiAgentEnvironment copy, int agent) =>
        copy.ObservationSpace(agent).Equals(ObservationSpaces[agent]) && copy.ActionSpace(agent).Equals(ActionSpaces[agent]);

    private void Check()
    {
        for (var i = 1; i < _copies.Length; i++)
        {
            var copy = _copies[i];
            var sameAgents = copy.Agents.SequenceEqual(Agents);
            if (!sameAgents || !Enumerable.Range(0, Agents.Count).All(a => Alike(copy, a)))
            {
                var what = sameAgents ? "spaces" : "agents";
                throw new InvalidOperationException($"Copy {i} of the environment {Name} has other {what} than copy 0; the same env_config must give the "
                    + $"same {what}.");
            }
        }

        if (Agents.Count == 0 || Agents.Any(string.IsNullOrEmpty) || Agents.Distinct().Count() != Agents.Count)
        {
            throw new InvalidOperationException($"The environment {Name} has the agents [{string.Join(", ", Agents)}]; there must be one at least, each "
                + "with a name of its own.");
        }
    }
}
