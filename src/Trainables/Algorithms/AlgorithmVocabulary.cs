using Tuning.Training;

namespace Tuning.Algorithms;

/// <summary>RLlib's older names, keys that only mean something in Python, and keys that would change the result and are not supported: what all algorithms share.</summary>
internal static class AlgorithmVocabulary
{
    private const string AfterTraining = "evaluation follows training here, never beside it, so that its results are those of the iteration's own weights";
    private const string NoSuchModel = "only networks of full layers exist here: fcnet_hiddens, fcnet_activation, vf_share_layers, free_log_std; register a module of your own for others";
    private const string NoFixedLength = "episodes are cut by the environment; register it with maxEpisodeSteps";
    private const string OneBatch = "an iteration is one batch; set train_batch_size";
    private const string BelowMultiAgent = "it stands below multi_agent: {policies: [p0], policy_mapping: {\"*\": p0}, policies_to_train: [p0]}";

    private static readonly string[] _python =
    [
        "framework", "enable_connectors", "num_gpus", "num_gpus_per_worker", "num_gpus_per_env_runner", "num_gpus_per_learner", "num_gpus_per_learner_worker",
        "num_cpus_per_worker", "num_cpus_per_env_runner", "num_cpus_per_learner", "num_cpus_per_learner_worker", "num_cpus_for_local_worker", "num_cpus_for_driver",
        "num_cpus_for_main_process", "custom_resources_per_worker", "custom_resources_per_env_runner", "placement_strategy", "log_level", "log_sys_usage",
        "eager_tracing", "eager_max_retraces", "tf_session_args", "local_tf_session_args", "torch_compile_learner", "torch_compile_worker", "torch_skip_nan_gradients",
        "_enable_learner_api", "_enable_rl_module_api", "_enable_new_api_stack", "enable_rl_module_and_learner", "enable_env_runner_and_connector_v2",
        "_disable_preprocessor_api", "_disable_action_flattening", "_disable_execution_plan_api", "_disable_initialize_loss_from_dummy_batch",
        "disable_env_checking", "render_env", "env_task_fn", "remote_worker_envs", "remote_env_batch_wait_ms", "create_env_on_driver", "create_local_env_runner",
        "validate_workers_after_construction", "validate_env_runners_after_construction", "ignore_worker_failures", "ignore_env_runner_failures",
        "recreate_failed_workers", "restart_failed_env_runners", "restart_failed_sub_environments", "max_requests_in_flight_per_env_runner", "sample_timeout_s",
        "sampler_perf_stats_ema_coef", "compress_observations", "keep_per_episode_custom_metrics", "fake_sampler", "synchronize_filters", "update_worker_filter_stats",
        "use_worker_filter_stats", "export_native_model_files", "checkpoint_trainable_policies_only", "simple_optimizer", "local_gpu_idx", "deterministic_ops",
    ];

    // RLlib's files write these out beside use_lstm: false.
    private static readonly string[] _otherNetworks =
    [
        "max_seq_len", "lstm_cell_size", "lstm_use_prev_action", "lstm_use_prev_reward", "lstm_use_prev_action_reward", "_time_major", "attention_num_transformer_units",
        "attention_dim", "attention_num_heads", "attention_head_dim", "attention_memory_inference", "attention_memory_training", "attention_position_wise_mlp_dim",
        "attention_init_gru_gate_bias", "attention_use_n_prev_actions", "attention_use_n_prev_rewards", "conv_activation", "conv_flattened_dim", "post_fcnet_activation",
        "dim", "grayscale", "zero_mean",
    ];

    private static readonly string[] _besideTraining =
    [
        "evaluation_parallel_to_training", "evaluation_sample_timeout_s", "evaluation_auto_duration_min_env_steps_per_sample",
        "evaluation_auto_duration_max_env_steps_per_sample", "enable_async_evaluation", "in_evaluation",
    ];

