using Tuning.Training;

namespace Tuning.Tests.Algorithms;

[Trait("Lane", "Slow")]
public sealed class EvaluationTests : IDisposable
{
    internal const string Return = "evaluation/env_runners/episode_return_mean";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Every_second_iteration_is_followed_by_an_evaluation()
    {
        using var algorithm = Some.Ppo("CartPole-v1").Evaluation(interval: 2, duration: 7).Build(threads: 1);

        var results = Enumerable.Range(0, 4).Select(_ => algorithm.Train()).ToList();

        Assert.Equal([false, true, false, true], results.Select(r => r.Number(Return) is not null));
        Assert.Equal([null, 7.0, null, 7.0], results.Select(r => r.Number("evaluation/env_runners/num_episodes")));
        Assert.Equal(14, results[3].Number("evaluation/env_runners/num_episodes_lifetime"));
        Assert.True(results[1].Number("timers/evaluation_iteration") > 0);
        Assert.Null(results[2].Number("timers/evaluation_iteration"));
    }

    [Theory]
    [InlineData(EvaluationUnit.Timesteps)]
    [InlineData(EvaluationUnit.Episodes)]
    public void Auto_plays_as_many_steps_as_the_iteration(EvaluationUnit unit)
    {
        var config = Some.Ppo("CartPole-v1").Evaluation(interval: 1, durationUnit: unit);
        config.Options = config.Options with { EvaluationDuration = null };
        using var algorithm = config.Build(threads: 1);

        var result = algorithm.Train();

        var (trained, played) = (result.Number("env_runners/num_env_steps_sampled")!.Value,
            result.Number("evaluation/env_runners/num_env_steps_sampled")!.Value);
        Assert.Equal("auto", config.ToParameters()["evaluation_duration"]);
        Assert.InRange(played, trained, unit == EvaluationUnit.Timesteps ? trained : trained + (config.Options.EnvironmentsPerRunner * 500));
        var after = algorithm.SaveToPath(_directory["auto"]);
        using var again = Algorithm.FromCheckpoint(after);
        Assert.Equal(Some.Lines(algorithm.Train()), Some.Lines(again.Train()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    public void Without_an_interval_nothing_is_evaluated(int? interval)
    {
        var config = Some.Ppo("CartPole-v1");
        config.Options = config.Options with { EvaluationInterval = interval };
        using var algorithm = config.Build(threads: 1);

        Assert.DoesNotContain(algorithm.Train(), m => m.Key.StartsWith("evaluation/", StringComparison.Ordinal));
        Assert.False(Directory.Exists(Path.Combine(algorithm.SaveToPath(_directory["c"]), "eval_env_runner")));
    }

    [Fact]
    public void Training_goes_on_as_without_it()
    {
        using var plain = Some.Ppo().Build(threads: 1);
        using var evaluated = Some.Ppo().Evaluation(interval: 1, duration: 5, numEnvRunners: 2).Build(threads: 2);

        Assert.Equal(Some.Train(plain, 4), Some.Train(evaluated, 4).Where(l => !l.Contains(": evaluation/", StringComparison.Ordinal)));
    }

    [Fact]
    public void Results_do_not_depend_on_threads_and_follow_the_seed()
    {
        IReadOnlyList<string> Run(int threads, long seed)
        {
            using var algorithm = Config().Debugging(seed).Build(threads);
            return Some.Train(algorithm, 3);
        }

        var expected = Run(1, 11);
        Assert.Equal(expected, Run(3, 11));
        Assert.NotEqual(expected.Where(l => l.Contains(Return, StringComparison.Ordinal)), Run(1, 12).Where(l => l.Contains(Return, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void Actions_are_drawn_as_in_training_unless_it_says_otherwise(bool? explore, bool draws)
    {
        // Fresh weights are near zero: a drawn action is near a standard normal, the likeliest near zero.
        var largest = 0.0;
        using var algorithm = Some.Ppo()
            .Evaluation(duration: 3, evaluationConfig: new() { Explore = explore })
            .Callbacks(onEpisodeStep: (runner, e) => largest = runner.IsEvaluation ? Math.Max(largest, Math.Abs(e.Action[0])) : largest)
            .Build(threads: 1);

        algorithm.Evaluate();

        Assert.Equal(draws, largest > 0.5);
    }

    [Fact]
    public void Evaluate_can_be_called_at_any_time()
    {
        using var algorithm = Some.Ppo("CartPole-v1").Evaluation(duration: 4).Build(threads: 1);

        var first = algorithm.Evaluate();
        var second = algorithm.Evaluate();

        Assert.Equal(4, first.Number("env_runners/num_episodes"));
        Assert.Equal(8, second.Number("env_runners/num_episodes_lifetime"));
        Assert.Null(algorithm.Train().Number(Return));
    }

    [Fact]
    public void Another_env_config_is_for_evaluation_only()
    {
        var seen = new List<(bool IsEvaluation, double Gravity)>();
        using var algorithm = Some.Ppo()
            .Environment(envConfig: ParameterSet.Parse("""{"g": 9.0}"""))
            .Evaluation(interval: 1, evaluationConfig: new() { EnvironmentConfig = ParameterSet.Parse("""{"g": 2.0}"""), EnvironmentsPerRunner = 2 })
            .Callbacks(onEnvironmentCreated: (_, _, c) => seen.Add((c.IsEvaluation, c.Config.Get<double>("g"))))
            .Build(threads: 1);

        Assert.Equal([.. Enumerable.Repeat((false, 9.0), 6), .. Enumerable.Repeat((true, 2.0), 2)], seen);
    }

    [Fact]
    public void An_environment_with_other_spaces_is_refused()
    {
        var e = Assert.Throws<ArgumentException>(() => Some.Ppo().Evaluation(interval: 1, evaluationConfig: new() { Environment = "CartPole-v1" })
            .Build(threads: 1));

        Assert.StartsWith("evaluation_config gives an environment that shows", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"evaluation_interval": -1}""", "evaluation_interval is -1; it must be at least 0, or null")]
    [InlineData("""{"evaluation_duration": 0}""", "evaluation_duration is 0; it must be at least 1")]
    [InlineData("""{"evaluation_duration_unit": "steps"}""", "evaluation_duration_unit is 'steps'; it must be one of episodes, timesteps")]
    [InlineData("""{"evaluation_num_env_runners": -1}""", "evaluation_num_env_runners is -1")]
    [InlineData("""{"evaluation_config": 3}""", "evaluation_config is 3; it must be a map, or null")]
    [InlineData("""{"evaluation_config": {"lr": 0.1}}""",
        "evaluation_config.lr 'evaluation_config.lr' is no option here. Options: env, env_config, explore, num_envs_per_env_runner.")]
    [InlineData("""{"evaluation_config": {"explor": false}}""",
        "evaluation_config.explor 'evaluation_config.explor' is no option here. Did you mean 'explore'?")]
    [InlineData("""{"evaluation_config": {"explore": "no"}}""", "evaluation_config.explore is 'no'; it must be true or false, or null")]
    [InlineData("""{"evaluation_config": {"env": "CartPole-v2"}}""", "evaluation_config.env is 'CartPole-v2', which is not registered")]
    [InlineData("""{"evaluation_config": {"env_config": {"gravity": 1}}}""", "evaluation_config.env_config.gravity is unknown to CartPole-v1")]
    [InlineData("""{"evaluation_config": {"env": "TicTacToe"}}""",
        "evaluation_config.env is 'TicTacToe', which has several agents; CartPole-v1, which is trained on, has one")]
    [InlineData("""{"evaluation_config": {"num_envs_per_env_runner": 0}}""", "evaluation_config.num_envs_per_env_runner is 0")]
    public void A_wrong_value_is_named_with_its_rule(string json, string message) => Assert.Contains(
        ((TrainableDefinition)new PpoConfig().Environment("CartPole-v1")).Validate(ParameterSet.Parse(json)),
        i => $"{i.Path} {i.Message}".StartsWith(message, StringComparison.Ordinal));

    [Fact]
    public void Options_come_back_from_parameters()
    {
        var config = Some.Ppo().Evaluation(3, 500, EvaluationUnit.Timesteps, 2,
            new() { Explore = false, EnvironmentConfig = ParameterSet.Parse("""{"g": 2.0}"""), EnvironmentsPerRunner = 4 }, false, true);

        var back = PpoConfig.FromParameters(ParameterSet.Parse(config.ToParameters().ToString()));

        Assert.Equal(config.ToParameters(), back.ToParameters());
        Assert.Equal(2.0, back.Options.EvaluationConfig!.EnvironmentConfig!.Get<double>("g"));
        Assert.Equal((3, 500, EvaluationUnit.Timesteps, 2, false, true, 4), (
            back.Options.EvaluationInterval, back.Options.EvaluationDuration, back.Options.EvaluationDurationUnit, back.Options.EvaluationEnvironmentRunners,
            back.Options.EvaluationResetsEnvironments, back.Options.AlwaysAttachEvaluationResults,
                back.Options.EvaluationConfig.EnvironmentsPerRunner));
    }

    [Fact]
    public void Iterations_without_one_can_repeat_the_last_results()
    {
        using var algorithm = Some.Ppo("CartPole-v1").Evaluation(interval: 2, alwaysAttachEvaluationResults: true).Build(threads: 1);

        var results = Enumerable.Range(0, 4).Select(_ => algorithm.Train().Number(Return)).ToList();

        Assert.Null(results[0]);
        Assert.NotNull(results[1]);
        Assert.Equal(results[1], results[2]);
        Assert.NotEqual(results[2], results[3]);
    }

    [Theory]
    [InlineData("MultiAgentPendulum", EvaluationUnit.Episodes, true)]
    [InlineData("MultiAgentPendulum", EvaluationUnit.Timesteps, false)]
    [InlineData("TicTacToe", EvaluationUnit.Episodes, true)]
    [InlineData("TicTacToe", EvaluationUnit.Timesteps, true)]
    [InlineData("TicTacToe", EvaluationUnit.Timesteps, false)]
    public void Several_agents_are_evaluated_exactly_as_one(string env, EvaluationUnit unit, bool resets)
    {
        PpoConfig Several(bool evaluated) => Some.Ppo(env)
            .MultiAgent(["a", "b"], new Dictionary<string, string> { ["*"] = "a", [env == "TicTacToe" ? "O" : "1"] = "b" })
            .Evaluation(interval: evaluated ? 1 : 0, duration: 23, durationUnit: unit, numEnvRunners: 2, forceResetEnvsBeforeIteration: resets)
            .Callbacks(onEpisodeEnd: (runner, e) => runner.Metrics.Log("mine", e.Return, window: 30));
        using var plain = Several(false).Build(threads: 1);
        using var whole = Several(true).Build(threads: 1);
        var expected = Some.Train(whole, 4);

        Assert.Equal(Some.Train(plain, 4), expected.Where(l => !l.Contains(": evaluation/", StringComparison.Ordinal)));
        Assert.Contains($"2: evaluation/env_runners/{(unit == EvaluationUnit.Episodes ? "num_episodes" : "num_env_steps_sampled")}=23", expected);
        Assert.Contains(expected, l => l.StartsWith("3: evaluation/env_runners/num_module_steps_sampled/b=", StringComparison.Ordinal));
        using var first = Several(true).Build(threads: 3);
        Some.Train(first, 2);
        using var second = Several(true).Debugging(seed: 999).Build(threads: 1);
        second.RestoreFromPath(first.SaveToPath(_directory["c"]));
        Assert.Equal(expected.SkipWhile(l => !l.StartsWith("2:", StringComparison.Ordinal)).Select(l => l[3..]), Some.Train(second, 2).Select(l => l[3..]));
    }

    [Fact]
    public void Algorithms_with_replay_are_evaluated_too()
    {
        SacConfig Sac(int interval) => new SacConfig().Environment("Pendulum-v1").EnvRunners(numEnvRunners: 0).Debugging(seed: 3)
            .Training(trainBatchSize: 16, numStepsSampledBeforeLearningStarts: 50)
            .Networks(new() { HiddenLayers = [8] }, new() { HiddenLayers = [8] })
            .Evaluation(interval: interval, duration: 3, evaluationConfig: new() { Explore = false });
        using var plain = Sac(0).Build(threads: 1);
        using var evaluated = Sac(2).Build(threads: 1);
        var expected = Some.Train(plain, 4);
        var lines = Some.Train(evaluated, 4);

        Assert.Equal(expected, lines.Where(l => !l.Contains(": evaluation/", StringComparison.Ordinal)));
        Assert.Contains("3: evaluation/env_runners/num_episodes=3", lines);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(true, true)]
    public void Dqn_takes_the_best_actions_unless_it_says_otherwise(bool? explore, bool draws)
    {
        // At the start of training any action is drawn; without that the first step of an episode in FrozenLake is always the same.
        var actions = new HashSet<float>();
        using var algorithm = new DqnConfig().Environment("FrozenLake-v1").Debugging(seed: 4)
            .Evaluation(duration: 40, evaluationConfig: new() { Explore = explore })
            .Callbacks(onEpisodeStep: (runner, e) => _ = runner.IsEvaluation && e.Length == 1 && actions.Add(e.Action[0]))
            .Build(threads: 1);

        algorithm.Evaluate();

        Assert.Equal(draws, actions.Count > 1);
    }

    [Fact]
    public async Task An_experiment_stops_by_what_an_evaluation_reports()
    {
        var results = await new Tuner(
            Some.Ppo("CartPole-v1").Evaluation(interval: 3, duration: 2),
            new RunConfig { StoragePath = _directory["storage"], Stop = { [Return] = 1, ["training_iteration"] = 20 } })
                .FitAsync(TestContext.Current.CancellationToken);

        var rows = await Assert.Single(results).ReadHistoryAsync();
        Assert.Equal(3, rows.Count);
        Assert.True(rows[^1].Metrics.Number(Return) >= 1);
    }

    internal static PpoConfig Config() => Some.Ppo("CartPole-v1").Evaluation(interval: 1, duration: 6, numEnvRunners: 2, alwaysAttachEvaluationResults: true);
}
