using Tuning.Environments;
using Tuning.Runners;
using static Tuning.Tests.Environments.ScriptedAgents;
using static Tuning.Tests.Runners.MultiAgentRollouts;

namespace Tuning.Tests.Runners;

/// <summary>What becomes of agents that wait, come and go. Observations are the time of the step in the episode.</summary>
public sealed class MultiAgentEnvRunnerTests
{
    [Fact]
    public void Agents_that_act_at_every_step_have_a_row_for_each()
    {
        using var group = Play(2, (t, step) =>
        {
            See(step, 0, t);
            See(step, 1, t);
            Give(step, t, (0, t), (1, -t));
        }, steps: 3);
        var buffers = group.Sample(ModulesOf(group))[0];

        Assert.Equal(["0: 1", "1: 2", "2: 3"], Rows(buffers[0]));
        Assert.Equal(["0: -1", "1: -2", "2: -3"], Rows(buffers[1]));
        Assert.Equal([3, 1], buffers[1].Observations(3).ToArray());
        Assert.Equal(("agent_1", "p"), (buffers[1].AgentId, buffers[1].PolicyId));
    }

    [Fact]
    public void Rewards_add_up_while_an_agent_waits()
    {
        // Agent 0 acts at even times only, and is rewarded at each step.
        using var group = Play(1, (t, step) =>
        {
            Give(step, t, (0, t));
            if (t % 2 == 0)
            {
                See(step, 0, t);
            }
        }, steps: 6);

        Assert.Equal(["0: 3", "2: 7", "4: 11"], Rows(group.Sample(ModulesOf(group))[0][0]));
    }

    [Fact]
    public void Action_without_outcome_is_carried_into_the_next_iteration()
    {
        using var group = Play(1, (t, step) =>
        {
            Give(step, t, (0, t));
            if (t % 3 == 0)
            {
                See(step, 0, t);
            }
        }, steps: 4);
        var modules = ModulesOf(group);
        var buffer = group.Sample(modules)[0][0];
        Assert.Equal(["0: 6"], Rows(buffer));

        // What is learnt goes on from the observation that the waiting action answered.
        Assert.Equal(3, buffer.Observations(1)[0]);
        var (inputs, action) = (buffer.PendingInputs.ToArray(), buffer.PendingAction.ToArray());
        buffer = group.Sample(modules)[0][0];
        Assert.Equal(["3: 15"], Rows(buffer));
        Assert.Equal(inputs, buffer.ActionDistributionInputs(0).ToArray());
        Assert.Equal(action, buffer.Actions(0).ToArray());
        Assert.Equal(["6: 24", "9: 33"], Rows(group.Sample(modules)[0][0]));
    }

    [Fact]
    public void Buffer_may_be_empty_and_grows_as_needed()
    {
        // The agent sees something at times 0, 5, 6, 7 and so on.
        using var group = Play(1, (t, step) =>
        {
            if (t is 0 or >= 5)
            {
                See(step, 0, t);
            }
        }, steps: 4);
        var modules = ModulesOf(group);
        Assert.Equal(0, group.Sample(modules)[0][0].Steps);
        Assert.Equal(4, group.Sample(modules)[0][0].Steps);

        using var longer = Play(1, (t, step) => See(step, 0, t), steps: 100);
        var rows = Rows(longer.Sample(ModulesOf(longer))[0][0]);
        Assert.Equal(Enumerable.Range(0, 100).Select(t => $"{t}: 0"), rows);
    }

    [Fact]
    public void Agents_come_and_go_and_come_back()
    {
        // Agent 1 comes at time 2, is terminated at 4 with a last reward, is back at 6, and taken out at 8.
        using var group = Play(2, (t, step) =>
        {
            See(step, 0, t);
            if (t is 2 or 3 or 6 or 7 or 8)
            {
                See(step, 1, t);
            }

            Give(step, t, (1, t is 3 or 4 or 7 or 8 ? t : 0));
            if (t == 4)
            {
                step.Terminate(1);
            }

            if (t == 8)
            {
                step.Truncate(1);
            }
        }, steps: 10);
        var buffers = group.Sample(ModulesOf(group))[0];

        Assert.Equal(10, buffers[0].Steps);
        Assert.Equal(["2: 3", "3: 4 terminated", "6: 7", "7: 8 truncated at 8"], Rows(buffers[1]));
    }

    [Fact]
    public void Episode_that_is_cut_ends_for_agents_that_wait_with_what_they_saw_last()
    {
        // Turns: at the limit, time 4, agent 0 sees the time, agent 1 saw 3 last and waits.
        using var group = Play(2, (t, step) => See(step, t % 2, t), steps: 9, limit: 4);
        var buffers = group.Sample(ModulesOf(group))[0];

        Assert.Equal(["0: 0", "2: 0 truncated at 4", "0: 0", "2: 0 truncated at 4"], Rows(buffers[0]));
        Assert.Equal(["1: 0", "3: 0 truncated at 3", "1: 0", "3: 0 truncated at 3"], Rows(buffers[1]));
    }

