using Tuning.Checkpointing;
using Tuning.Randomness;

namespace Tuning.Runners;

/// <summary>The running episodes of a group whose environment has several agents as the state of a component.</summary>
/// <remarks>What is pending stands in one tensor, lane after lane: the observation of each agent that is there, and if it waits the distribution inputs and the action.</remarks>
internal static class MultiAgentEnvRunnerGroupState
{
    public static ComponentState Capture(MultiAgentEnvRunnerGroup group, MetricsLogger metrics)
    {
        var runners = new List<ParameterSet>();
        var pending = new List<float>();
        foreach (var runner in group.Runners)
        {
            runners.Add(ParameterSet.From(
            [
                new("started", runner.Started),
                new("policies", runner.Policies.Select(CapturePolicy).ToList()),
                new("environments", runner.Episodes.Select(e => CaptureCopy(runner, e)).ToList()),
            ]));
            foreach (ref var lane in runner.Lanes)
            {
                pending.Add((int)lane.State);
            }

            for (var i = 0; i < runner.Lanes.Length; i++)
            {
                foreach (var part in Parts(runner, i))
                {
                    pending.AddRange(part.Span);
                }
            }
        }

        return ComponentState.Empty with
        {
            Values = ParameterSet.From([.. EpisodeState.Arrangement(group.Options), new("agents", group.Layout.Agents), new("metrics", metrics.GetState()), new("runners", runners)]),
            Tensors = ComponentState.Empty.Tensors.Add("pending", StateTensor.Of([.. pending], pending.Count)),
        };
    }

    /// <summary>Continues the episodes of a state, or starts them anew and returns why.</summary>
    public static string? Apply(MultiAgentEnvRunnerGroup group, MetricsLogger metrics, ComponentState state) => EpisodeState.Read(() =>
    {
        metrics.SetState(state.Value<string>("metrics"));
        var runners = EpisodeState.Sets(state.Values!["runners"]);
        var difference = EpisodeState.Difference(group.Options, state, runners) ?? Difference(group, state, runners);
        if (difference is not null)
        {
            foreach (var runner in group.Runners)
            {
                runner.Stop();
            }

            return EpisodeState.Notice(difference);
        }

        var pending = state.Tensor("pending").Floats;
        for (var i = 0; i < runners.Length; i++)
        {
            pending = ApplyRunner(group.Runners[i], runners[i], pending);
        }

        return null;
    });

    private static string? Difference(MultiAgentEnvRunnerGroup group, ComponentState state, ParameterSet[] runners)
    {
        var agents = Names(state.Values!["agents"]);
        if (!agents.SequenceEqual(group.Layout.Agents, StringComparer.Ordinal))
        {
            return $"their agents are {string.Join(", ", agents)}, here they are {string.Join(", ", group.Layout.Agents)}";
        }

        foreach (var agent in runners.SelectMany(r => EpisodeState.Sets(r["environments"])).SelectMany(e => EpisodeState.Sets(e["agents"])))
        {
            if (agent["policy"] is string policy && group.Layout.NumberOf(policy) is var number && (number < 0 || !group.Layout.Follows(agent.Get<int>("number"), number)))
            {
                return $"an agent of theirs follows the policy '{policy}', which it does not follow here";
            }
        }

        return null;
    }

    private static List<string> Names(object? list) => list is ParameterList items ? [.. items.Select(i => (string)i!)] : throw new FormatException("the agents are missing");

    private static ParameterSet CapturePolicy(PolicyLanes policy) => ParameterSet.From(
    [
        new("id", policy.Policy.Id),
        new("random", policy.Random.Save().ToString()),
        new("exploration", policy.Exploration.GetState()),
    ]);

    private static ParameterSet CaptureCopy(MultiAgentEnvRunner runner, Episode episode) => ParameterSet.From(
    [
        new("random", runner.Vector.SaveStream(episode.EnvironmentIndex).ToString()),
        new("state", runner.Started ? runner.Vector.SaveState(episode.EnvironmentIndex) : null),
        .. EpisodeState.Capture(episode),
        new("agents", episode.Agents.Select((agent, i) => ParameterSet.From(
        [
            new("number", i),
            new("policy", agent.PolicyId),
            new("return", agent.Return),
            new("steps", agent.Steps),
            new("reward", runner.Lanes[(episode.EnvironmentIndex * episode.Agents.Count) + i].Reward),
        ])).ToList()),
    ]);

    private static ReadOnlySpan<float> ApplyRunner(MultiAgentEnvRunner runner, ParameterSet state, ReadOnlySpan<float> pending)
    {
        runner.Stop();
        runner.Started = state.Get<bool>("started");
        foreach (var saved in EpisodeState.Sets(state["policies"]))
        {
            if (runner.Policies.FirstOrDefault(p => p.Policy.Id == saved.Get<string>("id")) is { } policy)
            {
                policy.Random.Restore(RandomState.Parse(saved.Get<string>("random")));
                policy.Exploration.SetState(saved["exploration"] as ParameterSet ?? ParameterSet.Empty);
            }
        }

        var copies = EpisodeState.Sets(state["environments"]);
        foreach (var episode in runner.Episodes)
        {
            ApplyCopy(runner, episode, copies[episode.EnvironmentIndex]);
        }

        var lanes = runner.Lanes;
        for (var i = 0; i < lanes.Length; i++)
        {
            lanes[i].State = (LaneState)(int)pending[i];
            runner.Episodes[i / (lanes.Length / runner.Episodes.Count)].Agents[i % (lanes.Length / runner.Episodes.Count)].IsPresent = lanes[i].State != LaneState.Absent;
        }

        pending = pending[lanes.Length..];
        for (var i = 0; i < lanes.Length; i++)
        {
            foreach (var part in Parts(runner, i))
            {
                pending[..part.Length].CopyTo(part.Span);
                pending = pending[part.Length..];
            }
        }

        return pending;
    }

    private static void ApplyCopy(MultiAgentEnvRunner runner, Episode episode, ParameterSet state)
    {
        runner.Vector.RestoreStream(episode.EnvironmentIndex, RandomState.Parse(state.Get<string>("random")));
        EpisodeState.Apply(episode, state);
        foreach (var saved in EpisodeState.Sets(state["agents"]))
        {
            var number = saved.Get<int>("number");
            var agent = episode.Agents[number];
            ref var lane = ref runner.Lanes[(episode.EnvironmentIndex * episode.Agents.Count) + number];
            (agent.PolicyId, agent.Return, agent.Steps) = (saved["policy"] as string, saved.Get<double>("return"), saved.Get<int>("steps"));
            lane.Reward = saved.Get<double>("reward");
            lane.Policy = agent.PolicyId is null ? 0 : runner.Policies.Select((p, i) => (p, i)).First(p => p.p.Policy.Id == agent.PolicyId).i;
        }

        if (runner.Started)
        {
            runner.Vector.RestoreState(episode.EnvironmentIndex, state.Get<string>("state"));
        }
    }

    // Where what a lane has pending stands. A restored lane gets it before its first step.
    private static Memory<float>[] Parts(MultiAgentEnvRunner runner, int index)
    {
        ref var lane = ref runner.Lanes[index];
        return lane.State == LaneState.Absent ? [] : runner.Policies[lane.Policy].Buffers[index]!.PendingParts(lane.State == LaneState.Waits);
    }
}
