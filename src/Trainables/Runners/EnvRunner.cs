namespace Tuning.Runners;

/// <summary>
/// Plays several copies of an environment. At each step the agents that got an observation act, all that follow one policy together; an agent's
/// action and what comes of it, all rewards until its next observation or its end, are one row of its buffer. Hooks get the runner that they belong to.
/// </summary>
/// <remarks>
/// <para>Owned by one thread at a time. Once its buffers have grown a step allocates nothing.</para>
/// <para>An action that waits for its outcome at the end of an iteration becomes a row of the next one; the buffer then ends with the observation
/// that it answered, from which the learner goes on. When an episode ends, agents that wait end with it, truncated with what the environment shows
/// last, or else with what they saw last.</para>
/// <para>An environment for one agent has one that acts at every step. Where so many steps are asked for it takes a short way: all copies fill one buffer
/// side by side, network and environment write into its rows, and there is no <see cref="MultiAgentStep"/> between.</para>
/// </remarks>
public sealed partial class EnvRunner : IDisposable
{
    private readonly EnvRunnerOptions _options;
    private readonly VectorEnvironment _environments;
    private readonly PolicyActor[] _policies;
    private readonly EpisodePlayer _player;
    private readonly EpisodeAgent[] _agents;
    private readonly int _agentsPerCopy;

    // What the next actions answer, where all copies fill one buffer.
    private readonly float[] _current = [];

    // A round: the copies that play, what is left of each one's share, and whether it has played it.
    private readonly int[] _playing;
    private readonly int[] _left;
    private readonly bool[] _waiting;

    /// <param name="options">What it is made from.</param>
    /// <param name="layout">The policies, and who follows them.</param>
    /// <param name="environments">Its copies; owned once it is made.</param>
    /// <param name="index">Its number.</param>
    internal EnvRunner(EnvRunnerOptions options, PolicyLayout layout, VectorEnvironment environments, int index)
    {
        (Index, IsEvaluation, _options, _environments) = (index, options.IsEvaluation, options, environments);
        var (copies, place) = (environments.Count, SeedOf(options, index) / "actions");
        _policies =
            [.. layout.Policies.Select((p, i) => new PolicyActor(p, i, layout, copies, options, (layout.IsMultiAgent ? place / p.Id : place).Stream()))];
        _player = new(this, options, layout, environments, _policies);
        (_agents, _agentsPerCopy) = (_player.Agents, layout.Agents.Count);
        Rewards = RewardShaper.Of(options, _agents.Length);
        (_playing, _left, _waiting) = (new int[copies], new int[copies], new bool[copies]);
        if (options.SideBySide)
        {
            var (size, distribution) = (_policies[0].ToModule.OutputSize, layout.Policies[0].ActionDistribution);
            Rows = new(options.StepsPerEnvironment, copies, size, distribution.ActionSize, distribution.InputSize);
            _current = new float[copies * size];
        }

        var hooks = _player.Hooks = options.Hooks?.Invoke();
        for (var i = 0; hooks is not null && i < copies; i++)
        {
            var context = new EnvironmentContext(options.Environment.Name, options.EnvironmentConfig, index, i) { IsEvaluation = IsEvaluation };
            if (layout.IsMultiAgent)
            {
                hooks.OnEnvironmentCreated(this, environments.Several[i], context);
            }
            else
            {
                hooks.OnEnvironmentCreated(this, environments.Single[i], context);
            }
        }
    }

    /// <summary>Its number, from 0.</summary>
    public int Index { get; }

    /// <summary>Whether what it plays evaluates the policies, and is not learnt from.</summary>
    public bool IsEvaluation { get; }

    /// <summary>The copies of an environment with one agent; else empty.</summary>
    public IReadOnlyList<IEnvironment> Environments => _environments.Single;

    /// <summary>The copies of an environment with several agents; else empty.</summary>
    public IReadOnlyList<IMultiAgentEnvironment> MultiAgentEnvironments => _environments.Several;

