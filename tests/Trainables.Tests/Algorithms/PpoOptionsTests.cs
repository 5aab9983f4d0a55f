using Tuning.Algorithms;
using Tuning.Learning;
using Tuning.Training;

namespace Tuning.Tests.Algorithms;

public sealed class PpoOptionsTests
{
    private static ParameterSet Parse(string json) => ParameterSet.Parse(json);

    private static IReadOnlyList<string> Check(string json) =>
        [.. ((TrainableDefinition)new PpoConfig().Environment("CartPole-v1")).Validate(Parse(json)).Select(i => $"{i.Path} {i.Message}")];

    [Fact]
    public void Defaults_are_RLlibs()
    {
        var o = new PpoOptions();

        Assert.Equal((4000, 128, 30, 0.99, 1.0, 0.2, 0.01, 1.0, 10.0),
            (o.TrainBatchSize, o.MinibatchSize, o.Epochs, o.Gamma, o.Lambda, o.KlCoefficient, o.KlTarget, o.ValueLossCoefficient, o.ValueClipParameter));
        Assert.Equal((5e-5, 0.0, 0.3), (o.LearningRate.At(0), o.EntropyCoefficient.At(0), o.ClipParameter.At(0)));
        Assert.Equal((2, 1, 100, ObservationFilter.NoFilter), (o.EnvironmentRunners, o.EnvironmentsPerRunner, o.SmoothingEpisodes, o.ObservationFilter));
        Assert.Equal([256, 256], o.Model.HiddenLayers);
        Assert.Equal(Activation.Tanh, o.Model.Activation);
        Assert.True(o.UseGae && o.UseCritic && o.UseKlLoss && o.ShuffleBatchPerEpoch && !o.Model.ValueSharesLayers);
    }

    [Fact]
    public void Parameters_come_back_as_the_same_options()
    {
        var config = Some.Ppo().Training(entropyCoeff: Schedule.Linear([new(0, 0.1), new(1000, 0.0)]), gradClip: 0.5, vfClipParam: double.PositiveInfinity)
            .Environment(envConfig: Parse("""{"g": 9.0}"""));

        var back = PpoConfig.FromParameters(ParameterSet.Parse(config.ToParameters().ToString()));

        Assert.Equal(config.ToParameters(), back.ToParameters());
        Assert.Equal(0.05, back.Options.EntropyCoefficient.At(500));
        Assert.Equal(double.PositiveInfinity, back.Options.ValueClipParameter);
        Assert.Equal(9.0, back.Options.EnvironmentConfig.Get<double>("g"));
    }

    [Theory]
    [InlineData(512, 0, 20, null, 26)]
    [InlineData(4000, 2, 1, null, 2000)]
    [InlineData(4000, 3, 1, null, 1334)]
    [InlineData(100, 2, 4, 10, 20)]
    [InlineData(1, 0, 64, null, 1)]
    public void An_iteration_takes_the_fewest_whole_steps_that_reach_the_batch(int batch, int runners, int copies, int? fragment, int steps)
    {
        var options = new PpoOptions { TrainBatchSize = batch, EnvironmentRunners = runners, EnvironmentsPerRunner = copies, RolloutFragmentLength = fragment };

        Assert.Equal(steps, options.StepsPerEnvironment);
        Assert.Equal((long)steps * Math.Max(1, runners) * copies, options.StepsPerIteration);
    }

