using Tuning.Environments;
using Tuning.Specification;
using Tuning.Testing;

namespace Tuning.Tests.Specification;

/// <summary>What an environment and the options make of each other is said before anything runs.</summary>
public sealed class EnvironmentFitTests
{
    [Theory]
    [InlineData("run: DQN, env: Pendulum-v1", "DQN chooses among the numbers of a Discrete action space")]
    [InlineData("run: PPO, env: MultiAgentPendulum, config: {env_config: {num_agents: 0}}", "num_agents is 0; it must be a whole number from 1")]
    [InlineData("run: PPO, env: MultiAgentPendulum, config: {env_config: {num_agents: 2}, multi_agent: {policies: [p0], policy_mapping: {\"0\": p0}}}",
        "says nothing of the agent '1'")]
    [InlineData("run: SAC, env: Pendulum-v1, config: {evaluation_interval: 1, evaluation_config: {env: CartPole-v1}}", "They must be the same")]
    public void Misfit_is_a_problem_of_the_file(string experiment, string expected)
    {
        var problem = Assert.Single(Read($"a: {{{experiment}}}").Problems);

        Assert.Contains("a.env: is ", problem.ToString(), StringComparison.Ordinal);
        Assert.Contains(expected, problem.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Environment_that_cannot_be_made_now_is_none()
    {
        EnvironmentRegistry.Register("not-there-yet", _ => throw new IOException("no simulator answers"));

        Assert.Empty(Read("a: {run: PPO, env: not-there-yet}").Problems);
    }

    private static ExperimentFileResult Read(string yaml) =>
        ExperimentFile.Parse(yaml, Path.Combine(Approved.Repository, "a.yaml"), new ComponentCatalog().AddTrainables());
}