    /// <summary>
    /// Where hooks log values of their own; they appear below <c>env_runners/</c>, those of an evaluation below <c>evaluation/env_runners/</c>.
    /// </summary>
    public MetricsLogger Metrics { get; } = new(recording: true);

    /// <summary>What rewards become before they are learnt from; null where they are as they are.</summary>
    internal RewardShaper? Rewards { get; }

    /// <summary>What happens in its copies.</summary>
    internal EpisodePlayer Player => _player;

    /// <summary>Steps of the last evaluation or sample of whole episodes, of all copies.</summary>
    internal long PlayedSteps { get; private set; }

    internal VectorEnvironment Vector => _environments;

    internal IReadOnlyList<PolicyActor> Policies => _policies;

    /// <summary>The buffer that all copies fill side by side; null where each trajectory has its own.</summary>
    internal RolloutBuffer? Rows { get; }

    /// <summary>Whether episodes are running; if not, the next iteration begins by resetting all copies.</summary>
    internal bool Started { get; set; }

    /// <summary>The place that a runner's streams are derived from.</summary>
    internal static SeedPath SeedOf(EnvRunnerOptions options, int index) => options.Seed / "runner" / index;

    /// <summary>What the next action of a trajectory answers, as its module sees it.</summary>
    internal Span<float> ObservationOf(int trajectory, PolicyActor policy) =>
        Rows is null ? policy.Buffers[trajectory]!.Pending : _current.AsSpan(trajectory * Rows.ObservationSize, Rows.ObservationSize);

    /// <summary>
    /// What is pending of a trajectory, for checkpoints: what its next action answers; if it waits, that of its last one, the distribution inputs and the
    /// action.
    /// </summary>
    internal Memory<float>[] PendingOf(int trajectory)
    {
        if (Rows is not null)
        {
            return [_current.AsMemory(trajectory * Rows.ObservationSize, Rows.ObservationSize)];
        }

        var agent = _agents[trajectory];
        return agent.Turn == AgentTurn.Absent && _environments.IsMultiAgent
            ? []
            : _policies[agent.Policy].Buffers[trajectory]!.PendingParts(agent.Turn == AgentTurn.Waits);
    }

    /// <summary>Plays so many steps of all copies as the options say.</summary>
    /// <param name="modules">One per policy.</param>
    /// <param name="lifetimeSteps">Steps of the environment sampled so far.</param>
    [MethodImpl(AggressiveOptimization)]
    internal void Sample(IReadOnlyList<RlModule> modules, long lifetimeSteps)
    {
        BeginIteration(modules, lifetimeSteps);
        if (!Started)
        {
            Start();
        }

        if (Rows is { } rows)
        {
            SampleSideBySide(rows, _policies[0]);
            return;
        }

        for (var step = 0; step < _options.StepsPerEnvironment; step++)
        {
            Act();
            for (var copy = 0; copy < _environments.Count; copy++)
            {
                if (_player.Advance(copy, step))
                {
                    _player.Begin(copy);
                }
            }
        }

        ShowSamples();
    }

    /// <inheritdoc/>
    public void Dispose() => _environments.Dispose();

    /// <summary>All episodes begin anew with the next iteration.</summary>
    internal void Stop()
    {
        Started = false;
        Rewards?.Forget();
        _environments.Forget();
        foreach (var agent in _agents)
        {
            agent.Turn = AgentTurn.Absent;
        }

        foreach (var policy in _policies)
        {
            foreach (var buffer in policy.Used)
            {
                buffer.Forget();
            }
        }
    }

    // One agent in each copy, which acts at every step.
    [MethodImpl(AggressiveOptimization)]
    private void SampleSideBySide(RolloutBuffer rows, PolicyActor policy)
    {
        rows.Clear();
        _current.CopyTo(rows.Observations(0));
        for (var step = 0; step < rows.Steps; step++)
        {
            policy.Act(rows, step);
            StepSideBySide(rows, policy, step);
        }

        rows.Observations(rows.Steps).CopyTo(_current);
        _player.Hooks?.OnSampleEnd(this, rows);
    }

