using Tuning.Algorithms;
using Tuning.Training;

namespace Tuning.Dqn;

/// <summary>DQN's part of RLlib's vocabulary.</summary>
internal static class DqnVocabulary
{
    private const string NoDistribution = "only means something for distributions of returns or noisy networks";
    private const string NoAnnealing = "beta stays as it is: replay_buffer_config.beta";

    /// <summary>The tables.</summary>
    public static TrainableVocabulary Tables { get; } = AlgorithmVocabulary.With(
        new Dictionary<string, string>(ReplayVocabulary.Parameters)
        {
            ["target_network_update_freq_ts"] = "target_network_update_freq",
        },
        new Dictionary<string, string>
        {
            ["info/learner/default_policy/learner_stats/mean_q"] = "learners/default_policy/qf_mean",
            ["info/learner/default_policy/learner_stats/min_q"] = "learners/default_policy/qf_min",
            ["info/learner/default_policy/learner_stats/max_q"] = "learners/default_policy/qf_max",
            ["info/learner/default_policy/learner_stats/mean_td_error"] = "learners/default_policy/td_error_mean",
            ["info/learner/default_policy/mean_td_error"] = "learners/default_policy/td_error_mean",
            ["info/num_target_updates"] = "learners/default_policy/num_target_updates",
            ["info/last_target_update_ts"] = "learners/default_policy/last_target_update_ts",
            ["counters/num_target_updates"] = "learners/default_policy/num_target_updates",
            ["counters/last_target_update_ts"] = "learners/default_policy/last_target_update_ts",
        },
        new Dictionary<string, string>
        {
            ["noisy"] = "networks with noise in their weights do not exist here; explore with epsilon or exploration_config",
            ["before_learn_on_batch"] = "Python functions cannot run here; register a learner of your own",
            ["final_prioritized_replay_beta"] = NoAnnealing,
            ["prioritized_replay_beta_annealing_timesteps"] = NoAnnealing,
            ["burn_in_len"] = "only networks without memory exist here",
            ["model.dueling"] = "it is an option of its own: dueling",
        },
        new Dictionary<string, string>(ReplayVocabulary.Ignored)
        {
            ["hiddens"] = "the heads stand on the last layer of model.fcnet_hiddens, as in RLlib's new API stack",
            ["v_min"] = NoDistribution,
            ["v_max"] = NoDistribution,
            ["sigma0"] = NoDistribution,
            ["categorical_distribution_temperature"] = "only exploration_config.temperature is drawn by; evaluation takes the best action",
        });
}
