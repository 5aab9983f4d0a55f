using Tuning.Algorithms;
using Tuning.Training;

namespace Tuning.Ppo;

/// <summary>PPO's part of RLlib's vocabulary.</summary>
internal static class PpoVocabulary
{
    /// <summary>The tables.</summary>
    public static TrainableVocabulary Tables { get; } = AlgorithmVocabulary.With(
        new Dictionary<string, string>
        {
            ["sgd_minibatch_size"] = "minibatch_size",
            ["minibatch_size_per_learner"] = "minibatch_size",
            ["mini_batch_size_per_learner"] = "minibatch_size",
            ["num_sgd_iter"] = "num_epochs",
            ["lambda_"] = "lambda",
            ["shuffle_sequences"] = "shuffle_batch_per_epoch",
            ["entropy_coeff_schedule"] = "entropy_coeff",
            ["vf_share_layers"] = "model.vf_share_layers",
            ["model_config.vf_share_layers"] = "model.vf_share_layers",
            ["use_gsde"] = "model.use_gsde",
            ["use_sde"] = "model.use_gsde",
            ["sde_sample_freq"] = "gsde_sample_freq",
            ["log_std_init"] = "model.initial_log_std",
        },
        new Dictionary<string, string>
        {
            ["info/learner/default_policy/learner_stats/kl"] = "learners/default_policy/mean_kl_loss",
            ["info/learner/default_policy/learner_stats/cur_kl_coeff"] = "learners/default_policy/curr_kl_coeff",
            ["info/learner/default_policy/learner_stats/entropy_coeff"] = "learners/default_policy/curr_entropy_coeff",
        },
        new Dictionary<string, string>
        {
            ["exploration_config"] = "actions are drawn from the policy's distribution",
        },
        only: new Dictionary<string, FixedParameter>
        {
            ["exploration_config.type"] = new(["StochasticSampling"], "actions are drawn from the policy's distribution"),
        });
}
