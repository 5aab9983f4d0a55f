using Tuning.Specification;
using Tuning.Testing;

namespace Tuning.Tests.Specification;

public sealed class ExperimentFileTests
{
    [Fact]
    public void Whole_grammar_is_read()
    {
        var spec = Assert.Single(Read("""
            x-base: &base {gamma: 0.95, train_batch_size: {choice: [512, 1024]}}
            pendulum:
              run: PPO
              env: Pendulum-v1
              stop:
                num_env_steps_sampled_lifetime: 4e5
                env_runners/episode_return_mean: -250
                learners: {p: {entropy: {"<=": 0.01, ">": -1}}}
              config:
                <<: *base
                lr: {loguniform: [1e-5, 1.0e-2]}
                lambda: {grid_search: [0.1, 0.5]}
                model: {fcnet_hiddens: [64, 64], fcnet_activation: tanh}
                minibatch_size: {expr: train_batch_size / 8}
                num_epochs: {choice: [{randint: [1, 5]}, 10], when: gamma > 0.9}
              constraints: lr < 0.01
              num_samples: 4
              tune: {metric: env_runners/episode_return_mean, mode: max, max_concurrent_trials: 2, time_budget_s: 600, seed: 18446744073709551615}
              checkpoint_config: {checkpoint_frequency: 10, checkpoint_at_end: true, num_to_keep: 2, checkpoint_score_attribute: loss,
                checkpoint_score_order: min}
              failure_config: {max_failures: 3, fail_fast: true}
              callbacks:
                on_algorithm_init:
                  - restore_from_path: {path: ., component: learner_group/learner/rl_module/p1}
              loggers: [json, csv]
              resources_per_trial: {cpu: 0.5, gpu: 0}
              storage_path: ./results
            """));

        Assert.Equal("pendulum", spec.Name);
        Assert.Equal("PPO", spec.Run);
        Assert.Equal(
            [new("num_env_steps_sampled_lifetime", 400000), new("env_runners/episode_return_mean", -250), new("learners/p/entropy", StopAt.Most(0.01)),
                new("learners/p/entropy", new(Comparison.MoreThan, -1))],
            spec.Stop);
        Assert.Equal(
            """{"env":"Pendulum-v1","gamma":0.95,"lambda":{"grid_search":[0.1,0.5]},"lr":{"loguniform":[1E-05,0.01]}""" +
                ""","minibatch_size":{"expr":"train_batch_size / 8"},"model":{"fcnet_activation":"tanh","fcnet_hiddens":[64,64]}""" +
                ""","num_epochs":{"choice":[{"randint":[1,5]},10],"when":"gamma > 0.9"},"train_batch_size":{"choice":[512,1024]}}""",
            spec.Space.ToString());
        Assert.Equal(["lr < 0.01"], spec.Constraints);
        Assert.Equal(4, spec.NumSamples);
        Assert.Equal([new Objective("env_runners/episode_return_mean", Mode.Max)], spec.Objectives);
        Assert.Equal(2, spec.MaxConcurrentTrials);
        Assert.Equal(TimeSpan.FromMinutes(10), spec.TimeBudget);
        Assert.Equal(ulong.MaxValue, spec.Seed);
        Assert.Equal(new CheckpointConfig
        {
            CheckpointFrequency = 10,
            CheckpointAtEnd = true,
            MaxToKeep = 2,
            CheckpointScoreAttribute = "loss",
            CheckpointScoreOrder = Mode.Min
        }, spec.Checkpoints);
        Assert.Equal(new FailureConfig { MaxFailures = 3, FailFast = true }, spec.Failures);
        var hook = Assert.Single(spec.Hooks);
        Assert.Equal(("on_algorithm_init", "restore_from_path"), (hook.Hook, hook.Action));
        Assert.Equal(Here, hook.Options["path"]);
        Assert.Equal("learner_group/learner/rl_module/p1", hook.Options["component"]);
        Assert.Equal(["json", "csv"], spec.Loggers!.Value.Select(l => l.Type));
        Assert.Equal(0.5, spec.CpuPerTrial);
        Assert.Equal(Path.Combine(Here, "results"), spec.StoragePath);
        Assert.Equal(spec, ExperimentSpec.FromJson(spec.ToJson()));
    }

