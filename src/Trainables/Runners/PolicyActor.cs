namespace Tuning.Runners;

/// <summary>
/// One policy in one runner: its connectors, its exploration and stream, the buffers of all trajectories that may follow it, and room to let those that
/// act at a step pass through the module together. A trajectory is what an agent in a copy of the environment goes through, episode after episode.
/// </summary>
/// <remarks>Owned by one thread at a time. Acting allocates nothing.</remarks>
internal sealed class PolicyActor
{
    private readonly int[] _trajectories;
    private readonly float[] _observations;
    private readonly float[] _inputs;
    private readonly float[] _actions;
    private readonly float[] _last;
    private readonly bool _learns;
    private ModuleWorkspace? _workspace;
    private RlModule? _module;
    private int _count;

    /// <param name="policy">The policy.</param>
    /// <param name="number">Its number.</param>
    /// <param name="layout">Who may follow it.</param>
    /// <param name="copies">Copies of the environment.</param>
    /// <param name="options">Filters and exploration.</param>
    /// <param name="random">Where its actions are drawn from.</param>
    public PolicyActor(PolicyEnvironment policy, int number, PolicyLayout layout, int copies, EnvRunnerOptions options, RandomStream random)
    {
        Policy = policy;
        _learns = !options.IsEvaluation;
        ToModule = EnvToModulePipeline.Build(policy.ObservationSpace, options.ObservationFilter, options.Connectors);
        Exploration = options.Explore ? options.Exploration() : new GreedyExploration();
        Random = random;
        var agents = layout.Agents.Count;
        var (observationSize, actionSize, inputSize) = (ToModule.OutputSize, policy.ActionDistribution.ActionSize, policy.ActionDistribution.InputSize);
        Buffers = new RolloutBuffer?[copies * agents];
        for (var i = 0; i < Buffers.Length; i++)
        {
            if (layout.Follows(i % agents, number))
            {
                Buffers[i] = layout.IsMultiAgent
                    ? new(observationSize, actionSize, inputSize, policy.Id, layout.Agents[i % agents])
                    : new(observationSize, actionSize, inputSize);
            }
        }

        Used = [.. Buffers.OfType<RolloutBuffer>()];
        _trajectories = [.. Enumerable.Range(0, Used.Length)];
        _observations = new float[Used.Length * observationSize];
        _inputs = new float[Used.Length * inputSize];
        _actions = new float[Used.Length * actionSize];
        _last = new float[observationSize];
    }

    /// <summary>The policy.</summary>
    public PolicyEnvironment Policy { get; }

    /// <summary>From observation to module, with what this runner has seen.</summary>
    public EnvToModulePipeline ToModule { get; }

    /// <summary>How actions are chosen.</summary>
    public Exploration Exploration { get; }

    /// <summary>Where they are drawn from.</summary>
    public RandomStream Random { get; }

    /// <summary>The buffer of each trajectory; null where the agent never follows this policy.</summary>
    public RolloutBuffer?[] Buffers { get; }

    /// <summary>The buffers that there are, in the order of the trajectories.</summary>
    public RolloutBuffer[] Used { get; }

    /// <summary>Steps of agents with this policy since the group last counted them.</summary>
    public long Steps { get; set; }

    /// <summary>An iteration begins.</summary>
    public void Begin(RlModule module, long lifetimeSteps)
    {
        if (!ReferenceEquals(module, _module))
        {
            (_module, _workspace) = (module, module.CreateWorkspace(Math.Max(1, Used.Length)));
        }

        Restart();
        Exploration.BeginSample(lifetimeSteps);
    }

    /// <summary>The buffers begin anew; what is pending stays so.</summary>
    public void Restart()
    {
        foreach (var buffer in Used)
        {
            buffer.Restart();
        }
    }

    /// <summary>A trajectory is to act at this step.</summary>
    [MethodImpl(AggressiveOptimization)]
    public void Enlist(int trajectory)
    {
        _trajectories[_count] = trajectory;
        Buffers[trajectory]!.Pending.CopyTo(_observations.AsSpan(_count * ToModule.OutputSize));
        _count++;
    }

    /// <summary>Chooses the actions of all that were enlisted.</summary>
    [MethodImpl(AggressiveOptimization)]
    public void Act()
    {
        if (_count == 0)
        {
            return;
        }

        var (inputSize, actionSize) = (Policy.ActionDistribution.InputSize, Policy.ActionDistribution.ActionSize);
        Act(_observations.AsSpan(0, _count * ToModule.OutputSize), _count, _inputs.AsSpan(0, _count * inputSize), _actions.AsSpan(0, _count * actionSize));
        for (var i = 0; i < _count; i++)
        {
            var buffer = Buffers[_trajectories[i]]!;
            _inputs.AsSpan(i * inputSize, inputSize).CopyTo(buffer.PendingInputs);
            _actions.AsSpan(i * actionSize, actionSize).CopyTo(buffer.PendingAction);
        }

        _count = 0;
    }

    /// <summary>Chooses the actions of a step of all copies, where one agent acts in each and nobody is enlisted.</summary>
    public void Act(RolloutBuffer rows, int step) => Act(rows.Observations(step), rows.Environments, rows.ActionDistributionInputs(step), rows.Actions(step));

    /// <summary>An observation that is not acted on, as the module sees it. Valid until the next call.</summary>
    public ReadOnlySpan<float> See(ReadOnlySpan<float> observation)
    {
        ToModule.Apply(observation, _last, learn: _learns);
        return _last;
    }

    private void Act(ReadOnlySpan<float> observations, int count, Span<float> inputs, Span<float> actions)
    {
        Exploration.Act(_module!, observations, _trajectories.AsSpan(0, count), inputs, actions, _workspace!, Random);
        Divergence.RefuseActions(actions);
    }
}
