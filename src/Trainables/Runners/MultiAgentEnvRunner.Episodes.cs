using System.Globalization;
using Tuning.Environments;

namespace Tuning.Runners;

/// <content>How episodes and agents begin and end.</content>
internal sealed partial class MultiAgentEnvRunner
{
    // An agent's first observation, or its first one after it had gone.
    private void Enter(int copy, int number, MultiAgentStep step, Episode episode)
    {
        var index = (copy * step.Count) + number;
        ref var lane = ref _lanes[index];
        var agent = episode.AgentArray[number];
        if (agent.PolicyId is null)
        {
            lane.Policy = _layout.Choose(number, episode);
            agent.PolicyId = _layout.Policies[lane.Policy].Id;
        }

        CheckFinite(episode, agent, 0, isObserved: true);
        var policy = _policies[lane.Policy];
        policy.ToModule.Apply(step.Observation(number), policy.Buffers[index]!.Pending, learn: !IsEvaluation);
        policy.Exploration.BeginEpisode(index);
        (lane.State, lane.Reward, agent.IsPresent) = (LaneState.Acts, 0, true);
    }

    private void Begin(int copy)
    {
        var episode = _episodes[copy];
        episode.Clear();
        _hooks?.OnEpisodeCreated(this, episode);
        var step = _environments.Reset(copy);
        episode.StartedAt = _options.Clock.GetTimestamp();
        for (var number = 0; number < step.Count; number++)
        {
            if (step.ActsNext(number))
            {
                Enter(copy, number, step, episode);
            }
        }

        _hooks?.OnEpisodeStart(this, episode);
    }

    private void Finish(Episode episode, int time)
    {
        _hooks?.OnEpisodeEnd(this, episode);
        var first = _finishedAgents.Count;
        for (var i = 0; i < episode.AgentArray.Length; i++)
        {
            if (episode.AgentArray[i] is { Steps: > 0 } agent)
            {
                _finishedAgents.Add(new(i, _layout.NumberOf(agent.PolicyId!), agent.Return, agent.Steps));
            }
        }

        // An episode that came out of a checkpoint began at a time that is not known.
        var seconds = episode.StartedAt == 0 ? double.NaN : _options.Clock.GetElapsedTime(episode.StartedAt).TotalSeconds;
        _finished.Add(new(time, episode.Return, episode.Length, seconds) { FirstAgent = first, Agents = _finishedAgents.Count - first });
        episode.Number++;
    }

    // A number that is not finite would poison the filter and the weights, and show much later.
    private void CheckFinite(Episode episode, EpisodeAgent agent, double reward, bool isObserved)
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
            throw new InvalidOperationException(
                $"The environment {_environments.Name} (copy {episode.EnvironmentIndex} of runner {Index}) gave the agent '{agent.Id}' the reward {reward.ToString(CultureInfo.InvariantCulture)} and the observation "
                + $"[{string.Join(", ", agent.Observation[..Math.Min(8, agent.Observation.Length)].ToArray())}] after {episode.Length} steps of an episode; all numbers must be finite. {nameof(MultiAgentEnvironmentChecker)} finds more.");
        }
    }
}
