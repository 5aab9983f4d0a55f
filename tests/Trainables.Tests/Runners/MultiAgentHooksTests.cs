using Tuning.Environments;
using Tuning.Runners;
using static Tuning.Tests.Environments.ScriptedAgents;
using static Tuning.Tests.Runners.MultiAgentRollouts;

namespace Tuning.Tests.Runners;

public sealed class MultiAgentHooksTests
{
    [Fact]
    public void Hooks_see_agents_and_their_policies()
    {
        var hooks = new Recorder();
        using var group = Play(2, (t, step) =>
        {
            if (t % 2 == 0)
            {
                See(step, 0, t);
            }
            else
            {
                See(step, 1, t);
            }

            if (t > 0)
            {
                step.AddReward(t % 2 == 1 ? 0 : 1, t);
            }

            if (t == 3)
            {
                step.TerminateAll();
            }
        }, steps: 4, mapping: "agent_0:a,agent_1:b", hooks: () => hooks);
        group.Sample(ModulesOf(group));

        Assert.Equal(
            [
                "environment agent_0,agent_1", "created 0", "start 0 a:0:0 -:0:0", "step 1 a:1:0 b:0:0", "step 2 a:1:1 b:2:0", "step 3 a:4:2 b:2:1",
                    "end 6 terminated", "created 1", "start 1 a:0:0 -:0:0", "step 1 a:1:0 b:0:0",
                "sample a/agent_0 2", "sample b/agent_1 1",
            ],
            hooks.Events);
    }

    private sealed class Recorder : IEpisodeHooks
    {
        public List<string> Events { get; } = [];

        public void OnEnvironmentCreated(EnvRunner runner, IMultiAgentEnvironment environment, EnvironmentContext context) =>
            Events.Add($"environment {string.Join(",", environment.Agents)}");

        public void OnEpisodeCreated(EnvRunner runner, Episode episode) => Events.Add($"created {episode.Number}");

        public void OnEpisodeStart(EnvRunner runner, Episode episode) => Events.Add($"start {episode.Number}{Agents(episode)}");

        public void OnEpisodeStep(EnvRunner runner, Episode episode) => Events.Add($"step {episode.Length}{Agents(episode)}");

        public void OnEpisodeEnd(EnvRunner runner, Episode episode) => Events.Add($"end {episode.Return}{(episode.Terminated ? " terminated" : "")}");

        public void OnSampleEnd(EnvRunner runner, RolloutBuffer samples) => Events.Add($"sample {samples.PolicyId}/{samples.AgentId} {samples.Steps}");

        private static string Agents(Episode episode) => string.Concat(episode.Agents.Select(a => $" {a.PolicyId ?? "-"}:{a.Return}:{a.Steps}"));
    }
}
