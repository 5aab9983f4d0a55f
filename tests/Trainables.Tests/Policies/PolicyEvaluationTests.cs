using Tuning.Environments;
using Tuning.Policies;
using Tuning.Randomness;

namespace Tuning.Tests.Policies;

public sealed class PolicyEvaluationTests
{
    [Theory]
    [InlineData("Pendulum-v1", false)]
    [InlineData("CartPole-v1", false)]
    [InlineData("CartPole-v1", true)]
    public void Returns_depend_on_the_seeds_of_the_episodes_only(string environment, bool explore)
    {
        var (policy, definition) = (For(environment), EnvironmentRegistry.Get(environment));
        var one = new PolicyEvaluation { Episodes = 40, Explore = explore }.Run(policy, definition);

        var many = new PolicyEvaluation { Episodes = 40, Explore = explore, Threads = 3 }.Run(policy, definition);
        var later = new PolicyEvaluation { Episodes = 5, Explore = explore, Seed = PolicyEvaluation.FirstSeed + 30 }.Run(policy, definition);

        Assert.Equal(one.Returns, many.Returns);
        Assert.Equal(one.Lengths, many.Lengths);
        Assert.Equal(one.Returns.Skip(30).Take(5), later.Returns);
    }

    [Fact]
    public void An_episode_is_what_a_loop_by_hand_plays()
    {
        var policy = For("CartPole-v1");
        using var environment = EnvironmentRegistry.Create("CartPole-v1");
        var observation = new float[4];
        environment.Reset(new RandomStream(17), observation);
        var steps = 0;
        StepResult result;
        do
        {
            result = environment.Step(new EnvironmentAction([(int)policy.ComputeSingleAction(observation)[0]]), observation);
            steps++;
        }
        while (!result.Done);

        var evaluated = new PolicyEvaluation { Episodes = 1, Seed = 17 }.Run(policy, EnvironmentRegistry.Get("CartPole-v1"));

        Assert.Equal([steps], evaluated.Lengths);
        Assert.Equal([(double)steps], evaluated.Returns);
    }

    [Fact]
    public void Statistics_are_those_of_the_books()
    {
        var result = new EvaluationResult([1, 2, 3, 4, 5, 6, 7, 100], new long[8]);

        Assert.Equal(16, result.Mean);
        Assert.Equal(31.8041, result.StandardDeviation, 4);
        Assert.Equal(4.5, result.InterquartileMean);
        var (low, high) = result.Interval(1);
        Assert.InRange(low, 1.5, 4.4);
        Assert.InRange(high, 4.6, 60);
        Assert.Equal((low, high), result.Interval(1));
        Assert.Equal((3.0, 3.0), new EvaluationResult([3], [1]).Interval(1));
    }

    [Fact]
    public void Several_agents_earn_together_what_their_policies_earn_alone()
    {
        var (left, right) = (For("Pendulum-v1"),
            SomePolicy.Of(For("Pendulum-v1").Spaces.Observations, For("Pendulum-v1").Spaces.Actions, model: new() { HiddenLayers = [4] }));
        var config = ParameterSet.Empty.With("num_agents", 2);
        var definition = EnvironmentRegistry.Get("MultiAgentPendulum");
        var (played, lengths) = new PolicyEvaluation { Episodes = 3 }.Run(agent => agent == "0" ? left : right, definition, config);

        Assert.Equal(played, new PolicyEvaluation { Episodes = 3, Threads = 2 }.Run(agent => agent == "0" ? left : right, definition, config).Returns);
        Assert.NotEqual(played, new PolicyEvaluation { Episodes = 3 }.Run(_ => left, definition, config).Returns);
        Assert.Equal([200, 200, 200], lengths);
        Assert.All(played, r => Assert.InRange(r, -6600, 0));
        Assert.Contains("The policy of the agent '0' was made for",
            Assert.Throws<ArgumentException>(() => new PolicyEvaluation().Run(_ => For("CartPole-v1"), definition, config)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_environment_with_other_spaces_is_refused()
    {
        var e = Assert.Throws<ArgumentException>(() => new PolicyEvaluation().Run(For("Pendulum-v1"), EnvironmentRegistry.Get("CartPole-v1")));

        Assert.Contains("CartPole-v1 shows Box(", e.Message, StringComparison.Ordinal);
    }

    private static Policy For(string environment)
    {
        using var probe = EnvironmentRegistry.Create(environment);
        return SomePolicy.Of(probe.ObservationSpace, probe.ActionSpace, filter: true);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_policy_that_diverged_is_not_evaluated(float weight)
    {
        using var algorithm = Algorithms.Some.Ppo("CartPole-v1").Build(threads: 1);
        algorithm.Module.SetState([.. algorithm.Module.GetState().Select(t => new NamedTensor(t.Name, t.Shape.AsSpan(), [.. t.Data.Select(_ => weight)]))]);

        var error = Assert.Throws<ArgumentException>(() =>
            new PolicyEvaluation { Episodes = 1 }.Run(algorithm.GetPolicy(), EnvironmentRegistry.Get("CartPole-v1")));

        Assert.Contains("are NaN or infinite: its training had diverged", error.Message);
    }
}
