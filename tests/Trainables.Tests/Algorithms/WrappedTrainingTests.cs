using Tuning.Tests.Algorithms.Dqn;
using Tuning.Tests.Environments;

namespace Tuning.Tests.Algorithms;

/// <summary>PPO, DQN and SAC in wrapped environments: exact in every state that wrappers have, and what is served.</summary>
[Trait("Lane", "Slow")]
public sealed class WrappedTrainingTests : IDisposable
{
    private const string Everything =
        "{frame_stack: 3, action_repeat: 2, time_limit: 23, observation: {flatten: true}, clip_rewards: 5, normalize_rewards: true}";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("Pendulum-v1", Everything)]
    [InlineData("CartPole-v1", Everything)]
    [InlineData("FrozenLake-v1", Everything)]
    [InlineData("Acrobot-v1", "{observation: {rescale: [-1, 1]}, normalize_rewards: {gamma: 0.9}}")]
    public void Ppo_goes_on_exactly(string env, string wrappers) => AssertExact(() => Some.Ppo(env).Environment(env, WrapperTests.Config(wrappers)));

    [Theory]
    [InlineData("MultiAgentPendulum")]
    [InlineData("MultiAgentCartPole")]
    public void Ppo_with_several_agents_goes_on_exactly(string env) =>
        AssertExact(() => Some.Ppo(env).Environment(env, WrapperTests.Config(Everything).With("num_agents", 2L)));

    [Fact]
    public void Dqn_goes_on_exactly() => AssertExact(() => SomeDqn.Config().Environment("CartPole-v1", WrapperTests.Config(Everything)));

    [Fact]
    public void Sac_goes_on_exactly() => AssertExact(() => new SacConfig()
        .Environment("Pendulum-v1", WrapperTests.Config(Everything))
        .Training(trainBatchSize: 32, numStepsSampledBeforeLearningStarts: 64)
        .Networks(policy: new() { HiddenLayers = [8] }, q: new() { HiddenLayers = [8] })
        .Reporting(metricsNumEpisodesForSmoothing: 5)
        .Debugging(seed: 1));

    [Fact]
    public void Policy_takes_what_the_wrapped_environment_shows()
    {
        using var algorithm = Some.Ppo().Environment("Pendulum-v1", WrapperTests.Config("{frame_stack: 4, clip_rewards: 0.01}"))
            .Evaluation(interval: 1, duration: 2).Build(threads: 1);
        var metrics = algorithm.Train();
        for (var i = 0; i < 5; i++)
        {
            metrics = algorithm.Train();
        }

        var policy = Policy.FromCheckpoint(algorithm.SaveToPath(_directory["c"]));

        // Returns are the environment's: of 200 steps that cost up to 16 each, where learners saw at most 2.
        Assert.True(metrics.Number(EvaluationTests.Return) < -100, metrics.ToString());
        Assert.True(metrics.Number("env_runners/episode_return_mean") < -100, metrics.ToString());
        Assert.Equal(12, policy.ObservationSize);
        Assert.Single(policy.ComputeSingleAction(new float[12]));
    }

    private void AssertExact<TConfig>(Func<TConfig> config)
        where TConfig : AlgorithmConfig
    {
        using var whole = config().Build(threads: 1);
        var expected = Some.Train(whole, 4).Where(l => l[0] >= '2').Select(l => l[3..]);
        using var first = config().Build(threads: 2);
        Some.Train(first, 2);
        using var second = config().Build(threads: 1);
        second.RestoreFromPath(first.SaveToPath(_directory["c"]));

        Assert.Equal(expected, Some.Train(second, 2).Select(l => l[3..]));
    }
}