    [Theory]
    [InlineData("""{"lr": "fast"}""", "lr is 'fast'; it must be a number, or a list of points [[step, value], ...]")]
    [InlineData("""{"lr": [[0, 1e-3], [10]]}""",
        "lr is [[0,0.001],[10]]; it must be a number, or a list of points [[step, value], ...]; [10] is no point [step, value]")]
    [InlineData("""{"lr": -1.0}""", "lr is -1; it must be at least 0")]
    [InlineData("""{"gamma": 1.5}""", "gamma is 1.5; it must be from 0 to 1")]
    [InlineData("""{"train_batch_size": 2.5}""", "train_batch_size is 2.5; it must be a whole number")]
    [InlineData("""{"minibatch_size": 5000}""", "minibatch_size is 5000; it must be at most train_batch_size, which is 4000")]
    [InlineData("""{"use_critic": "yes"}""", "use_critic is 'yes'; it must be true or false")]
    [InlineData("""{"observation_filter": "MeanStdFiltre"}""",
        "observation_filter is 'MeanStdFiltre'; it must be one of NoFilter, MeanStdFilter. Did you mean 'MeanStdFilter'?")]
    [InlineData("""{"model": {"fcnet_hiddens": [64, 0]}}""", "model.fcnet_hiddens is [64,0]; each must be from 1 to 65,536")]
    [InlineData("""{"model": {"fcnet_activation": "gelu"}}""", "model.fcnet_activation is 'gelu'; it must be one of linear, tanh, relu, swish, silu")]
    [InlineData("""{"module": "transformer"}""", "module is 'transformer'; it must be")]
    [InlineData("""{"model": 3}""", "model is 3; it must be a map")]
    [InlineData("""{"env": "CartPole-v2"}""", "env is 'CartPole-v2', which is not registered.")]
    [InlineData("""{"env": "Pendulum-v1", "env_config": {"gravity": 9.8}}""", "env_config.gravity is unknown to Pendulum-v1")]
    [InlineData("""{"batch_mode": "complete_episode"}""",
        "batch_mode is 'complete_episode'; it must be one of truncate_episodes, complete_episodes. Did you mean 'complete_episodes'?")]
    [InlineData("""{"grad_clip_by": "values"}""", "grad_clip_by is 'values'; it must be one of global_norm, norm, value. Did you mean 'value'?")]
    [InlineData("""{"num_learners": 2}""", "num_learners is 2; it must be from 0 to 1: there is one learner")]
    [InlineData("""{"gsde_sample_freq": 0}""", "gsde_sample_freq is 0; it must be at least 1, or -1 for once per iteration")]
    [InlineData("""{"model": {"use_gsde": true, "free_log_std": true}}""", "model.use_gsde is true, and free_log_std too")]
    [InlineData("""{"env": "CartPole-v1", "model": {"use_gsde": true}}""",
        "model.use_gsde is true, and the actions of CartPole-v1 are Discrete(2); state-dependent exploration is for continuous actions (Box)")]
    [InlineData("""{"env": "MultiAgentCartPole", "model": {"use_gsde": true}}""",
        "model.use_gsde is true, and the actions of MultiAgentCartPole, agent '0', are Discrete(2)")]
    [InlineData("""{"env": "TicTacToe", "multi_agent": {"policies": {"p0": {"model": {"use_gsde": true}}, "p1": {}}, "policy_mapping": {"x": "p0",""" +
        """ "*": "p1"}}}""", "multi_agent.policies.p0.model.use_gsde is true, and the actions of TicTacToe, agent 'x', are Discrete(9)")]
    [InlineData("""{"gamma": null}""", "gamma is null; it must be a number")]
    public void A_wrong_value_is_named_with_its_rule(string json, string message) =>
        Assert.Contains(Check(json), m => m.StartsWith(message, StringComparison.Ordinal));

    [Fact]
    public void All_faults_are_found_at_once() =>
        Assert.Equal(["lr", "gamma", "num_epochs"], ((TrainableDefinition)new PpoConfig().Environment("CartPole-v1"))
            .Validate(Parse("""{"lr": "x", "gamma": -1.0, "num_epochs": 0}""")).Select(i => i.Path).OrderBy(p => p.Length));

    [Theory]
    [InlineData("""{"lr": [[0, 0.001], [1e5, 0]], "grad_clip": null, "seed": null, "rollout_fragment_length": "auto", "train_batch_size": 4e3,""" +
        """ "vf_clip_param": 1e999}""")]
    [InlineData("""{"num_env_runners": 0, "rollout_fragment_length": 16, "batch_mode": "truncate_episodes", "use_gae": true}""")]
    [InlineData("""{"grad_clip": 0.5, "grad_clip_by": "norm"}""")]
    [InlineData("""{"grad_clip": 40, "grad_clip_by": "value", "seed": -3}""")]
    [InlineData("""{"env": "Pendulum-v1", "model": {"use_gsde": true}}""")]
    [InlineData("""{"use_gae": false, "use_critic": false}""")]
    public void What_RLlib_files_write_is_understood(string json) => Assert.Empty(Check(json));

