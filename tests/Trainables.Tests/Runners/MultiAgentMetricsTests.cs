using static Tuning.Tests.Environments.ScriptedAgents;
using static Tuning.Tests.Runners.MultiAgentRollouts;

namespace Tuning.Tests.Runners;

public sealed class MultiAgentMetricsTests
{
    [Fact]
    public void Metrics_are_those_of_RLlib()
    {
        // Agent 0 acts at every step, agent 1 at every other one. Ten steps to the end. Rewards 1 and 10 per observation.
        using var group = Play(2, (t, step) =>
        {
            See(step, 0, t);
            if (t % 2 == 0)
            {
                See(step, 1, t);
            }

            if (t > 0)
            {
                step.AddReward(0, 1);
                step.AddReward(1, t % 2 == 0 ? 10 : 0);
            }

            if (t == 10)
            {
                step.TerminateAll();
            }
        }, steps: 15, mapping: "agent_0:a,agent_1:b");
        group.Sample(ModulesOf(group));
        var metrics = new Metrics();
        group.WriteTo(metrics);

        Assert.Equal(60, metrics.Number("env_runners/episode_return_mean"));
        Assert.Equal(60, metrics.Number("env_runners/episode_return_max"));
        Assert.Equal(10, metrics.Number("env_runners/episode_len_mean"));
        Assert.Equal(10, metrics.Number("env_runners/agent_episode_returns_mean/agent_0"));
        Assert.Equal(50, metrics.Number("env_runners/agent_episode_returns_mean/agent_1"));
        Assert.Equal(10, metrics.Number("env_runners/module_episode_returns_mean/a"));
        Assert.Equal(50, metrics.Number("env_runners/module_episode_returns_mean/b"));
        Assert.Equal(10, metrics.Number("env_runners/agent_steps/agent_0"));
        Assert.Equal(5, metrics.Number("env_runners/agent_steps/agent_1"));
        Assert.Equal(15, metrics.Number("env_runners/num_env_steps_sampled"));
        Assert.Equal(15, metrics.Number("env_runners/num_agent_steps_sampled/agent_0"));
        Assert.Equal(7, metrics.Number("env_runners/num_agent_steps_sampled/agent_1"));
        Assert.Equal(7, metrics.Number("env_runners/num_module_steps_sampled/b"));
        Assert.Equal(7, metrics.Number("env_runners/num_module_steps_sampled_lifetime/b"));
        Assert.Equal(1, metrics.Number("env_runners/num_episodes"));
        group.Sample(ModulesOf(group));
        group.WriteTo(metrics);
        Assert.Equal(30, metrics.Number("env_runners/num_env_steps_sampled_lifetime"));
        Assert.Equal(30, metrics.Number("env_runners/num_agent_steps_sampled_lifetime/agent_0"));
        Assert.Equal(15, metrics.Number("env_runners/num_module_steps_sampled_lifetime/b"));
        Assert.Equal(8, metrics.Number("env_runners/num_module_steps_sampled/b"));
        Assert.DoesNotContain(metrics, m => m.Key.Contains("default_"));
    }

    [Fact]
    public void Return_of_a_policy_is_the_sum_over_its_agents()
    {
        using var group = Play(3, (t, step) =>
        {
            for (var i = 0; i < 3; i++)
            {
                See(step, i, t);
                if (t > 0)
                {
                    step.AddReward(i, i + 1);
                }
            }

            if (t == 4)
            {
                step.TerminateAll();
            }
        }, steps: 4, mapping: "agent_0:a,*:b");
        group.Sample(ModulesOf(group));
        var metrics = new Metrics();
        group.WriteTo(metrics);

        Assert.Equal(24, metrics.Number("env_runners/episode_return_mean"));
        Assert.Equal(4, metrics.Number("env_runners/module_episode_returns_mean/a"));
        Assert.Equal(20, metrics.Number("env_runners/module_episode_returns_mean/b"));
        Assert.Equal(8, metrics.Number("env_runners/num_module_steps_sampled/b"));
    }
}
