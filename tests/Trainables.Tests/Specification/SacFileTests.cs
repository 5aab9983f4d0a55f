using Tuning.Specification;
using Tuning.Testing;

namespace Tuning.Tests.Specification;

/// <summary>Experiment files against the real SAC and the real environments.</summary>
public sealed class SacFileTests
{
    [Fact]
    public void File_of_rllib_is_read_unmodified()
    {
        var result = ExperimentFile.Read(RllibExamples.Require("pendulum-sac.yaml"), Catalog());

        Assert.Empty(result.Problems);
        var experiment = Assert.Single(result.Experiments);
        Assert.Equal(["env_runners/episode_return_mean", "num_env_steps_sampled_lifetime"], experiment.Stop.Select(s => s.Metric));
        Assert.Collection(
            result.Notices.Select(n => n.Message),
            n => Assert.StartsWith("'framework', 'num_gpus' have no meaning here", n, StringComparison.Ordinal),
            n => Assert.StartsWith("'no_done_at_end' has no meaning here", n, StringComparison.Ordinal));
    }

    [Fact]
    public void Older_names_mean_todays()
    {
        var result = Read("""
            {Q_model: {fcnet_hiddens: [8]}, policy_model: {fcnet_activation: tanh}, optimization: {actor_learning_rate: 0.1, critic_learning_rate: 0.2,
              entropy_learning_rate: 0.3},
            prioritized_replay: false, buffer_size: 99, learning_starts: 7, horizon: 50, timesteps_per_iteration: 1000, use_sde: true, log_std_init: -2,
              sde_sample_freq: 4,
            exploration_config: {type: StochasticSampling, random_timesteps: 5}, prioritized_replay_eps: 0.1}
            """);

        Assert.Empty(result.Problems);
        var options = SacConfig.FromParameters(Assert.Single(result.Experiments).Space.ToParameters()).Options;
        Assert.Equal((0.1, 0.2, 0.3), (options.ActorLearningRate.At(0), options.CriticLearningRate.At(0), options.AlphaLearningRate.At(0)));
        Assert.Equal([8], options.QModelConfig.HiddenLayers);
        Assert.Equal((Activation.Relu, Activation.Tanh), (options.QModelConfig.Activation, options.PolicyModelConfig.Activation));
        Assert.Equal((false, 99, 0.1, 7, 50, 1000, 5),
            (options.ReplayBufferConfig.IsPrioritized, options.ReplayBufferConfig.Capacity, options.ReplayBufferConfig.Epsilon,
            options.StepsBeforeLearningStarts, options.Horizon, options.MinSampleTimestepsPerIteration, options.ExplorationConfig.RandomTimesteps));
        Assert.Equal((true, -2.0, 4), (options.PolicyModelConfig.UseGsde, options.PolicyModelConfig.InitialLogStandardDeviation, options.GsdeSampleFrequency));
    }

    [Theory]
    [InlineData("soft_horizon: false, no_done_at_end: true, _enable_replay_buffer_api: true, use_state_preprocessor: true")]
    [InlineData("_deterministic_loss: false, _use_beta_distribution: false, worker_side_prioritization: false")]
    [InlineData("q_model_config: {post_fcnet_hiddens: [], post_fcnet_activation: null, custom_model: null, custom_model_config: {}}")]
    [InlineData("replay_buffer_config: {_enable_replay_buffer_api: true, type: MultiAgentReplayBuffer, learning_starts: 100, replay_sequence_length: 1}")]
    public void What_RLlib_files_write_out_without_need_is_no_problem(string keys) => Assert.Empty(Read($"{{{keys}}}").Problems);

    [Theory]
    [InlineData("soft_horizon: true", "'soft_horizon' is not supported")]
    [InlineData("_use_beta_distribution: true", "'_use_beta_distribution' is not supported")]
    [InlineData("q_model_config: {post_fcnet_hiddens: [8]}", "'q_model_config.post_fcnet_hiddens' is not supported")]
    [InlineData("exploration_config: {type: GaussianNoise}", "exploration_config.type: is 'GaussianNoise'; it must be StochasticSampling")]
    public void What_would_change_the_result_is_refused(string keys, string expected) =>
        Assert.Contains(Read($"{{{keys}}}").Problems, p => p.ToString().Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void Own_experiment_files_are_valid() =>
        Assert.All(Directory.EnumerateFiles(Path.Combine(Approved.Repository, "experiments"), "*sac*.yaml"),
            f => Assert.Empty(ExperimentFile.Read(f, Catalog()).Problems));

    private static ComponentCatalog Catalog() => new ComponentCatalog().AddTrainables();

    private static ExperimentFileResult Read(string config) =>
        ExperimentFile.Parse($"a: {{run: SAC, env: Pendulum-v1, config: {config.ReplaceLineEndings(" ")}}}", Path.Combine(Approved.Repository, "a.yaml"),
            Catalog());
}
