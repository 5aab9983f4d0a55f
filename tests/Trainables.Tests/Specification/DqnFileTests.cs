using Tuning.Algorithms;
using Tuning.Specification;
using Tuning.Testing;

namespace Tuning.Tests.Specification;

/// <summary>Experiment files against the real DQN and the real environments.</summary>
public sealed class DqnFileTests
{
    [Fact]
    public void The_file_of_RLlib_is_read_unmodified()
    {
        var result = ExperimentFile.Read(RllibExamples.Require("cartpole-dqn.yaml"), Catalog());

        Assert.Empty(result.Problems);
        Assert.Equal("DQN", Assert.Single(result.Experiments).Run);
        Assert.Contains("'framework'", Assert.Single(result.Notices).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Own_experiment_files_are_valid() =>
        Assert.All(Directory.EnumerateFiles(Path.Combine(Approved.Repository, "experiments"), "*dqn*.yaml"),
            f => Assert.Empty(ExperimentFile.Read(f, Catalog()).Problems));

    [Theory]
    [InlineData("lr: {uniform: [0.0001, 0.001]}, n_step: [1, 5], epsilon: [[0, 1.0], [10000, 0.05]]")]
    [InlineData("replay_buffer_config: {type: PrioritizedEpisodeReplayBuffer, capacity: 50000, alpha: 0.6, beta: 0.4}")]
    [InlineData("replay_buffer_config: {_enable_replay_buffer_api: true, type: MultiAgentPrioritizedReplayBuffer, capacity: 50000, prioritized_replay_alpha: " +
        "0.5, prioritized_replay_beta: 0.4, prioritized_replay_eps: 1.0e-5, replay_sequence_length: 1, storage_unit: timesteps}")]
    [InlineData("buffer_size: 5000, prioritized_replay: false, learning_starts: 500, target_network_update_freq: 200")]
    [InlineData("exploration_config: {type: EpsilonGreedy, initial_epsilon: 1.0, final_epsilon: 0.02, epsilon_timesteps: 200000}, hiddens: [512], num_atoms: " +
        "1, noisy: false, v_min: -10, v_max: 10, sigma0: 0.5")]
    [InlineData("exploration_config: {type: SoftQ, temperature: 0.5}, training_intensity: null, store_buffer_in_checkpoints: false, " +
        "before_learn_on_batch: null")]
    [InlineData("double_q: false, dueling: false, n_step: 1, td_error_loss_fn: mse, tau: 0.01, adam_epsilon: 0.00015, grad_clip: 10, grad_clip_by: " +
        "global_norm, min_sample_timesteps_per_iteration: 10000")]
    [InlineData("timesteps_per_iteration: 1000, num_workers: 0, num_gpus: 1, rollout_fragment_length: auto, compress_observations: true, burn_in_len: 0")]
    public void What_RLlib_files_say_is_understood(string keys) => Assert.Empty(Read(keys).Problems);

    [Theory]
    [InlineData("hiddens: [512]", "[512]", null)]
    [InlineData("exploration_config: {type: SoftQ, temperature: 0.5}", "[256]", "'exploration_config' is of RLlib's old API stack")]
    [InlineData("model: {fcnet_hiddens: [64], fcnet_activation: linear}", "[256]", "'model.fcnet_activation' makes an encoder that is linear throughout")]
    [InlineData("model_config: {fcnet_activation: linear}, n_step: 3, exploration_config: {type: SoftQ}", "[256]", "hiddens is [256]")]
    [InlineData("model: {fcnet_hiddens: []}", "[256]", "'model.fcnet_hiddens' makes an encoder")]
    [InlineData("enable_rl_module_and_learner: false", "[256]", "'enable_rl_module_and_learner' is of RLlib's old")]
    [InlineData("enable_rl_module_and_learner: true", null, null)]
    [InlineData("model: {fcnet_activation: linear}, hiddens: []", "[]", null)]
    [InlineData("model: {fcnet_activation: linear}, hiddens: {choice: [[8], [16, 16]]}", null, null)]
    [InlineData("model: {fcnet_hiddens: [64], fcnet_activation: relu}, framework: tf, num_workers: 1", null, null)]
    public void Files_of_the_old_stack_get_its_network(string keys, string? hiddens, string? notice)
    {
        var result = Read(keys);

        Assert.Empty(result.Problems);
        var given = Assert.Single(result.Experiments).Space.Constants.FirstOrDefault(c => c.Key == "hiddens").Value;
        Assert.Equal(hiddens, given is null ? null : ParameterSet.Empty.With("v", given).ToString()[5..^1]);
        Assert.Equal(notice is null ? 0 : 1, result.Notices.Count(n => n.Message.Contains("give hiddens to have others", StringComparison.Ordinal)));
        Assert.Contains(notice ?? "", string.Join('\n', result.Notices.Select(n => n.Message)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("noisy: true", "'noisy' is not supported")]
    [InlineData("num_atoms: 51", "num_atoms: is 51; it must be 1")]
    [InlineData("before_learn_on_batch: f", "'before_learn_on_batch' is not supported")]
    [InlineData("final_prioritized_replay_beta: 0.9", "is not supported")]
    [InlineData("replay_buffer_config: {capacty: 10}", "Did you mean 'replay_buffer_config.capacity'?")]
    [InlineData("replay_buffer_config: {type: ReservoirReplayBuffer}", "replay_buffer_config.type: is 'ReservoirReplayBuffer'")]
    [InlineData("exploration_config: {type: ParameterNoise}", "exploration_config.type: is 'ParameterNoise'")]
    [InlineData("n_step: fast", "n_step: is 'fast'; it must be a whole number, or a range of two")]
    [InlineData("num_epochs: 3", "'num_epochs' is no parameter of 'DQN'")]
    [InlineData("replay_buffer_config: {capacity: 1000000000000}", "capacity: is 1000000000000; it must be a whole number of at most 2,147,483,647.")]
    [InlineData("replay_buffer_config: {capacity: 1.0e+12}", "it must be a whole number of at most 2,147,483,647.")]
    [InlineData("replay_buffer_config: {capacity: 2.5}", "capacity: is 2.5; it must be a whole number.")]
    [InlineData("epsilon: [[0, 1.0], [1489.5, 0.05]]", "[1489.5,0.05] is no point [step, value]: its step is no whole number")]
    public void What_would_change_the_result_is_refused(string keys, string expected) =>
        Assert.Contains(Read(keys).Problems, p => p.ToString().Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void Old_names_lead_to_options_that_exist() => Assert.All(
        ForeignNames.Of("DQN").Parameters.Values, name =>
            Assert.Contains(name.Split('.')[0], ((Tuning.Training.TrainableDefinition)new DqnConfig()).ParameterNames.Select(n => n.Split('.')[0])));

    [Theory]
    [InlineData("buffer_size: 0", "a.config.buffer_size: is 0; it must be at least 1")]
    [InlineData("prioritized_replay_alpha: -1", "a.config.prioritized_replay_alpha: is -1; it must be at least 0")]
    [InlineData("replay_buffer_config: {learning_starts: -5}", "a.config.replay_buffer_config.learning_starts: is -5; it must be at least 0")]
    public void Old_names_are_checked_like_new_ones(string keys, string expected) =>
        Assert.Contains(Read(keys).Problems, p => p.ToString().Contains(expected, StringComparison.Ordinal));

    private static ComponentCatalog Catalog() => new ComponentCatalog().AddTrainables();

    private static ExperimentFileResult Read(string keys) =>
        ExperimentFile.Parse($"a: {{run: DQN, env: CartPole-v1, config: {{{keys}}}}}", Path.Combine(Approved.Repository, "a.yaml"), Catalog());
}
