using Tuning.Algorithms;
using Tuning.Training;

namespace Tuning.Sac;

/// <summary>SAC's part of RLlib's vocabulary.</summary>
internal static class SacVocabulary
{
    private const string NoSuchModel = "only networks of full layers exist here: fcnet_hiddens, fcnet_activation; register a module of your own for others";

    private static readonly string[] _models = ["q_model_config.", "policy_model_config."];

    /// <summary>The tables.</summary>
    public static TrainableVocabulary Tables { get; } = AlgorithmVocabulary.With(
        new Dictionary<string, string>
        {
            ["Q_model"] = "q_model_config",
            ["q_model"] = "q_model_config",
            ["policy_model"] = "policy_model_config",
            ["q_model_config.hidden_activation"] = "q_model_config.fcnet_activation",
            ["q_model_config.hidden_layer_sizes"] = "q_model_config.fcnet_hiddens",
            ["policy_model_config.hidden_activation"] = "policy_model_config.fcnet_activation",
            ["policy_model_config.hidden_layer_sizes"] = "policy_model_config.fcnet_hiddens",
            ["optimization.actor_learning_rate"] = "actor_lr",
            ["optimization.critic_learning_rate"] = "critic_lr",
            ["optimization.entropy_learning_rate"] = "alpha_lr",
            ["optimization_config.actor_learning_rate"] = "actor_lr",
            ["optimization_config.critic_learning_rate"] = "critic_lr",
            ["optimization_config.entropy_learning_rate"] = "alpha_lr",
            ["grad_norm_clipping"] = "grad_clip",
            ["use_gsde"] = "policy_model_config.use_gsde",
            ["use_sde"] = "policy_model_config.use_gsde",
            ["log_std_init"] = "policy_model_config.initial_log_std",
            ["sde_sample_freq"] = "gsde_sample_freq",
        }.Concat(ReplayVocabulary.Parameters).ToDictionary(),
        new Dictionary<string, string>
        {
            ["info/learner/default_policy/learner_stats/mean_q"] = "learners/default_policy/qf_mean",
            ["info/learner/default_policy/learner_stats/max_q"] = "learners/default_policy/qf_max",
            ["info/learner/default_policy/learner_stats/min_q"] = "learners/default_policy/qf_min",
            ["learners/default_policy/policy_loss"] = "learners/default_policy/actor_loss",
        },
        new Dictionary<string, string>
        {
            ["_deterministic_loss"] = "the loss is that of drawn actions",
            ["_use_beta_distribution"] = "continuous actions are squashed normal numbers",
            ["optimization"] = "it has actor_learning_rate, critic_learning_rate and entropy_learning_rate, and nothing else",
            ["optimization_config"] = "it has actor_learning_rate, critic_learning_rate and entropy_learning_rate, and nothing else",
        }.Concat(_models.SelectMany(m => ((string[])["custom_model", "custom_model_config", "post_fcnet_hiddens", "conv_filters", "use_lstm", "use_attention"]).Select(k => KeyValuePair.Create(m + k, NoSuchModel)))).ToDictionary(),
        new Dictionary<string, string>
        {
            ["use_state_preprocessor"] = "only means something in Python",
            ["no_done_at_end"] = "an episode that is cut off is never taken for one that ended",
        }.Concat(_models.Select(m => KeyValuePair.Create(m + "post_fcnet_activation", "only means something for networks that do not exist here")))
            .Concat(ReplayVocabulary.Ignored).ToDictionary());
}