    [Fact]
    public void Without_exploration_the_likeliest_actions_are_taken()
    {
        // Fresh weights are near zero, so that a drawn action is near a standard normal and the likeliest near zero.
        double Largest(bool explore)
        {
            var largest = 0.0;
            using var algorithm = Some.Ppo().EnvRunners(numEnvRunners: 1, explore: explore)
                .Callbacks(onEpisodeStep: (_, e) => largest = Math.Max(largest, Math.Abs(e.Action[0]))).Build(threads: 1);
            algorithm.Train();
            return largest;
        }

        Assert.True(Largest(true) > 1);
        Assert.True(Largest(false) < 0.2);
    }

    [Fact]
    public void A_missing_environment_is_named() =>
        Assert.Contains("env", Assert.Single(((TrainableDefinition)new PpoConfig()).Validate(ParameterSet.Empty)).Path, StringComparison.Ordinal);

    [Fact]
    public void Defaults_hold_what_code_set_and_parameters_win()
    {
        TrainableDefinition definition = Some.Ppo();

        Assert.Equal(1e-3, definition.Defaults.Get<double>("lr"));
        Assert.False(definition.Defaults.TryGet("grad_clip", out _));
        Assert.Contains(definition.Validate(Parse("""{"lr": -0.5}""")), i => i.Path == "lr");
    }

    [Fact]
    public void Later_changes_of_the_builder_do_not_reach_what_was_made_from_it()
    {
        var config = Some.Ppo();
        TrainableDefinition definition = config;
        config.Training(lr: 7.0).Callbacks(onAlgorithmInit: _ => throw new InvalidOperationException());

        Assert.Equal(1e-3, definition.Defaults.Get<double>("lr"));
    }

    [Theory]
    [InlineData("episode_reward_mean", "env_runners/episode_return_mean")]
    [InlineData("timesteps_total", "num_env_steps_sampled_lifetime")]
    [InlineData("sampler_results/episode_reward_mean", "env_runners/episode_return_mean")]
    [InlineData("sampler_results/episode_len_mean", "env_runners/episode_len_mean")]
    [InlineData("info/learner/default_policy/learner_stats/kl", "learners/default_policy/mean_kl_loss")]
    [InlineData("info/learner/default_policy/learner_stats/entropy", "learners/default_policy/entropy")]
    [InlineData("env_runners/episode_return_mean", "env_runners/episode_return_mean")]
    public void Old_names_of_metrics_are_understood(string old, string today) => Assert.Equal(today, ForeignNames.Of("PPO").Metric(old));

    [Fact]
    public void Old_names_of_parameters_lead_to_known_ones_and_none_is_in_two_tables()
    {
        var known = ((TrainableDefinition)new PpoConfig()).ParameterNames;
        var tables = ForeignNames.Of("PPO");

        Assert.All(tables.Parameters,
            p => Assert.Contains(p.Value.Split('.')[0] is var group && group is "multi_agent" or "evaluation_config" ? group : p.Value, known));
        Assert.All(tables.Parameters.Keys.Concat(tables.Ignored.Keys).Concat(tables.Refused.Keys).Concat(tables.Fixed.Keys).GroupBy(k => k),
            g => Assert.Single(g));
        Assert.All(tables.Ignored.Keys.Concat(tables.Refused.Keys).Concat(tables.Parameters.Keys), k => Assert.DoesNotContain(k, known));
    }

    [Fact]
    public void A_space_selects_options_by_property()
    {
        var space = new PpoConfig().Space().Add(c => c.LearningRate, Domain.LogUniform(1e-5, 1e-3))
            .Add(c => c.Model.Activation, Domain.Choice(Activation.Tanh, Activation.Relu));

        Assert.Equal(["lr", "model.fcnet_activation"], space.SearchedPaths);
    }
}
