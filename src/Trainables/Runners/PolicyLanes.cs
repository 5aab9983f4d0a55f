using System.Runtime.CompilerServices;
using Tuning.Connectors;
using Tuning.Modules;
using Tuning.Randomness;

namespace Tuning.Runners;

/// <summary>
/// One policy in one runner: its connectors, its exploration and stream, the buffers of all lanes that may follow it, and room to let those that act
/// at a step pass through the module together. A lane is an agent in a copy of the environment.
/// </summary>
/// <remarks>Owned by one thread at a time. Acting allocates nothing.</remarks>
internal sealed class PolicyLanes
{
    private readonly int[] _lanes;
    private readonly float[] _observations;
    private readonly float[] _inputs;
    private readonly float[] _actions;
    private readonly float[] _last;
    private ModuleWorkspace? _workspace;
    private RlModule? _module;
    private readonly bool _learns;
    private int _count;

    /// <param name="policy">The policy.</param>
    /// <param name="number">Its number.</param>
    /// <param name="layout">Who may follow it.</param>
    /// <param name="copies">Copies of the environment.</param>
    /// <param name="options">Filters and exploration.</param>
    /// <param name="random">Where its actions are drawn from.</param>
    public PolicyLanes(PolicyEnvironment policy, int number, PolicyLayout layout, int copies, EnvRunnerOptions options, RandomStream random)
    {
        Policy = policy;
        _learns = !options.IsEvaluation;
        ToModule = EnvToModulePipeline.Build(policy.ObservationSpace, options.ObservationFilter, options.Connectors);
        Exploration = options.Explore ? options.Exploration() : new GreedyExploration();
        Random = random;
        var agents = layout.Agents.Count;
        Buffers = new RolloutBuffer?[copies * agents];
        for (var lane = 0; lane < Buffers.Length; lane++)
        {
            if (layout.Follows(lane % agents, number))
            {
                Buffers[lane] = RolloutBuffer.ForAgent(ToModule.OutputSize, policy.ActionDistribution.ActionSize, policy.ActionDistribution.InputSize, policy.Id, layout.Agents[lane % agents]);
            }
        }

        Used = [.. Buffers.OfType<RolloutBuffer>()];
        var most = Used.Length;
        _lanes = new int[most];
        _observations = new float[most * ToModule.OutputSize];
        _inputs = new float[most * policy.ActionDistribution.InputSize];
        _actions = new float[most * policy.ActionDistribution.ActionSize];
        _last = new float[ToModule.OutputSize];
    }

    /// <summary>The policy.</summary>
    public PolicyEnvironment Policy { get; }

    /// <summary>From observation to module, with what this runner has seen.</summary>
    public EnvToModulePipeline ToModule { get; }

    /// <summary>How actions are chosen.</summary>
    public Exploration Exploration { get; }

    /// <summary>Where they are drawn from.</summary>
    public RandomStream Random { get; }

    /// <summary>The buffer of each lane; null where the agent never follows this policy.</summary>
    public RolloutBuffer?[] Buffers { get; }

    /// <summary>The buffers that there are, in the order of the lanes.</summary>
    public RolloutBuffer[] Used { get; }

    /// <summary>How many lanes act now.</summary>
    public int Count => _count;

    /// <summary>Steps of agents with this policy since the group last counted them.</summary>
    public long Steps { get; set; }

    /// <summary>An iteration begins.</summary>
    public void Begin(RlModule module, long lifetimeSteps)
    {
        if (!ReferenceEquals(module, _module))
        {
            (_module, _workspace) = (module, module.CreateWorkspace(Math.Max(1, _lanes.Length)));
        }

        foreach (var buffer in Used)
        {
            buffer.Restart();
        }

        Exploration.BeginSample(lifetimeSteps);
    }

    /// <summary>A lane is to act at this step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Enlist(int lane)
    {
        _lanes[_count] = lane;
        Buffers[lane]!.Pending.CopyTo(_observations.AsSpan(_count * ToModule.OutputSize));
        _count++;
    }

    /// <summary>Chooses the actions of all that were enlisted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Act()
    {
        if (_count == 0)
        {
            return;
        }

        var (inputSize, actionSize) = (Policy.ActionDistribution.InputSize, Policy.ActionDistribution.ActionSize);
        Exploration.Act(
            _module!,
            _observations.AsSpan(0, _count * ToModule.OutputSize),
            _lanes.AsSpan(0, _count),
            _inputs.AsSpan(0, _count * inputSize),
            _actions.AsSpan(0, _count * actionSize),
            _workspace!,
            Random);
        Divergence.RefuseActions(_actions.AsSpan(0, _count * actionSize));
        for (var i = 0; i < _count; i++)
        {
            var buffer = Buffers[_lanes[i]]!;
            _inputs.AsSpan(i * inputSize, inputSize).CopyTo(buffer.PendingInputs);
            _actions.AsSpan(i * actionSize, actionSize).CopyTo(buffer.PendingAction);
        }

        _count = 0;
    }

    /// <summary>An observation that is not acted on, as the module sees it. Valid until the next call.</summary>
    public ReadOnlySpan<float> See(ReadOnlySpan<float> observation)
    {
        ToModule.Apply(observation, _last, learn: _learns);
        return _last;
    }
}
