using Tuning.Specification;
using Tuning.Testing;

namespace Tuning.Tests.Specification;

/// <summary>Experiment files against the real PPO and the real environments.</summary>
public sealed class PpoFileTests
{
    [Theory]
    [InlineData("pendulum-ppo.yaml")]
    [InlineData("cartpole-ppo.yaml")]
    public void Files_of_rllib_are_read_unmodified(string name)
    {
        var path = RllibExamples.Require(name);

        var result = ExperimentFile.Read(path, Catalog());

        Assert.Empty(result.Problems);
        Assert.Equal(["env_runners/episode_return_mean", "num_env_steps_sampled_lifetime"], Assert.Single(result.Experiments).Stop.Select(s => s.Metric));
        Assert.Contains("'framework', 'enable_connectors' have no meaning here", Assert.Single(result.Notices).Message);
    }

    [Fact]
    public void A_file_can_run_an_algorithm_with_callbacks_of_the_program()
    {
        var catalog = Catalog().AddTrainable(new PpoConfig().Environment("CartPole-v1").Callbacks(onTrainResult: (_, _) => { }).ToTrainable("my-ppo"));

        var result = ExperimentFile.Parse("a: {run: my-ppo, config: {lr: 0.1, num_workers: 1}}", Path.Combine(Approved.Repository, "a.yaml"), catalog);

        Assert.Empty(result.Problems);
        Assert.Equal("my-ppo", Assert.Single(result.Experiments).Run);
        Assert.Equal("PPO", ((Training.TrainableDefinition)new PpoConfig()).Name);
    }

    [Fact]
    public void Own_experiment_files_are_valid() =>
        Assert.All(Directory.EnumerateFiles(Path.Combine(Approved.Repository, "experiments"), "*ppo*.yaml")
            .Where(f => !Path.GetFileName(f).StartsWith("gym-", StringComparison.Ordinal)), // those of Gymnasium.Tests
            f => Assert.Empty(ExperimentFile.Read(f, Catalog()).Problems));

    [Fact]
    public void Checkpoint_is_restored_by_a_hook_of_the_file() =>
        Assert.Empty(Read("a: {run: PPO, env: Pendulum-v1, callbacks: {on_algorithm_init: [{restore_from_path: {path: .}}]}}").Problems);

    [Theory]
    [InlineData("env: Pendulum-v2", "a.env: 'Pendulum-v2' is no environment. Did you mean 'Pendulum-v1'?")]
    [InlineData("config: {lr: fast, env: CartPole-v1}", "a.config.lr: is 'fast'; it must be")]
    [InlineData("config: {num_epochs: 2.5, env: CartPole-v1}", "a.config.num_epochs: is 2.5; it must be a whole number")]
    [InlineData("config: {use_critic: yes, env: CartPole-v1}", "In YAML 1.2 'yes' is a text; write true.")]
    [InlineData("config: {sgd_minibatch_sise: 64, env: CartPole-v1}", "a.config.sgd_minibatch_sise: 'sgd_minibatch_sise' is no parameter of 'PPO'.")]
    [InlineData("config: {model: {fcnet_hiden: [64]}, env: CartPole-v1}", "Did you mean 'model.fcnet_hiddens'?")]
    [InlineData("config: {gamma: {uniform: [0.9, 1.5]}, env: CartPole-v1}", "a.config.gamma: is 1.5; it must be")]
    [InlineData("config: {model: {use_lstm: true}, env: CartPole-v1}", "a.config.model.use_lstm: 'model.use_lstm' is not supported")]
    public void Bad_file_gets_its_error(string line, string expected) =>
        Assert.Contains(Read($"a: {{run: PPO, {line}}}").Problems, p => p.ToString().Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void Unsupported_key_that_is_switched_off_asks_for_nothing() =>
        Assert.Empty(Read("a: {run: PPO, config: {env: CartPole-v1, evaluation_interval: null, clip_rewards: false, horizon: null, model: {use_lstm: false, " +
            "use_attention: false}}}").Problems);

    [Theory]
    [InlineData("lr_schedule: null, entropy_coeff_schedule: null")]
    [InlineData("entropy_coeff_schedule: null, entropy_coeff: 0.01")]
    [InlineData("multiagent: {}, evaluation_config: {}, exploration_config: {}, timesteps_per_iteration: 0")]
    [InlineData("explore: true")]
    [InlineData("evaluation_interval: 5, evaluation_num_workers: 1, evaluation_num_episodes: 20, evaluation_config: {explore: false, env_config: {}}, " +
        "always_attach_evaluation_results: true")]
    [InlineData("evaluation_interval: 1, evaluation_duration: 500, evaluation_duration_unit: timesteps, evaluation_parallel_to_training: true, " +
        "evaluation_sample_timeout_s: 120, off_policy_estimation_methods: {}")]
    [InlineData("evaluation_config: null, evaluation_interval: 0, custom_evaluation_function: null, in_evaluation: false")]
    [InlineData("model: {use_lstm: false, max_seq_len: 20, lstm_cell_size: 256, post_fcnet_hiddens: [], conv_filters: null, framestack: false}")]
    public void What_RLlib_files_write_out_without_need_is_no_problem(string keys) =>
        Assert.Empty(Read($"a: {{run: PPO, config: {{env: CartPole-v1, {keys}}}}}").Problems);

    [Theory]
    [InlineData("multiagent: {policies: {a: null}}", "CartPole-v1 has one agent")]
    [InlineData("custom_evaluation_function: mine.evaluate", "'custom_evaluation_function' is not supported")]
    [InlineData("evaluation_config: {gamma: 0.5}", "'evaluation_config.gamma' is no option here. Options: env, env_config, explore, num_envs_per_env_runner.")]
    [InlineData("lr_schedule: fast", "a.config.lr_schedule: is 'fast'")]
    public void What_would_change_the_result_is_refused(string keys, string expected) =>
        Assert.Contains(Read($"a: {{run: PPO, config: {{env: CartPole-v1, {keys}}}}}").Problems,
            p => p.ToString().Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void A_file_stops_by_an_evaluation_under_any_of_its_names()
    {
        var result = Read("a: {run: PPO, env: CartPole-v1, stop: {evaluation/episode_reward_mean: 100}, config: {evaluation_interval: 2}, tune: {metric: " +
            "evaluation/sampler_results/episode_reward_mean, mode: max}}");

        Assert.Empty(result.Problems);
        Assert.Equal("evaluation/env_runners/episode_return_mean", Assert.Single(Assert.Single(result.Experiments).Stop).Metric);
        Assert.Equal("evaluation/env_runners/episode_return_mean", Assert.Single(Assert.Single(result.Experiments).Objectives).Metric);
    }

    private static ComponentCatalog Catalog() => new ComponentCatalog().AddTrainables();

    private static ExperimentFileResult Read(string yaml) => ExperimentFile.Parse(yaml, Path.Combine(Approved.Repository, "a.yaml"), Catalog());
}
