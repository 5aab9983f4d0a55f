using Tuning.Environments;
using Tuning.Randomness;

namespace Tuning.Tests.Environments;

public sealed class MultiAgentEnvironmentTests
{
    [Theory]
    [InlineData("MultiAgentPendulum", 3)]
    [InlineData("MultiAgentCartPole", 3)]
    [InlineData("MultiAgentCartPole", 1)]
    [InlineData("TicTacToe", 0)]
    public void Checker_finds_nothing(string name, int agents)
    {
        var config = agents == 0 ? ParameterSet.Empty : ParameterSet.Empty.With("num_agents", agents);
        for (var seed = 0ul; seed < 3; seed++)
        {
            Assert.Empty(MultiAgentEnvironmentChecker.Check(() => EnvironmentRegistry.CreateMultiAgent(name, config), seed));
        }

        using var environment = EnvironmentRegistry.CreateMultiAgent(name, config);
        Assert.True(environment.CanSaveState);
    }

    [Fact]
    public void Agents_of_copies_are_numbered_and_there_is_one_unless_said()
    {
        using var one = EnvironmentRegistry.CreateMultiAgent("MultiAgentPendulum");
        using var three = EnvironmentRegistry.CreateMultiAgent("MultiAgentPendulum", ParameterSet.Empty.With("num_agents", 3).With("g", 9.81));

        Assert.Equal(["0"], one.Agents);
        Assert.Equal(["0", "1", "2"], three.Agents);
        Assert.Equal(EnvironmentRegistry.Create("Pendulum-v1").ObservationSpace, three.ObservationSpace(2));
    }

    [Fact]
    public void Copies_behave_as_the_environment_alone_and_the_rest_of_the_configuration_reaches_them()
    {
        var config = ParameterSet.Empty.With("g", 3.0);
        using var alone = EnvironmentRegistry.Create("Pendulum-v1", config);
        using var agents = EnvironmentRegistry.CreateMultiAgent("MultiAgentPendulum", config.With("num_agents", 2));
        var (random, observation) = (new RandomStream(4), new float[3]);
        var step = agents.Start(new RandomStream(4));
        alone.Reset(random, observation);

        Assert.Equal(observation, step.Observation(0).ToArray());
        Assert.NotEqual(observation, step.Observation(1).ToArray());
        for (var t = 1; t <= 200; t++)
        {
            float[] action = [(t % 5) - 2];
            var result = alone.Step(new EnvironmentAction((ReadOnlySpan<float>)action), observation);
            step.SetAction(0, action);
            step.SetAction(1, 0);
            agents.Advance(step);

            Assert.Equal(observation, step.Observation(0).ToArray());
            Assert.Equal(result.Reward, step.Reward(0));
            Assert.Equal(result.Truncated, step.IsTruncated(0));
            Assert.Equal(t == 200, step.AllTruncated);
        }
    }

    [Fact]
    public void Agent_stays_until_its_copy_ends_and_the_episode_ends_with_the_last()
    {
        // Pushing always left fells a pole soon; to and fro keeps it up for longer.
        using var agents = EnvironmentRegistry.CreateMultiAgent("MultiAgentCartPole", ParameterSet.Empty.With("num_agents", 2));
        var step = agents.Start(new RandomStream(1));
        var (t, first) = (0, 0);
        while (!step.Done)
        {
            if (step.ActsNext(0))
            {
                step.SetAction(0, 0);
            }

            step.SetAction(1, t % 2);
            agents.Advance(step);
            t++;
            if (step.IsTerminated(0))
            {
                Assert.True(step.IsObserved(0));
                first = t;
            }
            else if (first > 0)
            {
                Assert.False(step.Acts(0) || step.IsObserved(0));
                Assert.Equal(0, step.Reward(0));
            }
        }

        Assert.InRange(first, 5, t - 1);
        Assert.True(step.IsTerminated(1) && step.AllTerminated);
    }

    [Fact]
    public void Limit_truncates_all_agents()
    {
        EnvironmentRegistry.RegisterMultiAgent("multi-limit", _ => new ScriptedAgents(2, (t, step) => ScriptedAgents.See(step, t % 2, t)), maxEpisodeSteps: 4);
        using var environment = EnvironmentRegistry.CreateMultiAgent("multi-limit");
        var step = environment.Start(new RandomStream(0));
        var t = 0;
        for (; !step.Done; t++)
        {
            step.SetAction(t % 2, 1);
            environment.Advance(step);
        }

        Assert.Equal(4, t);
        Assert.True(step.AllTruncated);
        Assert.Throws<InvalidOperationException>(() => environment.Advance(step));
    }

    [Fact]
    public void One_agent_and_several_are_not_mixed_up()
    {
        Assert.Contains("has several agents", Assert.Throws<InvalidOperationException>(() => EnvironmentRegistry.Create("TicTacToe")).Message);
        Assert.Contains("MakeMultiAgent(\"Pendulum-v1\")",
            Assert.Throws<InvalidOperationException>(() => EnvironmentRegistry.CreateMultiAgent("Pendulum-v1")).Message);
        Assert.True(EnvironmentRegistry.Get("TicTacToe").IsMultiAgent);
        Assert.False(EnvironmentRegistry.Get("Pendulum-v1").IsMultiAgent);
    }

    [Fact]
    public void Configuration_is_checked()
    {
        Assert.Contains("num_agents is 0", Assert.Throws<ArgumentException>(() =>
            EnvironmentRegistry.CreateMultiAgent("MultiAgentPendulum", ParameterSet.Empty.With("num_agents", 0))).Message);
        Assert.Contains("did you mean 'num_agents'", Assert.Throws<ArgumentException>(() =>
            EnvironmentRegistry.CreateMultiAgent("MultiAgentPendulum", ParameterSet.Empty.With("num_agent", 2))).Message);
    }

    [Fact]
    public void Action_of_an_agent_that_does_not_act_is_refused()
    {
        using var environment = new TicTacToe();
        var step = environment.Start(new RandomStream(0));

        Assert.Contains("'o' does not act", Assert.Throws<InvalidOperationException>(() => step.Action(1).Choice).Message);
        Assert.Contains("An action of 2 numbers", Assert.Throws<ArgumentException>(() => step.SetAction(0, 1, 2)).Message);
    }
}
