using System.Text;
using Tuning.Algorithms;
using Tuning.Specification;
using Tuning.Testing;
using Tuning.Training;

namespace Tuning.Tests.Documents;

/// <summary>
/// docs/rllib-keys.md has every key of a configuration that an algorithm knows, and what becomes of it; <c>TUNER_APPROVE=1</c> writes its
/// tables anew. The keys that RLlib's configurations have had are known to all algorithms, one way or another.
/// </summary>
public sealed class RllibKeysTests
{
    private const string File = "docs/rllib-keys.md";
    private const string Marker = "<!-- The tables below are written by RllibKeysTests. -->\n";

    // The names of what AlgorithmConfig and its predecessors take, by the method or the section they belong to.
    private const string Shared =
        """
        num_gpus _fake_gpus num_cpus_for_main_process num_cpus_per_worker num_gpus_per_worker custom_resources_per_worker num_cpus_for_driver
        num_cpus_for_local_worker placement_strategy
        num_learner_workers num_gpus_per_learner_worker num_cpus_per_learner_worker local_gpu_idx memory object_store_memory memory_per_worker
        object_store_memory_per_worker
        framework eager_tracing eager_max_retraces tf_session_args local_tf_session_args torch_compile_learner torch_compile_learner_what_to_compile
        torch_compile_learner_dynamo_backend
        torch_compile_learner_dynamo_mode torch_compile_worker torch_compile_worker_dynamo_backend torch_compile_worker_dynamo_mode torch_ddp_kwargs
        torch_skip_nan_gradients use_pytorch eager use_eager
        no_eager_on_workers extra_python_environs_for_driver extra_python_environs_for_worker
        env env_config observation_space action_space env_task_fn render_env clip_rewards normalize_actions clip_actions disable_env_checking is_atari _is_atari
        auto_wrap_old_gym_envs action_mask_key
        env_runner_cls num_workers num_rollout_workers num_env_runners num_envs_per_worker num_envs_per_env_runner create_env_on_driver
        create_env_on_local_worker create_local_env_runner
        num_cpus_per_env_runner num_gpus_per_env_runner custom_resources_per_env_runner validate_workers_after_construction
        validate_env_runners_after_construction sample_collector sample_async
        enable_connectors env_to_module_connector module_to_env_connector add_default_connectors_to_env_to_module_pipeline
        add_default_connectors_to_module_to_env_pipeline
        episode_lookback_horizon use_worker_filter_stats update_worker_filter_stats merge_env_runner_states broadcast_env_runner_states compress_observations
        rollout_fragment_length sample_batch_size
        batch_mode remote_worker_envs remote_env_batch_wait_ms ignore_worker_failures recreate_failed_workers restart_failed_sub_environments
        num_consecutive_worker_failures_tolerance preprocessor_pref
        observation_filter synchronize_filters enable_tf1_exec_eagerly sampler_perf_stats_ema_coef worker_health_probe_timeout_s worker_restore_timeout_s
        max_requests_in_flight_per_env_runner sample_timeout_s
        gym_env_vectorize_mode episodes_to_numpy
        num_learners num_gpus_per_learner num_cpus_per_learner num_aggregator_actors_per_learner max_requests_in_flight_per_aggregator_actor
        max_requests_in_flight_per_learner
        gamma lr lr_schedule grad_clip grad_clip_by train_batch_size train_batch_size_per_learner model optimizer learner_class learner_connector
        add_default_connectors_to_learner_pipeline learner_config_dict
        max_requests_in_flight_per_sampler_worker _enable_learner_api callbacks explore exploration_config
        multiagent policies policy_mapping_fn policies_to_train policy_map_capacity policy_map_cache policy_states_are_swappable observation_fn count_steps_by
        algorithm_config_overrides_per_module
        multiagent.policies multiagent.policies_to_train multiagent.policy_mapping_fn multiagent.policy_map_capacity multiagent.policy_states_are_swappable
        multiagent.observation_fn
        multiagent.count_steps_by multiagent.replay_mode
        input input_ input_config actions_in_input_normalized postprocess_inputs shuffle_buffer_size output output_config output_compress_columns
        output_max_file_size offline_sampling input_evaluation
        evaluation_interval evaluation_duration evaluation_duration_unit evaluation_num_episodes evaluation_sample_timeout_s evaluation_parallel_to_training
        evaluation_config evaluation_num_workers
        evaluation_num_env_runners evaluation_force_reset_envs_before_iteration off_policy_estimation_methods ope_split_batch_by_episode
        custom_evaluation_function custom_eval_function
        always_attach_evaluation_results enable_async_evaluation in_evaluation sync_filters_on_rollout_workers_timeout_s
        evaluation_auto_duration_min_env_steps_per_sample
        keep_per_episode_custom_metrics metrics_episode_collection_timeout_s metrics_num_episodes_for_smoothing metrics_smoothing_episodes
        min_time_s_per_iteration min_iter_time_s
        min_time_s_per_reporting min_train_timesteps_per_iteration min_train_timesteps_per_reporting min_sample_timesteps_per_iteration
        min_sample_timesteps_per_reporting timesteps_per_iteration
        collect_metrics_timeout log_gradients export_native_model_files checkpoint_trainable_policies_only logger_creator logger_config log_level log_sys_usage
        fake_sampler seed worker_cls monitor
        restart_failed_env_runners ignore_env_runner_failures max_num_env_runner_restarts max_num_worker_restarts delay_between_env_runner_restarts_s
        delay_between_worker_restarts_s
        num_consecutive_env_runner_failures_tolerance env_runner_health_probe_timeout_s env_runner_restore_timeout_s rl_module_spec _rl_module_spec
        _enable_rl_module_api _per_module_overrides
        enable_rl_module_and_learner enable_env_runner_and_connector_v2 _enable_new_api_stack _tf_policy_handles_more_than_one_loss _disable_preprocessor_api
        _disable_action_flattening
        _disable_execution_plan_api _disable_initialize_loss_from_dummy_batch _dont_auto_sync_env_runner_states _validate_config _use_msgpack_checkpoints
        simple_optimizer horizon soft_horizon no_done_at_end
        """;

