using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tuning.Environments;
using Tuning.Randomness;

namespace Tuning.Runners;

/// <summary>
/// Plays several copies of an environment with several agents. At each step the agents that got an observation act, all that follow one policy
/// together; an agent's action and what comes of it, all rewards until its next observation or its end, are one row of its buffer.
/// </summary>
/// <remarks>
/// <para>Owned by one thread at a time. Once its buffers have grown a step allocates nothing.</para>
/// <para>An action that waits for its outcome at the end of an iteration becomes a row of the next one; the buffer then ends with the observation
/// that it answered, from which the learner goes on. When an episode ends, agents that wait end with it, truncated with what the environment shows
/// last, or else with what they saw last.</para>
/// </remarks>
internal sealed partial class MultiAgentEnvRunner : EnvRunner
{
    private readonly EnvRunnerOptions _options;
    private readonly PolicyLayout _layout;
    private readonly VectorMultiAgentEnvironment _environments;
    private readonly PolicyLanes[] _policies;
    private readonly Episode[] _episodes;
    private readonly AgentLane[] _lanes;
    private readonly List<FinishedEpisode> _finished = [];
    private readonly List<FinishedAgent> _finishedAgents = [];
    private readonly IEpisodeHooks? _hooks;

    /// <param name="options">What it is made from.</param>
    /// <param name="layout">The policies, and who follows them.</param>
    /// <param name="environments">Its copies; owned from here on.</param>
    /// <param name="index">Its number.</param>
    public MultiAgentEnvRunner(EnvRunnerOptions options, PolicyLayout layout, VectorMultiAgentEnvironment environments, int index)
        : base(index, options.IsEvaluation)
    {
        (_options, _layout, _environments) = (options, layout, environments);
        var seed = SeedOf(options, index);
        _policies = [.. layout.Policies.Select((p, i) => new PolicyLanes(p, i, layout, environments.Count, options, (seed / "actions" / p.Id).Stream()))];
        _lanes = new AgentLane[environments.Count * layout.Agents.Count];
        AgentSteps = new long[layout.Agents.Count];
        _episodes = [.. Enumerable.Range(0, environments.Count).Select(copy => new Episode(
            index, copy, layout.Agents.Select((name, i) => new EpisodeAgent(name, environments.StepOf(copy), i, environments.ActionSpaces[i].Size))))];
        try
        {
            _hooks = options.Hooks?.Invoke();
            for (var i = 0; _hooks is not null && i < _episodes.Length; i++)
            {
                _hooks.OnEnvironmentCreated(this, environments.Copies[i], new(options.Environment.Name, options.EnvironmentConfig, index, i) { IsEvaluation = IsEvaluation });
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<IMultiAgentEnvironment> MultiAgentEnvironments => _environments.Copies;

    internal override ReadOnlySpan<FinishedEpisode> Finished => CollectionsMarshal.AsSpan(_finished);

    internal VectorMultiAgentEnvironment Vector => _environments;

    internal IReadOnlyList<Episode> Episodes => _episodes;

    internal IReadOnlyList<PolicyLanes> Policies => _policies;

    /// <summary>What every agent of every copy does: copy after copy.</summary>
    internal Span<AgentLane> Lanes => _lanes;

    /// <summary>Observations that each agent got from steps, since the group last counted them.</summary>
    internal long[] AgentSteps { get; }

    /// <summary>Whether episodes are running; if not, the next iteration begins by resetting all copies.</summary>
    internal bool Started { get; set; }

    /// <summary>The place that a runner's streams are derived from.</summary>
    internal static SeedPath SeedOf(EnvRunnerOptions options, int index) => options.Seed / "runner" / index;

    internal override ReadOnlySpan<FinishedAgent> AgentsOf(in FinishedEpisode episode) => CollectionsMarshal.AsSpan(_finishedAgents).Slice(episode.FirstAgent, episode.Agents);

    /// <summary>Plays so many steps of all copies as the options say.</summary>
    /// <param name="modules">One per policy.</param>
    /// <param name="lifetimeSteps">Steps of the environment sampled so far.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Sample(IReadOnlyList<RlModule> modules, long lifetimeSteps)
    {
        _finished.Clear();
        _finishedAgents.Clear();
        for (var i = 0; i < _policies.Length; i++)
        {
            _policies[i].Begin(modules[i], lifetimeSteps);
        }

        if (!Started)
        {
            Start();
        }

        for (var step = 0; step < _options.StepsPerEnvironment; step++)
        {
            Act();
            for (var copy = 0; copy < _episodes.Length; copy++)
            {
                Step(copy, step);
            }
        }

        ShowSamples();
    }

    /// <inheritdoc/>
    public override void Dispose() => _environments.Dispose();

    /// <summary>All episodes begin anew with the next iteration.</summary>
    internal void Stop()
    {
        Started = false;
        _lanes.AsSpan().Clear();
        foreach (var policy in _policies)
        {
            foreach (var buffer in policy.Used)
            {
                buffer.Forget();
            }
        }
    }

    private void ShowSamples()
    {
        if (_hooks is not null)
        {
            foreach (var policy in _policies)
            {
                foreach (var buffer in policy.Used)
                {
                    if (buffer.Steps > 0)
                    {
                        _hooks.OnSampleEnd(this, buffer);
                    }
                }
            }
        }
    }

    private void Start()
    {
        for (var copy = 0; copy < _episodes.Length; copy++)
        {
            Begin(copy);
        }

        Started = true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Act()
    {
        for (var i = 0; i < _lanes.Length; i++)
        {
            if (Acts(i))
            {
                _policies[_lanes[i].Policy].Enlist(i);
            }
        }

        foreach (var policy in _policies)
        {
            policy.Act();
        }

        var agents = _layout.Agents.Count;
        for (var i = 0; i < _lanes.Length; i++)
        {
            ref var lane = ref _lanes[i];
            if (Acts(i))
            {
                var (copy, number) = Math.DivRem(i, agents);
                var policy = _policies[lane.Policy];
                var agent = _episodes[copy].AgentArray[number];
                policy.Policy.ToEnvironment.Apply(policy.Buffers[i]!.PendingAction, agent.WritableAction);
                _environments.StepOf(copy).SetAction(number, agent.WritableAction);
                lane.State = LaneState.Waits;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Step(int copy, int time)
    {
        if (Advance(copy, time))
        {
            Begin(copy);
        }
    }

    private bool Acts(int lane) => _lanes[lane].State == LaneState.Acts && (_waiting is null || !_waiting[lane / _layout.Agents.Count]);

    // One step of a copy, up to the end of its episode; whether it has ended.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Advance(int copy, int time)
    {
        _environments.Step(copy);
        var (step, episode) = (_environments.StepOf(copy), _episodes[copy]);
        var sum = 0.0;
        for (var number = 0; number < step.Count; number++)
        {
            sum += step.Reward(number);
            Take(copy, number, step, episode);
        }

        episode.Take(new(sum, step.AllTerminated, step.AllTruncated));
        _hooks?.OnEpisodeStep(this, episode);
        if (step.Done)
        {
            Finish(episode, time);
        }

        return step.Done;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Take(int copy, int number, MultiAgentStep step, Episode episode)
    {
        var index = (copy * step.Count) + number;
        ref var lane = ref _lanes[index];
        var agent = episode.AgentArray[number];
        var reward = agent.Reward = step.Reward(number);
        var isObserved = step.IsObserved(number);
        if (lane.State == LaneState.Absent)
        {
            if (reward != 0)
            {
                throw new InvalidOperationException(
                    $"The environment {_environments.Name} (copy {copy} of runner {Index}) gave the agent '{agent.Id}' a reward of {reward.ToString(CultureInfo.InvariantCulture)} while it is not there: it has not been observed yet, or it has ended. {nameof(MultiAgentEnvironmentChecker)} finds more.");
            }

            if (step.ActsNext(number))
            {
                AgentSteps[number]++;
                Enter(copy, number, step, episode);
                _policies[lane.Policy].Steps++;
            }

            return;
        }

        CheckFinite(episode, agent, reward, isObserved);
        agent.Return += reward;
        lane.Reward += reward;
        var policy = _policies[lane.Policy];
        if (isObserved)
        {
            AgentSteps[number]++;
            policy.Steps++;
        }

        // An agent's own end rules over that of the episode, and an end of the task over a cut.
        var isTerminated = step.IsTerminated(number) || (!step.IsTruncated(number) && step.AllTerminated);
        var isTruncated = !isTerminated && (step.IsTruncated(number) || step.AllTruncated);
        if (!isObserved && !isTerminated && !isTruncated)
        {
            return;
        }

        var buffer = policy.Buffers[index]!;
        buffer.Complete((float)lane.Reward);
        agent.Steps++;
        lane.Reward = 0;
        if (!isTerminated && !isTruncated)
        {
            policy.ToModule.Apply(step.Observation(number), buffer.Pending, learn: !IsEvaluation);
            lane.State = LaneState.Acts;
            return;
        }

        var last = buffer.Steps - 1;
        var final = isObserved ? policy.See(step.Observation(number)) : buffer.Observations(last);
        if (isTerminated)
        {
            buffer.MarkTerminated(last, 0);
        }
        else
        {
            buffer.MarkTruncated(last, 0, final);
        }

        buffer.Pending.Clear();
        lane.State = LaneState.Absent;
        agent.IsPresent = false;
    }
}