    [Fact]
    public void Little_is_needed()
    {
        var spec = Assert.Single(Read("a: {run: PPO}"));

        Assert.Equal(1, spec.NumSamples);
        Assert.Null(spec.Seed);
        Assert.Null(spec.Loggers);
        Assert.Equal(Path.Combine(Directory.GetCurrentDirectory(), "results"), spec.StoragePath);
    }

    [Theory]
    [InlineData("seed: -3", ulong.MaxValue - 2)]
    [InlineData("seed: 0", 0UL)]
    [InlineData("seed: 18446744073709551615", ulong.MaxValue)]
    public void Seed_is_any_whole_number_of_64_bits(string seed, ulong expected) =>
        Assert.Equal(expected, Assert.Single(Read($"a: {{run: PPO, tune: {{{seed}}}}}")).Seed);

    [Fact]
    public void Direction_is_what_the_trainable_declares() => Assert.Equal(
        [new Objective("env_runners/episode_return_mean", Mode.Max)], Assert.Single(Read("a: {run: PPO, tune: {metric: episode_reward_mean}}")).Objectives);

    [Fact]
    public void Old_names_are_understood_at_every_place()
    {
        var old = Assert.Single(Read("""
            a:
              run: PPO
              stop: {episode_reward_mean: 150, timesteps_total: 100000, info/learner/default_policy/entropy: 1}
              config: {env: CartPole-v0, num_workers: 1, sgd_minibatch_size: 64, num_sgd_iter: 6, lambda_: 0.9, framework: tf}
              tune: {num_samples: 3}
              metric: episode_reward_mean
              mode: max
              checkpoint_freq: 5
              checkpoint_at_end: true
              keep_checkpoints_num: 3
              checkpoint_score_attr: min-episode_reward_mean
              local_dir: out
              max_failures: 2
              restore: .
            """));
        var today = Assert.Single(Read("""
            a:
              run: PPO
              env: CartPole-v0
              stop: {env_runners/episode_return_mean: 150, num_env_steps_sampled_lifetime: 100000, learners/default_policy/entropy: 1}
              config: {num_env_runners: 1, minibatch_size: 64, num_epochs: 6, lambda: 0.9}
              num_samples: 3
              tune: {metric: env_runners/episode_return_mean, mode: max}
              checkpoint_config: {checkpoint_frequency: 5, checkpoint_at_end: true, num_to_keep: 3,
                checkpoint_score_attribute: env_runners/episode_return_mean, checkpoint_score_order: min}
              storage_path: out
              failure_config: {max_failures: 2}
              callbacks: {on_algorithm_init: [{restore_from_path: {path: .}}]}
            """));

        Assert.Equal(today.ToJson(), old.ToJson());
    }

    [Fact]
    public void Keys_without_a_meaning_get_one_notice_for_each_reason()
    {
        var result = Result("""
            a: {run: PPO, stop: {training_iteration: 1}, verbose: 2, reuse_actors: true, config: {framework: torch}}
            b: {run: PPO, stop: {training_iteration: 1}, config: {framework: tf, enable_connectors: true}, tune: {reuse_actors: false}}
            """);

        Assert.True(result.IsValid);
        Assert.Equal(
            [
                "'verbose' has no meaning here and is ignored: the command line has --quiet and --verbose.",
                "'reuse_actors', 'tune.reuse_actors' have no meaning here and are ignored: trials run in this process and start in microseconds.",
                "'framework' has no meaning here and is ignored: networks run on managed kernels.",
                "'enable_connectors' has no meaning here and is ignored: connectors are always on.",
            ],
            result.Notices.Select(n => n.Message));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("stop: {training_iteration: 1}", false)]
    [InlineData("tune: {time_budget_s: 10}", false)]
    [InlineData("tune: {scheduler: {type: asha, max_t: 10}, metric: env_runners/episode_return_mean, mode: max}", false)]
    public void A_file_that_nothing_stops_gets_a_notice(string stop, bool isTold) =>
        Assert.Equal(isTold, Result($"a: {{run: PPO, config: {{}}, {stop}}}").Notices.Any(n =>
            n.Message.Contains("trains on until", StringComparison.Ordinal)));

