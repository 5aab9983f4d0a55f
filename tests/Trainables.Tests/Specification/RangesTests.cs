using Tuning.Specification;
using Tuning.Testing;

namespace Tuning.Tests.Specification;

/// <summary>Numbers that nothing could be trained with are refused with their range, before anything is made of them.</summary>
public sealed class RangesTests
{
    [Theory]
    [InlineData("PPO", "CartPole-v1", "num_epochs: 2147483647", "num_epochs: is 2147483647; it must be from 1 to 100,000.")]
    [InlineData("PPO", "CartPole-v1", "train_batch_size: 2147483647", "train_batch_size: is 2147483647; it must be from 1 to 10,000,000.")]
    [InlineData("PPO", "CartPole-v1", "rollout_fragment_length: 2147483647", "rollout_fragment_length: is 2147483647; it must be from 1 to 10,000,000.")]
    [InlineData("PPO", "CartPole-v1", "num_env_runners: 10000, num_envs_per_env_runner: 100000", "1,000,000,000 environments; there can be 1 to 1,000,000")]
    [InlineData("PPO", "CartPole-v1", "num_envs_per_env_runner: 1000, rollout_fragment_length: 1000000", "there can be 1 to 100,000,000")]
    [InlineData("PPO", "CartPole-v1", "model: {fcnet_hiddens: [65536, 65536]}", "4,294,967,296 weights; there can be up to 200,000,000")]
    [InlineData("DQN", "CartPole-v1", "replay_buffer_config: {capacity: 2147483647}", "is 2147483647; it must be from 1 to 100,000,000.")]
    [InlineData("DQN", "CartPole-v1", "buffer_size: 2000000000", "buffer_size: is 2000000000; it must be from 1 to 100,000,000.")]
    [InlineData("DQN", "CartPole-v1", "hiddens: [65536, 65536]", "hiddens: is [256, 65536, 65536], which has")]
    [InlineData("SAC", "Pendulum-v1", "replay_buffer_config: {capacity: 2147483647}", "is 2147483647; it must be from 1 to 100,000,000.")]
    [InlineData("SAC", "Pendulum-v1", "q_model_config: {fcnet_hiddens: [60000, 60000]}", "there can be up to 200,000,000")]
    [InlineData("PPO", "MultiAgentCartPole", "env_config: {num_agents: 2147483648}", "num_agents is 2147483648; it must be a whole number from 1 to 10,000.")]
    [InlineData("PPO", "MultiAgentCartPole", "env_config: {num_agents: 2147483647}", "num_agents is 2147483647; it must be a whole number from 1 to 10,000.")]
    [InlineData("PPO", "MultiAgentPendulum", "env_config: {num_agents: two}", "num_agents is two; it must be a whole number from 1 to 10,000.")]
    [InlineData("PPO", "CartPole-v1", "minibatch_size: 5000", "constraints: [\"minibatch_size <= train_batch_size\"]")]
    public void The_range_is_told(string run, string env, string keys, string expected) =>
        Assert.Contains(Read(run, env, keys, "").Problems, p => p.ToString().Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void Algorithms_of_others_are_hinted_at() =>
        Assert.Contains("run: DQN with config: {double_q: false, dueling: false", Read("SimpleQ", "CartPole-v1", "", "").Problems.Single().Message,
            StringComparison.Ordinal);

    [Fact]
    public void Other_name_of_the_filter_is_understood() =>
        Assert.Empty(Read("PPO", "CartPole-v1", "observation_filter: ConcurrentMeanStdFilter", "").Problems);

    [Fact]
    public void Grid_over_a_key_without_meaning_says_that_trials_became_one()
    {
        var read = Read("PPO", "CartPole-v1", "framework: {grid_search: [tf, torch]}, lr: {grid_search: [0.1, 0.01]}", "");

        Assert.Contains("every 2 trials that would differ in it alone are one.", string.Join('\n', read.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public void Expressions_see_the_defaults_of_parameters_that_nobody_gives()
    {
        var result = Read("PPO", "CartPole-v1", "minibatch_size: {randint: [32, 9000]}, lr: {expr: \"0.1 / num_epochs\"}, gamma: {uniform: [0.9, 0.99], " +
            "when: \"model.fcnet_activation == 'tanh'\"}",
            "constraints: [\"minibatch_size <= train_batch_size\"]");

        Assert.Empty(result.Problems);
        var constants = Assert.Single(result.Experiments).Space.Constants.ToDictionary(c => c.Key, c => c.Value);
        Assert.Equal((4000L, 30L, "tanh"), (constants["train_batch_size"], constants["num_epochs"], constants["model.fcnet_activation"]));
        Assert.DoesNotContain("gamma", constants.Keys);
    }

    [Theory]
    [InlineData("TransformedActionPendulum", "{low: 300.0, high: 500.0}")]
    [InlineData("ray.rllib.examples.env.transformed_action_space_env.TransformedActionPendulum", "{config: {low: 300.0, high: 500.0}}")]
    [InlineData("ray.rllib.examples.envs.classes.transformed_action_space_env.TransformedActionPendulum", "{config: {low: -0.5, high: 500}}")]
    public void Environments_of_RLlibs_examples_are_known_by_their_path(string env, string config)
    {
        Assert.Empty(Read("SAC", env, $"env_config: {config}", "").Problems);
        Assert.Contains(Read("SAC", env, "env_config: {low: 3, high: 1}", "").Problems,
            p => p.ToString().Contains("low must be below high", StringComparison.Ordinal));
        Assert.NotEmpty(Read("SAC", env + "s", "", "").Problems);
    }

    private static ExperimentFileResult Read(string run, string env, string keys, string more) => ExperimentFile.Parse(
        $"a: {{run: {run}, env: {env}, config: {{{keys}}}, {more}}}", Path.Combine(Approved.Repository, "a.yaml"), new ComponentCatalog().AddTrainables());
}
