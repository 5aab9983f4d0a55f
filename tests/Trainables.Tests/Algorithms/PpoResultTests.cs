namespace Tuning.Tests.Algorithms;

public sealed class PpoResultTests
{
    [Fact]
    public void A_result_has_RLlibs_keys()
    {
        using var algorithm = Some.Ppo().Build(threads: 1);
        algorithm.Train();
        algorithm.Train();
        algorithm.Train();

        var result = algorithm.Train();

        string[] expected =
        [
            "env_runners/episode_return_mean", "env_runners/episode_return_min", "env_runners/episode_return_max",
            "env_runners/episode_len_mean", "env_runners/episode_len_min", "env_runners/episode_len_max", "env_runners/episode_duration_sec_mean",
            "env_runners/num_episodes", "env_runners/num_episodes_lifetime", "env_runners/num_env_steps_sampled", "env_runners/num_env_steps_sampled_lifetime",
            "env_runners/num_agent_steps_sampled/default_agent", "env_runners/num_module_steps_sampled/default_policy",
            "env_runners/module_episode_returns_mean/default_policy", "env_runners/agent_episode_returns_mean/default_agent", "env_runners/weights_seq_no",
            "learners/default_policy/policy_loss", "learners/default_policy/vf_loss", "learners/default_policy/vf_loss_unclipped",
                "learners/default_policy/vf_explained_var",
            "learners/default_policy/entropy", "learners/default_policy/mean_kl_loss", "learners/default_policy/curr_kl_coeff",
                "learners/default_policy/curr_entropy_coeff",
            "learners/default_policy/total_loss", "learners/default_policy/default_optimizer_learning_rate",
                "learners/default_policy/gradients_default_optimizer_global_norm",
            "learners/default_policy/num_trainable_parameters", "learners/default_policy/num_module_steps_trained",
                "learners/default_policy/num_module_steps_trained_lifetime",
            "learners/__all_modules__/num_trainable_parameters", "learners/__all_modules__/num_module_steps_trained_lifetime",
            "num_env_steps_sampled_lifetime", "num_training_step_calls_per_iteration", "training_iteration", "iterations_since_restore", "time_since_restore",
            "timers/training_iteration", "timers/training_step", "timers/env_runner_sampling_timer", "timers/learner_update_timer", "timers/synch_weights",
        ];
        Assert.All(expected, k => Assert.True(result.TryGet(k, out _), k));
        var declared = ((Tuning.Training.TrainableDefinition)Some.Ppo()).DeclaredMetrics;
        Assert.All(result.Where(m => m.Key != "training_iteration"),
            m => Assert.Contains(declared, d => d == m.Key || (d.EndsWith('*') && m.Key.StartsWith(d[..^1], StringComparison.Ordinal))));
        Assert.All(result, m => Assert.True(m.Value.Number is { } n && double.IsFinite(n), m.Key));
    }

    [Fact]
    public void What_counts_since_the_restore_begins_anew()
    {
        using var algorithm = Some.Ppo().Build(threads: 1);
        algorithm.Train();
        var before = algorithm.Train();
        var path = algorithm.SaveToPath();

        algorithm.RestoreFromPath(path);

        var after = algorithm.Train();
        Assert.Equal((2, 2), (before.Number("training_iteration"), before.Number("iterations_since_restore")));
        Assert.Equal((3, 1), (after.Number("training_iteration"), after.Number("iterations_since_restore")));
        Assert.Equal(after.Number("timers/training_iteration"), after.Number("time_since_restore"));
        Directory.Delete(path, recursive: true);
    }

    [Fact]
    public void There_is_no_return_before_an_episode_has_ended()
    {
        using var algorithm = Some.Ppo().Build(threads: 1);

        Assert.False(algorithm.Train().TryGet("env_runners/episode_return_mean", out _));
    }

    [Fact]
    public void An_iteration_takes_26_steps_of_20_environments_for_512()
    {
        using var algorithm = Some.Ppo().EnvRunners(numEnvRunners: 0, numEnvsPerEnvRunner: 20).Training(trainBatchSize: 512).Build(threads: 1);

        var result = algorithm.Train();

        Assert.Equal(520, result.Number("env_runners/num_env_steps_sampled"));
        Assert.Equal(520 * 2, result.Number("learners/default_policy/num_module_steps_trained"));
    }

    [Fact]
    public void Returns_are_the_mean_of_the_last_episodes()
    {
        var returns = new List<double>();
        using var algorithm = Some.Ppo("CartPole-v1").Callbacks(onEpisodeEnd: (_, e) => { lock (returns) { returns.Add(e.Return); } }).Build(threads: 1);

        Metrics result = null!;
        for (var i = 0; i < 4; i++)
        {
            result = algorithm.Train();
        }

        Assert.Equal(returns.Count, result.Number("env_runners/num_episodes_lifetime"));
        Assert.InRange(result.Number("env_runners/episode_return_mean")!.Value, result.Number("env_runners/episode_return_min")!.Value,
            result.Number("env_runners/episode_return_max")!.Value);
        Assert.Contains(result.Number("env_runners/episode_return_max")!.Value, returns);
    }
}
