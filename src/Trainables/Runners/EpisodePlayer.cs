using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Tuning.Runners;

/// <summary>
/// What happens in the copies of one runner: how episodes begin and end, and what each step brings their agents. Which copies are stepped, and how long,
/// is <see cref="EnvRunner"/>'s.
/// </summary>
/// <remarks>
/// <para>Owned by one thread at a time. Once buffers have grown a step allocates nothing.</para>
/// <para>When an episode ends, agents that wait end with it, truncated with what the environment shows last, or else with what they saw last.</para>
/// </remarks>
internal sealed class EpisodePlayer
{
    private readonly EnvRunner _runner;
    private readonly EnvRunnerOptions _options;
    private readonly PolicyLayout _layout;
    private readonly VectorEnvironment _environments;
    private readonly PolicyActor[] _policies;
    private readonly List<FinishedEpisode> _finished = [];
    private readonly List<FinishedAgent> _finishedAgents = [];

    /// <param name="runner">Whose copies they are.</param>
    /// <param name="options">What it is made from.</param>
    /// <param name="layout">The policies, and who follows them.</param>
    /// <param name="environments">The copies.</param>
    /// <param name="policies">The policies in this runner.</param>
    public EpisodePlayer(EnvRunner runner, EnvRunnerOptions options, PolicyLayout layout, VectorEnvironment environments, PolicyActor[] policies)
    {
        (_runner, _options, _layout, _environments, _policies) = (runner, options, layout, environments, policies);
        EpisodeAgent Agent(int copy, int i) => new(layout.Agents[i], environments.StepOf(copy), i, environments.ActionSpaces[i].Size);
        Agents = [.. Enumerable.Range(0, environments.Count).SelectMany(copy => layout.Agents.Select((_, i) => Agent(copy, i)))];
        Episodes = [.. Agents.Chunk(layout.Agents.Count).Select((agents, copy) => new Episode(runner.Index, copy, agents, layout.IsMultiAgent))];
        AgentSteps = new long[layout.Agents.Count];
    }

    /// <summary>The running episode of every copy.</summary>
    public Episode[] Episodes { get; }

    /// <summary>Every agent of every copy: copy after copy. Its place is the number of its trajectory.</summary>
    public EpisodeAgent[] Agents { get; }

    /// <summary>Observations that each agent got from steps, since the group last counted them.</summary>
    public long[] AgentSteps { get; }

    /// <summary>Who is told; null for nobody.</summary>
    public IEpisodeHooks? Hooks { get; set; }

    /// <summary>The episodes that ended since the iteration began, in order.</summary>
    public ReadOnlySpan<FinishedEpisode> Finished => CollectionsMarshal.AsSpan(_finished);

    /// <summary>The agents of a finished episode; none where they are not counted.</summary>
    public ReadOnlySpan<FinishedAgent> AgentsOf(in FinishedEpisode episode) =>
        CollectionsMarshal.AsSpan(_finishedAgents).Slice(episode.FirstAgent, episode.Agents);

    /// <summary>An iteration begins: nothing has ended yet.</summary>
    public void Forget()
    {
        _finished.Clear();
        _finishedAgents.Clear();
    }

    /// <summary>Starts an episode of a copy.</summary>
    public void Begin(int copy)
    {
        var episode = Episodes[copy];
        episode.Clear();
        Hooks?.OnEpisodeCreated(_runner, episode);
        var step = _environments.Reset(copy);
        episode.StartedAt = _options.Clock.GetTimestamp();
        for (var number = 0; number < step.Count; number++)
        {
            if (step.ActsNext(number))
            {
                Enter((copy * step.Count) + number, step.Observation(number), episode);
            }
        }

        Hooks?.OnEpisodeStart(_runner, episode);
    }

    /// <summary>The episode of a copy has ended.</summary>
    public void Finish(Episode episode, int time)
    {
        Hooks?.OnEpisodeEnd(_runner, episode);
        var first = _finishedAgents.Count;
        for (var i = 0; i < episode.AllAgents.Length; i++)
        {
            if (episode.AllAgents[i] is { Steps: > 0 } agent)
            {
                _finishedAgents.Add(new(i, agent.Policy, agent.Return, agent.Steps));
            }
        }

        // An episode that came out of a checkpoint began at a time that is not known.
        var seconds = episode.StartedAt == 0 ? double.NaN : _options.Clock.GetElapsedTime(episode.StartedAt).TotalSeconds;
        _finished.Add(new(time, episode.Return, episode.Length, seconds) { FirstAgent = first, Agents = _finishedAgents.Count - first });
        episode.Number++;
    }

