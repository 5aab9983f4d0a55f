using Tuning.Training;

namespace Tuning.Algorithms;

/// <summary>
/// The rest of the keys that RLlib's configurations have had: so that its files run where they mean what is done here, and are refused where
/// they do not. docs/rllib-keys.md lists all; what an algorithm has as an option of its own is in its options.
/// </summary>
internal static class RllibKeys
{
    private const string Python = "only means something in Python";
    private const string Processes = "environments run in this process";
    private const string Code = "Python code cannot run here";
    private const string Offline = "only means something for recorded samples, which do not exist here";
    private const string Initializers = "layers begin as fcnet_kernel_initializer says, with biases of 0";
    private const string NotHere = "only means something for networks that do not exist here";

    private static readonly Dictionary<string, string[]> _ignored = new()
    {
        [Python] =
        [
            "use_pytorch", "use_eager", "eager", "no_eager_on_workers", "gpu", "num_accs", "_fake_accs", "_fake_gpus", "num_tpus", "extra_python_environs_for_driver",
            "extra_python_environs_for_worker", "auto_wrap_old_gym_envs", "is_atari", "_is_atari", "env_runner_cls", "worker_cls", "sample_collector", "enable_tf1_exec_eagerly",
            "torch_compile_learner_what_to_compile", "torch_compile_learner_dynamo_backend", "torch_compile_learner_dynamo_mode", "torch_compile_worker_dynamo_backend",
            "torch_compile_worker_dynamo_mode", "torch_ddp_kwargs", "_use_trajectory_view_api", "use_exec_api", "_tf_policy_handles_more_than_one_loss", "_validate_config",
            "_use_msgpack_checkpoints", "_run_training_always_in_thread", "_evaluation_parallel_to_training_wo_thread", "_torch_grad_scaler_class", "logger_config",
            "logger_creator", "episodes_to_numpy", "gym_env_vectorize_mode", "monitor", "record_env", "policy_map_cache", "policy_map_capacity", "policy_states_are_swappable",
            "multi_agent.policy_map_cache", "multi_agent.policy_map_capacity", "multi_agent.policy_states_are_swappable", "model._use_default_native_models",
            "model._disable_preprocessor_api", "model._disable_action_flattening", "model.always_check_shapes",
        ],
        [Processes] =
        [
            "memory", "object_store_memory", "memory_per_worker", "object_store_memory_per_worker", "worker_health_probe_timeout_s", "worker_restore_timeout_s",
            "env_runner_health_probe_timeout_s", "env_runner_restore_timeout_s", "num_consecutive_worker_failures_tolerance", "num_consecutive_env_runner_failures_tolerance",
            "max_num_worker_restarts", "max_num_env_runner_restarts", "delay_between_worker_restarts_s", "delay_between_env_runner_restarts_s", "create_env_on_local_worker",
            "max_requests_in_flight_per_sampler_worker", "max_requests_in_flight_per_learner", "max_requests_in_flight_per_aggregator_actor",
            "num_aggregator_actors_per_learner", "metrics_episode_collection_timeout_s", "collect_metrics_timeout", "sync_filters_on_rollout_workers_timeout_s",
            "broadcast_env_runner_states", "broadcast_offline_eval_runner_states", "merge_env_runner_states", "_dont_auto_sync_env_runner_states",
        ],
        [Offline] =
        [
            "input_config", "actions_in_input_normalized", "postprocess_inputs", "shuffle_buffer_size", "output_config", "output_compress_columns", "output_max_file_size",
            "output_max_rows_per_file", "output_write_method", "output_write_remaining_data", "ope_split_batch_by_episode", "input_evaluation",
        ],
        ["iterations do not depend on the clock; they end after min_sample_timesteps_per_iteration steps"] = ["min_time_s_per_iteration", "min_iter_time_s", "min_time_s_per_reporting"],
        ["an episode that is cut off is never taken for one that ended"] = ["no_done_at_end"],
        ["evaluation follows training here, never beside it"] =
            ["enable_async_evaluation", "evaluation_auto_duration_min_env_steps_per_sample", "evaluation_auto_duration_max_env_steps_per_sample"],
        ["only means something for pixels"] = ["preprocessor_pref"],
        ["connectors see one step at a time"] = ["episode_lookback_horizon"],
        ["gradients are not logged, their norm is"] = ["log_gradients"],
        [NotHere] =
        [
            "model.conv_kernel_initializer", "model.conv_kernel_initializer_config", "model.conv_bias_initializer", "model.conv_bias_initializer_config", "model.head_fcnet_activation",
            "model.lstm_weights_initializer", "model.lstm_weights_initializer_config", "model.lstm_bias_initializer", "model.lstm_bias_initializer_config",
            "model.lstm_kernel_initializer", "model.lstm_kernel_initializer_kwargs", "model.post_fcnet_weights_initializer", "model.post_fcnet_weights_initializer_config",
            "model.post_fcnet_bias_initializer", "model.post_fcnet_bias_initializer_config",
        ],
    };