    /// <summary>The tables of an algorithm: its own, above those that all share.</summary>
    /// <param name="parameters">Its own older names of options.</param>
    /// <param name="metrics">Its own older names of metrics.</param>
    /// <param name="refused">Keys that it refuses, each with the reason.</param>
    /// <param name="ignored">Keys that it takes with a notice, each with the reason; they win over those that all refuse.</param>
    /// <param name="only">Keys that it takes with certain values only.</param>
    public static TrainableVocabulary With(
        IReadOnlyDictionary<string, string> parameters,
        IReadOnlyDictionary<string, string> metrics,
        IReadOnlyDictionary<string, string> refused,
        IReadOnlyDictionary<string, string>? ignored = null,
        IReadOnlyDictionary<string, FixedParameter>? only = null)
    {
        var own = parameters.Keys.Concat(refused.Keys).Concat(ignored?.Keys ?? []).Concat(only?.Keys ?? []).ToHashSet(StringComparer.Ordinal);
        return new()
        {
            Parameters = Join(parameters, Shared.Parameters),
            Metrics = Merge(metrics, Shared.Metrics),
            Ignored = Join(ignored, Shared.Ignored),
            Refused = Join(refused, Shared.Refused),
            Fixed = Join(only, Shared.Fixed),
        };

        Dictionary<string, T> Join<T>(IReadOnlyDictionary<string, T>? of, IReadOnlyDictionary<string, T> shared) =>
            (of ?? new Dictionary<string, T>()).Concat(shared.Where(s => !own.Contains(s.Key))).ToDictionary(StringComparer.Ordinal);
    }

