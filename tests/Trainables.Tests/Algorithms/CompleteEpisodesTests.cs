using Tuning.Training;

namespace Tuning.Tests.Algorithms;

/// <summary>PPO with <c>batch_mode: complete_episodes</c>.</summary>
[Trait("Lane", "Slow")]
public sealed class CompleteEpisodesTests
{
    [Theory]
    [InlineData("CartPole-v1", false)]
    [InlineData("Pendulum-v1", true)]
    [InlineData("MultiAgentCartPole", false)]
    [InlineData("TicTacToe", false)]
    public void Three_iterations_saved_restored_and_three_more_equal_six(string env, bool gsde)
    {
        using var directory = new TemporaryDirectory();
        PpoConfig Config() => Some.Ppo(env).EnvRunners(batchMode: BatchMode.CompleteEpisodes).Training(trainBatchSize: 100, gsdeSampleFreq: 4)
            .Model(useGsde: gsde);
        using var whole = Config().Build(threads: 3);
        var expected = Some.Train(whole, 6);
        using var first = Config().Build(threads: 1);
        Assert.Equal(expected.TakeWhile(l => !l.StartsWith("3:", StringComparison.Ordinal)), Some.Train(first, 3));
        using var second = Algorithm.FromCheckpoint(first.SaveToPath(directory["c"]));

        Assert.Equal(expected.SkipWhile(l => !l.StartsWith("3:", StringComparison.Ordinal)).Select(l => l[3..]), Some.Train(second, 3).Select(l => l[3..]));
    }

    [Fact]
    public void A_batch_is_its_episodes_and_all_of_it_is_trained_on()
    {
        var lengths = 0L;
        using var algorithm = Some.Ppo("CartPole-v1").EnvRunners(batchMode: BatchMode.CompleteEpisodes)
            .Callbacks(onEpisodeEnd: (_, episode) => lengths += episode.Length).Build(threads: 1);
        for (var i = 0; i < 3; i++)
        {
            lengths = 0;
            var metrics = algorithm.Train();

            Assert.True(lengths >= 300);
            Assert.Equal(lengths, metrics.Number("env_runners/num_env_steps_sampled"));
            Assert.Equal(2 * lengths, metrics.Number("learners/default_policy/num_module_steps_trained"));
        }
    }

    [Fact]
    public void Evaluation_goes_its_own_way()
    {
        using var algorithm = Some.Ppo("CartPole-v1").EnvRunners(batchMode: BatchMode.CompleteEpisodes)
            .Evaluation(interval: 1, duration: 7, durationUnit: EvaluationUnit.Timesteps)
            .Build(threads: 1);

        Assert.Equal(7, algorithm.Train().Number("evaluation/env_runners/num_env_steps_sampled"));
    }

    [Fact]
    public void Returns_of_whole_episodes_are_learnt_from_without_values()
    {
        using var algorithm = new PpoConfig()
            .Environment("CartPole-v1")
            .EnvRunners(numEnvRunners: 1, numEnvsPerEnvRunner: 8, batchMode: BatchMode.CompleteEpisodes)
            .Training(lr: 3e-3, gamma: 0.98, trainBatchSize: 512, minibatchSize: 128, numEpochs: 8, useGae: false, useCritic: false)
            .Model(fcnetHiddens: [32])
            .Reporting(metricsNumEpisodesForSmoothing: 20)
            .Debugging(seed: 1)
            .Build(threads: 1);
        var first = algorithm.Train().Number("env_runners/episode_return_mean")!.Value;
        Metrics last = null!;
        while (algorithm.NumEnvStepsSampledLifetime < 25_000)
        {
            last = algorithm.Train();
        }

        Assert.True(first < 40, $"{first}");
        Assert.True(last.Number("env_runners/episode_return_mean") > 100, $"{first} -> {last.Number("env_runners/episode_return_mean")}");
    }

    [Fact]
    public void Replay_has_no_use_for_it()
    {
        var parameters = ParameterSet.Parse("""{"batch_mode": "complete_episodes"}""");
        Assert.Contains("DQN learns from single steps",
            Assert.Single(((TrainableDefinition)new DqnConfig().Environment("CartPole-v1")).Validate(parameters)).Message, StringComparison.Ordinal);
        Assert.Contains("SAC learns from single steps",
            Assert.Single(((TrainableDefinition)new SacConfig().Environment("Pendulum-v1")).Validate(parameters)).Message, StringComparison.Ordinal);
        Assert.Empty(((TrainableDefinition)new PpoConfig().Environment("CartPole-v1")).Validate(parameters));
    }
}