    private const string Model =
        """
        _use_default_native_models _disable_preprocessor_api _disable_action_flattening fcnet_hiddens fcnet_activation fcnet_weights_initializer
        fcnet_weights_initializer_config fcnet_bias_initializer
        fcnet_bias_initializer_config fcnet_kernel_initializer conv_filters conv_activation post_fcnet_hiddens post_fcnet_activation free_log_std
        log_std_clip_param no_final_linear vf_share_layers use_lstm
        max_seq_len lstm_cell_size lstm_use_prev_action lstm_use_prev_reward lstm_use_prev_action_reward _time_major use_attention
        attention_num_transformer_units attention_dim attention_num_heads
        attention_head_dim attention_memory_inference attention_memory_training attention_position_wise_mlp_dim attention_init_gru_gate_bias
        attention_use_n_prev_actions attention_use_n_prev_rewards
        framestack dim grayscale zero_mean custom_model custom_model_config custom_action_dist custom_preprocessor encoder_latent_dim always_check_shapes
        """;

    private const string Replay =
        """
        target_network_update_freq replay_buffer_config store_buffer_in_checkpoints num_steps_sampled_before_learning_starts tau n_step training_intensity
        buffer_size prioritized_replay learning_starts
        replay_batch_size replay_sequence_length prioritized_replay_alpha prioritized_replay_beta prioritized_replay_eps worker_side_prioritization replay_mode
        replay_buffer_config.type replay_buffer_config.capacity replay_buffer_config.prioritized_replay_alpha replay_buffer_config.prioritized_replay_beta
        replay_buffer_config.prioritized_replay_eps
        replay_buffer_config.alpha replay_buffer_config.beta replay_buffer_config.replay_sequence_length replay_buffer_config.worker_side_prioritization
        replay_buffer_config.learning_starts
        replay_buffer_config._enable_replay_buffer_api replay_buffer_config.storage_unit replay_buffer_config.replay_batch_size
        replay_buffer_config.min_size_for_sampling
        """;

    private static readonly Dictionary<string, string> _own = new()
    {
        ["PPO"] = """
            use_critic use_gae lambda lambda_ use_kl_loss kl_coeff kl_target sgd_minibatch_size minibatch_size mini_batch_size_per_learner num_sgd_iter
            num_epochs shuffle_sequences shuffle_batch_per_epoch
            vf_loss_coeff entropy_coeff entropy_coeff_schedule clip_param vf_clip_param vf_share_layers exploration_config.type
            """,
        ["DQN"] = Replay + """
             epsilon adam_epsilon num_atoms v_min v_max noisy sigma0 dueling hiddens double_q before_learn_on_batch td_error_loss_fn
             categorical_distribution_temperature burn_in_len
            exploration_config.type exploration_config.initial_epsilon exploration_config.final_epsilon exploration_config.epsilon_timesteps
            exploration_config.temperature
            """,
        ["SAC"] = Replay + """
             twin_q q_model_config policy_model_config Q_model policy_model initial_alpha target_entropy optimization actor_lr critic_lr alpha_lr
             _deterministic_loss _use_beta_distribution
            use_state_preprocessor optimization.actor_learning_rate optimization.critic_learning_rate optimization.entropy_learning_rate grad_norm_clipping
            exploration_config.type
            """,
    };