    private static TrainableVocabulary Shared { get; } = RllibKeys.AddTo(new()
    {
        Parameters = new Dictionary<string, string>
        {
            ["num_workers"] = "num_env_runners",
            ["num_rollout_workers"] = "num_env_runners",
            ["num_envs_per_worker"] = "num_envs_per_env_runner",
            ["train_batch_size_per_learner"] = "train_batch_size",
            ["metrics_smoothing_episodes"] = "metrics_num_episodes_for_smoothing",
            ["lr_schedule"] = "lr",
            ["environment"] = "env",
            ["timesteps_per_iteration"] = "min_sample_timesteps_per_iteration",
            ["multiagent"] = "multi_agent",
            ["num_learner_workers"] = "num_learners",
            ["evaluation_num_workers"] = "evaluation_num_env_runners",
            ["evaluation_num_episodes"] = "evaluation_duration",
            ["evaluation_config.environment"] = "evaluation_config.env",
            ["evaluation_config.num_envs_per_worker"] = "evaluation_config.num_envs_per_env_runner",
            ["model_config.fcnet_hiddens"] = "model.fcnet_hiddens",
            ["model_config.fcnet_activation"] = "model.fcnet_activation",
            ["model_config.free_log_std"] = "model.free_log_std",
            ["model_config.fcnet_kernel_initializer"] = "model.fcnet_kernel_initializer",
        },

        // The longer prefix stands first: the first that fits is taken.
        Metrics = new Dictionary<string, string>
        {
            ["episode_reward_mean"] = "env_runners/episode_return_mean",
            ["episode_reward_min"] = "env_runners/episode_return_min",
            ["episode_reward_max"] = "env_runners/episode_return_max",
            ["episode_return_mean"] = "env_runners/episode_return_mean",
            ["episode_return_min"] = "env_runners/episode_return_min",
            ["episode_return_max"] = "env_runners/episode_return_max",
            ["episode_len_mean"] = "env_runners/episode_len_mean",
            ["episode_len_min"] = "env_runners/episode_len_min",
            ["episode_len_max"] = "env_runners/episode_len_max",
            ["episodes_this_iter"] = "env_runners/num_episodes",
            ["episodes_total"] = "env_runners/num_episodes_lifetime",
            ["timesteps_total"] = "num_env_steps_sampled_lifetime",
            ["num_env_steps_sampled"] = "num_env_steps_sampled_lifetime",
            ["agent_timesteps_total"] = "num_env_steps_sampled_lifetime",
            ["num_agent_steps_sampled"] = "num_env_steps_sampled_lifetime",
            ["counters/num_env_steps_sampled"] = "num_env_steps_sampled_lifetime",
            ["counters/num_agent_steps_sampled"] = "num_env_steps_sampled_lifetime",
            ["info/num_env_steps_sampled"] = "num_env_steps_sampled_lifetime",
            ["timesteps_this_iter"] = "env_runners/num_env_steps_sampled",
            ["num_env_steps_sampled_this_iter"] = "env_runners/num_env_steps_sampled",
            ["sampler_results/episode_reward_mean"] = "env_runners/episode_return_mean",
            ["sampler_results/episode_reward_min"] = "env_runners/episode_return_min",
            ["sampler_results/episode_reward_max"] = "env_runners/episode_return_max",
            ["sampler_results/episodes_this_iter"] = "env_runners/num_episodes",
            ["sampler_results/episodes_timesteps_total"] = "num_env_steps_sampled_lifetime",
            ["env_runners/episode_reward_mean"] = "env_runners/episode_return_mean",
            ["env_runners/episode_reward_min"] = "env_runners/episode_return_min",
            ["env_runners/episode_reward_max"] = "env_runners/episode_return_max",
            ["env_runners/episodes_this_iter"] = "env_runners/num_episodes",
            ["info/learner/default_policy/learner_stats/cur_lr"] = "learners/default_policy/default_optimizer_learning_rate",
            ["info/learner/default_policy/learner_stats/grad_gnorm"] = "learners/default_policy/gradients_default_optimizer_global_norm",
            ["info/learner/default_policy/learner_stats/"] = "learners/default_policy/",
            ["info/learner/"] = "learners/",
            ["sampler_results/"] = "env_runners/",
            ["evaluation/episode_reward_mean"] = "evaluation/env_runners/episode_return_mean",
            ["evaluation/episode_reward_min"] = "evaluation/env_runners/episode_return_min",
            ["evaluation/episode_reward_max"] = "evaluation/env_runners/episode_return_max",
            ["evaluation/episode_return_mean"] = "evaluation/env_runners/episode_return_mean",
            ["evaluation/episode_len_mean"] = "evaluation/env_runners/episode_len_mean",
            ["evaluation/env_runners/episode_reward_mean"] = "evaluation/env_runners/episode_return_mean",
            ["evaluation/env_runners/episode_reward_min"] = "evaluation/env_runners/episode_return_min",
            ["evaluation/env_runners/episode_reward_max"] = "evaluation/env_runners/episode_return_max",
            ["evaluation/sampler_results/episode_reward_mean"] = "evaluation/env_runners/episode_return_mean",
            ["evaluation/sampler_results/episode_reward_min"] = "evaluation/env_runners/episode_return_min",
            ["evaluation/sampler_results/episode_reward_max"] = "evaluation/env_runners/episode_return_max",
            ["evaluation/episodes_this_iter"] = "evaluation/env_runners/num_episodes",
            ["evaluation/num_env_steps_sampled_this_iter"] = "evaluation/env_runners/num_env_steps_sampled",
            ["evaluation/timesteps_this_iter"] = "evaluation/env_runners/num_env_steps_sampled",
            ["evaluation/sampler_results/"] = "evaluation/env_runners/",
        },
        Ignored = _python.Select(k => (Key: k, Why: "only means something in Python"))
            .Concat(_otherNetworks.Select(k => (Key: "model." + k, Why: "only means something for networks that do not exist here")))
            .Concat(_besideTraining.Select(k => (Key: k, Why: AfterTraining)))
            .ToDictionary(k => k.Key, k => k.Why),
        Refused = new Dictionary<string, string>
        {
            ["policies"] = BelowMultiAgent,
            ["policy_mapping_fn"] = "a file maps agents to policies by multi_agent.policy_mapping, C# also by a function",
            ["policies_to_train"] = BelowMultiAgent,
            ["soft_horizon"] = NoFixedLength,
            ["no_done_at_end"] = "episodes are cut by the environment; terminated and truncated are told apart",
            ["clip_rewards"] = "rewards are not changed here; change them in the environment",
            ["min_time_s_per_iteration"] = "an iteration is one batch, so that results do not depend on the clock",
            ["min_train_timesteps_per_iteration"] = OneBatch,
            ["optimizer"] = "the optimizer is Adam with PyTorch's defaults",
            ["custom_evaluation_function"] = "Python functions cannot run here; algorithm.Evaluate() and the hook OnEvaluateEnd are C#'s",
            ["off_policy_estimation_methods"] = "there are no recorded samples to estimate from",
            ["input"] = "reading recorded samples does not exist here",
            ["output"] = "recording samples does not exist here",
            ["callbacks"] = "Python classes cannot run here; set hooks in C# with config.Callbacks, or under the experiment's own 'callbacks'",
            ["model.use_lstm"] = NoSuchModel,
            ["model.use_attention"] = NoSuchModel,
            ["model.conv_filters"] = NoSuchModel,
            ["model.custom_model"] = NoSuchModel,
            ["model.custom_model_config"] = NoSuchModel,
            ["model.custom_action_dist"] = NoSuchModel,
            ["model.post_fcnet_hiddens"] = NoSuchModel,
            ["model.head_fcnet_hiddens"] = NoSuchModel,
            ["model.no_final_linear"] = NoSuchModel,
            ["model.framestack"] = NoSuchModel,
        },
    });

    // Its own stand first: of prefixes the first that fits is taken.
    private static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string> own, IReadOnlyDictionary<string, string> shared) =>
        own.Concat(shared.Where(s => !own.ContainsKey(s.Key))).ToDictionary(StringComparer.Ordinal);
}