    private static readonly Dictionary<string, string[]> _refused = new()
    {
        [Code] = ["learner_class", "custom_evaluation_function", "custom_eval_function", "learner_connector", "env_to_module_connector", "module_to_env_connector", "rl_module_spec", "_rl_module_spec", "env_task_fn", "observation_fn", "multi_agent.observation_fn"],
        ["Python functions cannot run here; write policy_mapping, a map from agents or patterns of agents to policies"] = ["policy_mapping_fn", "multi_agent.policy_mapping_fn"],
        ["the environment says what it shows and takes"] = ["observation_space", "action_space", "action_mask_key"],
        ["all policies are trained with the same options, but for their networks: multi_agent.policies"] = ["algorithm_config_overrides_per_module", "_per_module_overrides"],
        ["a learner of your own gets all options; register it"] = ["learner_config_dict"],
        ["runners play while nothing trains"] = ["sample_async"],
        ["experience is never made up"] = ["fake_sampler"],
        ["gradients that are no numbers are not skipped"] = ["torch_skip_nan_gradients"],
        ["a learning rate follows a schedule: lr: [[0, 0.001], [100000, 0]]"] = ["_torch_lr_scheduler_classes"],
        ["an iteration is as many training steps as min_sample_timesteps_per_iteration takes"] = ["min_train_timesteps_per_reporting"],
        [Offline] = ["offline_sampling", "off_policy_estimation_methods"],
        [Initializers] =
        [
            "model.fcnet_weights_initializer", "model.fcnet_weights_initializer_config", "model.fcnet_bias_initializer", "model.fcnet_bias_initializer_config",
            "model.fcnet_kernel_initializer_kwargs", "model.fcnet_bias_initializer_kwargs", "model.head_fcnet_kernel_initializer", "model.head_fcnet_bias_initializer",
        ],
        ["only networks of full layers exist here"] = ["model.custom_preprocessor", "model.encoder_latent_dim"],
    };

    private static readonly Dictionary<string, FixedParameter> _fixed = new()
    {
        ["input"] = new(["sampler"], "reading recorded samples does not exist here"),
        ["input_"] = new(["sampler"], "reading recorded samples does not exist here"),
        ["synchronize_filters"] = new([true], "filters of all runners are brought together after every iteration"),
        ["update_worker_filter_stats"] = new([true], "filters of all runners are brought together after every iteration"),
        ["use_worker_filter_stats"] = new([true], "filters of all runners are brought together after every iteration"),
        ["count_steps_by"] = new(["env_steps"], "steps always mean environment steps"),
        ["multi_agent.count_steps_by"] = new(["env_steps"], "steps always mean environment steps"),
        ["multi_agent.replay_mode"] = new(["independent"], "each policy has a replay buffer of its own"),
        ["add_default_connectors_to_env_to_module_pipeline"] = new([true], "connectors of your own stand beside the default ones"),
        ["add_default_connectors_to_module_to_env_pipeline"] = new([true], "connectors of your own stand beside the default ones"),
        ["add_default_connectors_to_learner_pipeline"] = new([true], "connectors of your own stand beside the default ones"),
        ["model.log_std_clip_param"] = new([20], "log standard deviations are not clipped to less"),
        ["model.fcnet_use_bias"] = new([true], "layers have biases"),
        ["model.head_fcnet_use_bias"] = new([true], "layers have biases"),
    };

    private static readonly Dictionary<string, string> _parameters = new()
    {
        ["policies"] = "multi_agent.policies",
        ["policies_to_train"] = "multi_agent.policies_to_train",
        ["policy_mapping"] = "multi_agent.policy_mapping",
        ["sample_batch_size"] = "rollout_fragment_length",
        ["min_sample_timesteps_per_reporting"] = "min_sample_timesteps_per_iteration",
        ["grad_norm_clipping"] = "grad_clip",
    };

    /// <summary>Tables with these keys; where both say something of a key, these do.</summary>
    public static TrainableVocabulary AddTo(TrainableVocabulary tables)
    {
        var (ignored, refused) = (ByKey(_ignored), ByKey(_refused));
        return tables with
        {
            Parameters = Join(tables.Parameters, _parameters),
            Ignored = Join(Without(tables.Ignored), ignored),
            Refused = Join(Without(tables.Refused), refused),
            Fixed = Join(tables.Fixed, _fixed),
        };

        Dictionary<string, string> Without(IReadOnlyDictionary<string, string> table) =>
            table.Where(t => !ignored.ContainsKey(t.Key) && !refused.ContainsKey(t.Key) && !_fixed.ContainsKey(t.Key) && !_parameters.ContainsKey(t.Key)).ToDictionary();
    }

    private static Dictionary<string, string> ByKey(Dictionary<string, string[]> byReason) => byReason.SelectMany(r => r.Value.Select(key => KeyValuePair.Create(key, r.Key))).ToDictionary();

    private static Dictionary<string, T> Join<T>(IReadOnlyDictionary<string, T> below, IReadOnlyDictionary<string, T> above) =>
        below.Where(b => !above.ContainsKey(b.Key)).Concat(above).ToDictionary();
}