    public static TheoryData<string> Algorithms => [.. AlgorithmRegistry.All.Select(a => a.Name)];

    private static IReadOnlyList<TrainableDefinition> Trainables { get; } = [.. AlgorithmRegistry.All.Select(a => a.ToTrainable())];

    [Fact]
    public void Every_key_stands_in_its_table()
    {
        var text = Document.Text(File);
        var at = text.IndexOf(Marker, StringComparison.Ordinal) + Marker.Length;
        Assert.True(at > Marker.Length, $"{File} has lost its marker.");
        var tables = Write();
        if (Environment.GetEnvironmentVariable("TUNER_APPROVE") == "1")
        {
            System.IO.File.WriteAllText(Path.Combine(Document.Root, File), text[..at] + tables);
            return;
        }

        Assert.Equal(tables, text[at..]);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Every_key_of_RLlib_is_known(string algorithm)
    {
        var trainable = Trainables.Single(t => t.Name == algorithm);
        var keys = Names(Shared).Concat(Names(Model).Select(m => "model." + m)).Concat(Names(_own[algorithm]));

        Assert.Empty(keys.Where(k => !Knows(trainable, k)).ToList());
    }

    /// <summary>What the constructors of Stable-Baselines3 call their parameters.</summary>
    [Theory]
    [InlineData("PPO", "learning_rate n_steps batch_size n_epochs gamma gae_lambda clip_range clip_range_vf normalize_advantage ent_coef vf_coef " +
        "max_grad_norm use_sde sde_sample_freq target_kl stats_window_size tensorboard_log policy_kwargs seed log_std_init")]
    [InlineData("SAC", "learning_rate buffer_size learning_starts batch_size tau gamma train_freq gradient_steps action_noise ent_coef " +
        "target_update_interval target_entropy use_sde sde_sample_freq stats_window_size tensorboard_log policy_kwargs seed log_std_init")]
    [InlineData("DQN", "learning_rate buffer_size learning_starts batch_size tau gamma train_freq gradient_steps target_update_interval exploration_fraction " +
        "exploration_initial_eps exploration_final_eps max_grad_norm stats_window_size tensorboard_log policy_kwargs seed")]
    public void Every_key_of_Stable_Baselines3_is_known(string algorithm, string keys) =>
        Assert.Empty(Names(keys).Where(k => !Knows(Trainables.Single(t => t.Name == algorithm), k)).ToList());

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void No_key_stands_in_two_tables(string algorithm)
    {
        var trainable = Trainables.Single(t => t.Name == algorithm);
        var v = trainable.Vocabulary;

        var all = trainable.ParameterNames.Concat(v.Parameters.Keys).Concat(v.Ignored.Keys).Concat(v.Fixed.Keys).Concat(v.Refused.Keys);

        Assert.Empty(all.GroupBy(k => k).Where(g => g.Count() > 1).Select(g => g.Key).ToList());
        Assert.Empty(v.Parameters.Values.Where(today => !Knows(trainable, today)).ToList());
    }

    [Theory]
    [InlineData("count_steps_by: agent_steps", "'count_steps_by' can only be 'env_steps' here: steps always mean environment steps.")]
    [InlineData("synchronize_filters: false", "'synchronize_filters' can only be true here")]
    [InlineData("model: {log_std_clip_param: 2}", "'model.log_std_clip_param' can only be 20 here")]
    [InlineData("input: /tmp/samples", "'input' can only be 'sampler' here: reading recorded samples does not exist here.")]
    [InlineData("exploration_config: {type: Random}", "'exploration_config.type' can only be 'StochasticSampling' here")]
    [InlineData("policy_mapping_fn: {type: my.Mapping}", "write policy_mapping")]
    [InlineData("env_task_fn: my.task", "'env_task_fn' is not supported: Python code cannot run here.")]
    public void What_would_change_the_result_is_refused(string keys, string expected) =>
        Assert.Contains(Read(keys).Problems, p => p.ToString().Contains(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("count_steps_by: env_steps, synchronize_filters: true, input: sampler, model: {log_std_clip_param: 20.0}, no_done_at_end: true")]
    [InlineData("min_time_s_per_iteration: 10, exploration_config: {type: StochasticSampling}, env_task_fn: null, multiagent: {policies: {}, " +
        "policy_mapping_fn: null, count_steps_by: env_steps}")]
    [InlineData("num_sgd_iter: {grid_search: [1, 4]}, sgd_minibatch_size: {grid_search: [128, 256]}, use_pytorch: false, _fake_gpus: true, num_gpus: 2")]
    [InlineData("batch_mode: truncate_episodes, clip_rewards: false, horizon: null, soft_horizon: false, rollout_fragment_length: 100, sample_async: false, " +
        "num_cpus_per_worker: 1")]
    public void What_means_what_is_done_here_is_accepted(string keys) => Assert.Empty(Read(keys).Problems);

    private static ExperimentFileResult Read(string keys) =>
        ExperimentFile.Parse($"a: {{run: PPO, env: CartPole-v0, stop: {{episode_reward_mean: 150, time_total_s: 180}}, checkpoint_freq: 1, num_samples: 2, " +
            $"config: {{{keys}}}}}", Path.Combine(Approved.Repository, "a.yaml"), new ComponentCatalog().AddTrainables());

    private static bool Knows(TrainableDefinition trainable, string key)
    {
        var v = trainable.Vocabulary;
        key = key.StartsWith("multiagent.", StringComparison.Ordinal) ? "multi_agent." + key["multiagent.".Length..] : key;
        return trainable.ParameterNames.Any(n => n == key || n.StartsWith(key + ".", StringComparison.Ordinal) || key is "multi_agent.policies"
            or "multi_agent.policies_to_train" or "multi_agent.policy_mapping" or "evaluation_config.env" or "evaluation_config.num_envs_per_env_runner")
            || v.Parameters.ContainsKey(key) || v.Ignored.ContainsKey(key) || v.Fixed.ContainsKey(key) || v.Refused.ContainsKey(key);
    }

    private static string[] Names(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static string Write()
    {
        var text = new StringBuilder();
        Table("Supported under RLlib's own name", ["key"], t => t.ParameterNames.Select(n => (string[])[$"`{n}`"]));
        Table("Other names", ["RLlib's or Stable-Baselines3's", "here"], t => t.Vocabulary.Parameters.Select(p => (string[])[$"`{p.Key}`", $"`{p.Value}`"]));
        Table("Accepted with a notice", ["key", "why it changes nothing"], t => t.Vocabulary.Ignored.Select(p => (string[])[$"`{p.Key}`", p.Value]));
        Table("Meant without saying it", ["key", "value", "what it means"], t => t.Vocabulary.Implied.Select(p =>
            (string[])[$"`{p.Given}`", string.Join(", ", p.Values.Select(v => $"`{(v is bool flag ? flag ? "true" : "false" : v)}`")),
                $"`{p.Path}: {p.Value}` where that is not given: the key {p.Why}"]));
        Table("Accepted with what is done anyway", ["key", "value", "why there is no other"], t => t.Vocabulary.Fixed.Select(p =>
            (string[])[$"`{p.Key}`", string.Join(", ", p.Value.Values.Select(v => $"`{(v is bool flag ? flag ? "true" : "false" : v)}`")), p.Value.Why]));
        Table("Refused", ["key", "why"], t => t.Vocabulary.Refused.Select(p => (string[])[$"`{p.Key}`", p.Value]));
        return text.ToString();

        void Table(string title, string[] columns, Func<TrainableDefinition, IEnumerable<string[]>> rows)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"\n## {title}\n\n| {string.Join(" | ", columns)} | for |\n|{string.Concat(columns.Select(_ => "---|"))}---|\n");
            foreach (var row in Trainables.SelectMany(t => rows(t).Select(r => (Cells: string.Join(" | ", r), t.Name))).GroupBy(r => r.Cells, r => r.Name)
                .OrderBy(r => r.Key, StringComparer.Ordinal))
            {
                text.Append(System.Globalization.CultureInfo.InvariantCulture,
                    $"| {row.Key} | {(row.Count() == Trainables.Count ? "all" : string.Join(", ", row))} |\n");
            }
        }
    }
}