    [Theory]
    [InlineData("{min: 0.9, max: 1}", "{uniform: [0.9, 1]}")]
    [InlineData("{low: 1.0e-5, high: 0.1, log: true}", "{loguniform: [1E-05, 0.1]}")]
    [InlineData("{min: 16, max: 256, distribution: int_log_uniform}", "{lograndint: [16, 256]}")]
    [InlineData("{distribution: normal, mu: 0, sigma: 1}", "{uniform: [lower, upper]}")]
    [InlineData("{values: [a, b]}", "{choice: [\"a\",\"b\"]}")]
    [InlineData("uniform(0.9, 0.99)", "{uniform: [0.9, 0.99]}")]
    [InlineData("tune.loguniform(1e-4, 1e-1)", "{loguniform: [1e-4, 1e-1]}")]
    [InlineData("{inner: {lower: 1, upper: 4}}", "{randint: [1, 4]}, its upper bound excluded")]
    public void What_looks_as_a_range_and_is_none_gets_a_notice_with_the_form(string written, string form)
    {
        var space = SearchSpace.FromTree(ParameterSet.Empty.With("x", ((ParameterSet)YamlOf($"x: {written}"))["x"]), out _);
        Assert.Contains(form, Assert.Single(ForeignDomains.Of(space, null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constants_and_domains_are_no_foreign_ranges()
    {
        var yaml = "{a: {min: x, max: y}, b: {min: 1, max: 2, name: z}, c: {uniform: [0, 1]}, d: text (of some kind)}";
        var space = SearchSpace.FromTree((ParameterSet)YamlOf(yaml), out _);
        Assert.Empty(ForeignDomains.Of(space, null));
    }

    [Theory]
    [InlineData("normal", "randn: [mean, sd]")]
    [InlineData("lognormal", "exp(z)")]
    [InlineData("categorical", "choice: [a, b, c]")]
    public void A_domain_by_the_name_of_another_tool_is_an_error_with_the_form(string name, string form)
    {
        SearchSpace.FromTree((ParameterSet)YamlOf($"x: {{{name}: [0, 1]}}"), out var errors);
        Assert.Contains(form, Assert.Single(errors).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.1", true)]
    [InlineData("1.2", false)]
    public void Another_version_of_YAML_is_refused(string version, bool isRefused)
    {
        var result = Result($"%YAML {version}\n---\na: {{run: PPO, stop: {{training_iteration: 1}}}}\n");
        Assert.Equal(isRefused, result.Problems.Any(p => p.Message.Contains("%YAML 1.1", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("pendulum-ppo_2.1", true)]
    [InlineData("Pendel-Über", true)]
    [InlineData("two words", false)]
    [InlineData("a#b", false)]
    [InlineData("a;b", false)]
    [InlineData("$HOME", false)]
    [InlineData("a.", false)]
    [InlineData(".a", false)]
    public void A_name_is_held_to_what_its_message_says(string name, bool isFine) => Assert.Equal(isFine, !ExperimentCheck.Name(name).Any());

    [Fact]
    public void Old_name_without_a_value_is_as_good_as_absent() =>
        Assert.Equal("""{"num_env_runners":2}""", Assert.Single(Read("a: {run: PPO, config: {num_workers: null, num_env_runners: 2}}")).Space.ToString());

    [Fact]
    public void Bare_threshold_of_a_metric_to_be_minimised_gets_a_notice()
    {
        var result = Result("a: {run: PPO, stop: {loss: 0.1}, tune: {metric: loss, mode: min}}");

        var notice = Assert.Single(result.Notices);
        Assert.Contains("loss: {\"<=\": 0.1}", notice.Message);
        Assert.Empty(Result("a: {run: PPO, stop: {loss: {'<=': 0.1}}, tune: {metric: loss, mode: min}}").Notices);
    }

    [Theory]
    [InlineData("1e-5", 1e-5)]
    [InlineData("1.0e-5", 1e-5)]
    [InlineData("+12", 12L)]
    [InlineData("0x1F", 31L)]
    [InlineData("0o17", 15L)]
    [InlineData("017", 17L)]
    [InlineData(".5", 0.5)]
    [InlineData("-.inf", double.NegativeInfinity)]
    [InlineData("True", true)]
    [InlineData("~", null)]
    [InlineData("", null)]
    [InlineData("yes", "yes")]
    [InlineData("1_000", "1_000")]
    [InlineData("'12'", "12")]
    [InlineData("\"true\"", "true")]
    [InlineData("!!str 12", "12")]
    [InlineData("!!float 12", 12.0)]
    [InlineData("2024-01-01", "2024-01-01")]
    [InlineData("1e3", 1000.0)]
    public void Scalars_are_those_of_yaml_1_2(string text, object? expected) =>
        Assert.Equal(expected, Assert.Single(Read($"a: {{run: PPO, config: {{env_config: {{x: {text}}}}}}}")).Space.Constants.Single(c =>
            c.Key == "env_config.x").Value);

    [Fact]
    public void Anchors_merge_and_earlier_maps_win()
    {
        var space = Assert.Single(Read("""
            x-one: &one {gamma: 0.1, lr: 0.1, vf_clip_param: 0.1}
            x-two: &two {gamma: 0.2, lr: 0.2, lambda: 0.2}
            a: {run: PPO, config: {lr: 0.3, <<: [*one, *two]}}
            """)).Space;

        Assert.Equal("""{"gamma":0.1,"lambda":0.2,"lr":0.3,"vf_clip_param":0.1}""", space.ToString());
    }

    [Fact]
    public void Anchor_shared_by_experiments_is_a_copy_for_each()
    {
        var specs = Read("""
            a: {run: PPO, config: &c {num_workers: 2, model: {fcnet_hiddens: [8]}}}
            b: {run: PPO, config: *c}
            """);

        Assert.Equal(specs[0].Space, specs[1].Space);
        Assert.Equal("""{"model":{"fcnet_hiddens":[8]},"num_env_runners":2}""", specs[1].Space.ToString());
    }

    [Fact]
    public void Tower_of_aliases_is_refused_not_expanded()
    {
        var text = "x-0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + string.Concat(Enumerable.Range(1, 12)
            .Select(i => $"x-{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n")) + "a: {run: PPO}\n";

        Assert.Contains("more than", Assert.Single(Result(text).Problems).Message);
    }

    [Fact]
    public void Hook_may_name_an_earlier_experiment_of_the_file()
    {
        var specs = Read("""
            pretrain: {run: PPO}
            finetune: {run: PPO, callbacks: {on_algorithm_init: [{restore_from_path: {path: {experiment: pretrain, trial: best, checkpoint: 3}}}]}}
            """);

        Assert.Equal("""{"path":{"checkpoint":3,"experiment":"pretrain","trial":"best"}}""", specs[1].Hooks[0].Options.ToString());
    }

    [Fact]
    public void Missing_file_names_the_nearest()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(Path.Combine(folder.Path, "pendulum.yaml"), "");

        var problem = Assert.Single(ExperimentFile.Read(Path.Combine(folder.Path, "pendulm.yaml"), FakeAlgorithm.Catalog()).Problems);

        Assert.Contains("There is no such file. Did you mean 'pendulum.yaml'?", problem.Message);
    }

    [Theory]
    [InlineData("pendulum-ppo.yaml")]
    [InlineData("cartpole-ppo.yaml")]
    public void Files_of_rllib_are_read_unmodified(string name)
    {
        var path = RllibExamples.Require(name);

        var spec = Assert.Single(ExperimentFile.Read(path, FakeAlgorithm.Catalog()).Experiments);

        Assert.Contains(spec.Stop, s => s.Metric == "env_runners/episode_return_mean");
        Assert.Contains(spec.Stop, s => s.Metric == "num_env_steps_sampled_lifetime");
        Assert.Equal("MeanStdFilter", spec.Space.Constants.Single(c => c.Key == "observation_filter").Value);
    }

    [Theory]
    [InlineData("cartpole-dqn.yaml", "DQN")]
    [InlineData("pendulum-sac.yaml", "SAC")]
    public void Files_of_rllib_for_other_algorithms_say_which_exist(string name, string algorithm)
    {
        var path = RllibExamples.Require(name);

        Assert.Contains($"'{algorithm}' is no trainable. Trainables: PPO.", Assert.Single(ExperimentFile.Read(path, FakeAlgorithm.Catalog()).Problems).Message);
    }

    private static string Here => Approved.Repository;

    private static object YamlOf(string yaml) => YamlSource.Read(new("test.yaml", yaml), yaml, [])!.ToValue()!;

    private static ExperimentFileResult Result(string yaml) => ExperimentFile.Parse(yaml, Path.Combine(Here, "test.yaml"), FakeAlgorithm.Catalog());

    private static IReadOnlyList<ExperimentSpec> Read(string yaml)
    {
        var result = Result(yaml);
        Assert.Empty(result.Problems);
        return result.Experiments;
    }
}