    [MethodImpl(AggressiveOptimization)]
    private void StepSideBySide(RolloutBuffer rows, PolicyActor policy, int step)
    {
        var actions = rows.Actions(step);
        var rewards = rows.Rewards(step);
        var next = rows.Observations(step + 1);
        var (actionSize, observationSize) = (rows.ActionSize, rows.ObservationSize);
        var ahead = _environments.StepsAhead;
        for (var i = 0; ahead && i < _agents.Length; i++)
        {
            policy.Policy.ToEnvironment.Apply(actions.Slice(i * actionSize, actionSize), _agents[i].WritableAction);
            _environments.Send(i, _agents[i].WritableAction);
        }

        for (var i = 0; i < _agents.Length; i++)
        {
            var (agent, episode) = (_agents[i], _player.Episodes[i]);
            var row = next.Slice(i * observationSize, observationSize);
            if (!ahead)
            {
                policy.Policy.ToEnvironment.Apply(actions.Slice(i * actionSize, actionSize), agent.WritableAction);
            }

            var result = _environments.Step(i, agent.WritableAction, agent.WritableObservation);
            rewards[i] = (float)(Rewards?.Shape(i, result.Reward, result.Done) ?? result.Reward);
            episode.Take(result);
            _player.CheckFinite(episode, agent, result.Reward, isObserved: true);
            policy.ToModule.Apply(agent.Observation, row, learn: !IsEvaluation);
            _player.Hooks?.OnEpisodeStep(this, episode);
            if (result.Done)
            {
                if (result.Terminated)
                {
                    rows.MarkTerminated(step, i);
                }
                else
                {
                    rows.MarkTruncated(step, i, row);
                }

                _player.Finish(episode, step);
                _player.Begin(i);
                ObservationOf(i, policy).CopyTo(row);
            }
        }
    }

    private void BeginIteration(IReadOnlyList<RlModule> modules, long lifetimeSteps)
    {
        _player.Forget();
        for (var i = 0; i < _policies.Length; i++)
        {
            _policies[i].Begin(modules[i], lifetimeSteps);
        }
    }

    private void ShowSamples()
    {
        for (var p = 0; _player.Hooks is not null && p < _policies.Length; p++)
        {
            foreach (var buffer in _policies[p].Used)
            {
                if (buffer.Steps > 0)
                {
                    _player.Hooks.OnSampleEnd(this, buffer);
                }
            }
        }
    }

    [MethodImpl(AggressiveOptimization)]
    private void Act()
    {
        for (var i = 0; i < _agents.Length; i++)
        {
            if (Acts(i))
            {
                _policies[_agents[i].Policy].Enlist(i);
            }
        }

        foreach (var policy in _policies)
        {
            policy.Act();
        }

        for (var i = 0; i < _agents.Length; i++)
        {
            if (Acts(i))
            {
                var (copy, number) = Math.DivRem(i, _agentsPerCopy);
                var (agent, policy) = (_agents[i], _policies[_agents[i].Policy]);
                policy.Policy.ToEnvironment.Apply(policy.Buffers[i]!.PendingAction, agent.WritableAction);
                _environments.StepOf(copy).SetAction(number, agent.WritableAction);
                agent.Turn = AgentTurn.Waits;
            }
        }

        for (var copy = 0; _environments.StepsAhead && copy < _environments.Count; copy++)
        {
            if (!_waiting[copy])
            {
                _environments.Send(copy);
            }
        }
    }

    private bool Acts(int trajectory) => _agents[trajectory].Turn == AgentTurn.Acts && !_waiting[trajectory / _agentsPerCopy];

    private void Start()
    {
        for (var copy = 0; copy < _environments.Count; copy++)
        {
            _player.Begin(copy);
        }

        Started = true;
    }
}