    /// <summary>A number that is not finite would poison the filter and the weights, and show much later.</summary>
    /// <exception cref="InvalidOperationException">There is one.</exception>
    [MethodImpl(AggressiveOptimization)]
    public void CheckFinite(Episode episode, EpisodeAgent agent, double reward, bool isObserved)
    {
        var finite = double.IsFinite(reward);
        if (isObserved)
        {
            foreach (var value in agent.Observation)
            {
                finite &= float.IsFinite(value);
            }
        }

        if (!finite)
        {
            ThrowNotFinite(episode, agent, reward);
        }
    }

    /// <summary>Takes a step of a copy with the actions that were set, up to the end of its episode.</summary>
    /// <returns>Whether it has ended.</returns>
    [MethodImpl(AggressiveOptimization)]
    public bool Advance(int copy, int time)
    {
        _environments.Step(copy);
        var (step, episode) = (_environments.StepOf(copy), Episodes[copy]);
        var sum = 0.0;
        for (var number = 0; number < step.Count; number++)
        {
            sum += step.Reward(number);
            Take(copy, number, step, episode);
        }

        episode.Take(new(sum, step.AllTerminated, step.AllTruncated));
        Hooks?.OnEpisodeStep(_runner, episode);
        if (step.Done)
        {
            Finish(episode, time);
        }

        return step.Done;
    }

    // What a step has brought an agent.
    [MethodImpl(AggressiveOptimization)]
    private void Take(int copy, int number, MultiAgentStep step, Episode episode)
    {
        var trajectory = (copy * step.Count) + number;
        var agent = Agents[trajectory];
        var reward = agent.Reward = step.Reward(number);
        var isObserved = step.IsObserved(number);
        if (agent.Turn == AgentTurn.Absent)
        {
            if (reward != 0)
            {
                throw new InvalidOperationException(
                    $"The environment {_environments.Name} (copy {copy} of runner {_runner.Index}) gave the agent '{agent.Id}' a reward of "
                        + $"{reward.ToString(CultureInfo.InvariantCulture)} while it is not there: "
                    + $"it has not been observed yet, or it has ended. {nameof(MultiAgentEnvironmentChecker)} finds more.");
            }

            if (step.ActsNext(number))
            {
                AgentSteps[number]++;
                Enter(trajectory, step.Observation(number), episode);
                _policies[agent.Policy].Steps++;
            }

            return;
        }

        CheckFinite(episode, agent, reward, isObserved);
        agent.Return += reward;
        agent.RewardSinceAction += reward;
        var policy = _policies[agent.Policy];
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

        var buffer = policy.Buffers[trajectory]!;
        buffer.Complete((float)(_runner.Rewards?.Shape(trajectory, agent.RewardSinceAction, isTerminated || isTruncated) ?? agent.RewardSinceAction));
        agent.Steps++;
        agent.RewardSinceAction = 0;
        if (!isTerminated && !isTruncated)
        {
            policy.ToModule.Apply(step.Observation(number), buffer.Pending, learn: !_runner.IsEvaluation);
            agent.Turn = AgentTurn.Acts;
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
        agent.Turn = AgentTurn.Absent;
    }

    // An agent's first observation, or its first one after it had gone.
    private void Enter(int trajectory, ReadOnlySpan<float> observation, Episode episode)
    {
        var agent = Agents[trajectory];
        if (agent.PolicyId is null)
        {
            agent.Policy = _layout.Choose(trajectory % AgentSteps.Length, episode);
            agent.PolicyId = _layout.Policies[agent.Policy].Id;
        }

        CheckFinite(episode, agent, 0, isObserved: true);
        var policy = _policies[agent.Policy];
        policy.ToModule.Apply(observation, _runner.ObservationOf(trajectory, policy), learn: !_runner.IsEvaluation);
        policy.Exploration.BeginEpisode(trajectory);
        (agent.Turn, agent.RewardSinceAction) = (AgentTurn.Acts, 0);
    }

    [DoesNotReturn]
    private void ThrowNotFinite(Episode episode, EpisodeAgent agent, double reward) => throw new InvalidOperationException(
        $"The environment {_environments.Name} (copy {episode.EnvironmentIndex} of runner {_runner.Index}) gave "
            + $"{(_layout.IsMultiAgent ? $"the agent '{agent.Id}' " : "")}the reward {reward.ToString(CultureInfo.InvariantCulture)} "
        + $"and the observation [{ObservationText.Of(agent.Observation)}] after {episode.Length} steps of an episode; all numbers must be finite. "
        + $"{(_layout.IsMultiAgent ? nameof(MultiAgentEnvironmentChecker) : nameof(EnvironmentChecker))} finds more.");
}