    [Fact]
    public void Episode_that_ends_terminates_all_that_are_there_but_who_is_truncated_by_name()
    {
        using var group = Play(3, (t, step) =>
        {
            if (t < 2)
            {
                See(step, 0, t);
                See(step, 1, t);
            }
            else
            {
                See(step, 1, 77);
                step.Truncate(1);
                step.TerminateAll();
            }
        }, steps: 4);
        var buffers = group.Sample(ModulesOf(group))[0];

        Assert.Equal(["0: 0", "1: 0 terminated", "0: 0", "1: 0 terminated"], Rows(buffers[0]));
        Assert.Equal(["0: 0", "1: 0 truncated at 77", "0: 0", "1: 0 truncated at 77"], Rows(buffers[1]));
        Assert.Equal(0, buffers[2].Steps);
    }

    [Fact]
    public void Time_passes_while_nobody_acts_and_who_comes_with_the_end_has_no_row()
    {
        using var group = Play(2, (t, step) =>
        {
            if (t is 0 or 4)
            {
                See(step, 0, t);
            }

            Give(step, t, (0, 1));
            if (t == 5)
            {
                See(step, 1, t);
                step.TerminateAll();
            }
        }, steps: 5);
        var buffers = group.Sample(ModulesOf(group))[0];

        Assert.Equal(["0: 4", "4: 1 terminated"], Rows(buffers[0]));
        Assert.Equal(0, buffers[1].Steps);
        Assert.Equal(5, group.StepsLifetime);
    }

    [Theory]
    [InlineData("MultiAgentCartPole", "CartPole-v1", ObservationFilter.MeanStdFilter)]
    [InlineData("MultiAgentPendulum", "Pendulum-v1", ObservationFilter.NoFilter)]
    public void One_agent_plays_as_in_the_environment_for_one(string name, string single, ObservationFilter filter)
    {
        using var many = Group(EnvironmentRegistry.Get(name), 260, "0:p", filter: filter, runners: 2, copies: 3, explore: false);
        using var one = new EnvRunnerGroup(EnvRunnerGroupTests.Options(single, filter, steps: 260) with { Explore = false });
        var modules = ModulesOf(many);
        for (var iteration = 0; iteration < 2; iteration++)
        {
            var lanes = many.Sample(modules)[0];
            var buffers = one.Sample(modules[0]);
            for (var lane = 0; lane < lanes.Count; lane++)
            {
                var (buffer, copy) = (buffers[lane / 3], lane % 3);
                Assert.Equal(260, lanes[lane].Steps);
                for (var t = 0; t < 260; t++)
                {
                    var size = buffer.ObservationSize;
                    Assert.Equal(buffer.Observations(t).Slice(copy * size, size).ToArray(), lanes[lane].Observations(t).ToArray());
                    Assert.Equal(buffer.Rewards(t)[copy], lanes[lane].Rewards(t)[0]);
                    Assert.Equal((buffer.Terminated(t)[copy], buffer.Truncated(t)[copy]), (lanes[lane].Terminated(t)[0], lanes[lane].Truncated(t)[0]));
                }
            }

            Assert.Equal(Episodes(one), Episodes(many));
        }

        static IEnumerable<(string, double)> Episodes(EnvRunnerGroup group) => Report(group).Where(m => m.Key.StartsWith("env_runners/episode_"));
    }

    [Fact]
    public void Length_of_iterations_does_not_change_what_is_played()
    {
        static List<string> All(int steps)
        {
            using var group = Group(EnvironmentRegistry.Get("TicTacToe"), steps, "x:a,o:b", copies: 2, explore: false);
            var modules = ModulesOf(group);
            var rows = new List<string>[4];
            for (var i = 0; i < 60 / steps; i++)
            {
                var buffers = group.Sample(modules).SelectMany(b => b).ToList();
                for (var k = 0; k < rows.Length; k++)
                {
                    (rows[k] ??= []).AddRange(Rows(buffers[k])
                        .Select((row, at) => $"{row} {string.Join(",", buffers[k].Observations(at).ToArray())} {buffers[k].Actions(at)[0]}"));
                }
            }

            return [.. rows.SelectMany(r => r)];
        }

        var expected = All(60);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, All(1));
        Assert.Equal(expected, All(5));
    }

    [Fact]
    public void Reward_for_who_is_not_there_is_refused()
    {
        using var group = Play(2, (t, step) =>
        {
            See(step, 0, t);
            Give(step, t, (1, t == 2 ? 1 : 0));
        }, steps: 5);

        Assert.Contains("gave the agent 'agent_1' a reward of 1 while it is not there",
            Assert.Throws<InvalidOperationException>(() => group.Sample(ModulesOf(group))).Message);
    }

    [Fact]
    public void Number_that_is_not_finite_is_named()
    {
        using var group = Play(2, (t, step) =>
        {
            See(step, 0, t);
            See(step, 1, t);
            if (t == 3)
            {
                step.Observe(1)[1] = float.NaN;
            }
        }, steps: 5);

        var message = Assert.Throws<InvalidOperationException>(() => group.Sample(ModulesOf(group))).Message;
        Assert.Contains("copy 0 of runner 0", message);
        Assert.Contains("agent 'agent_1'", message);
        Assert.Contains("[3, NaN]", message);
    }

    private static void Give(MultiAgentStep step, int time, params (int Agent, double Reward)[] rewards)
    {
        foreach (var (agent, reward) in rewards)
        {
            if (time > 0)
            {
                step.AddReward(agent, reward);
            }
        }
    }
}
