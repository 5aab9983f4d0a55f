namespace Tuning.Tests.Algorithms;

/// <summary>What algorithms declare to report is what they report, no more and no less.</summary>
public sealed class ReportedMetricsTests
{
    private static readonly Dictionary<string, Func<AlgorithmConfig>> _algorithms = new()
    {
        ["PPO"] = () => Some.Ppo("CartPole-v1").Evaluation(interval: 1, duration: 1),
        ["PPO without evaluation"] = () => Some.Ppo("CartPole-v1"),
        ["PPO of two, one trained"] = () =>
            Some.Ppo("MultiAgentPendulum").MultiAgent(["a", "b"], new Dictionary<string, string> { ["0"] = "a", ["*"] = "b" }, ["b"])
            .Environment(envConfig: ParameterSet.Empty.With("num_agents", 2)),
        ["DQN"] = () => Dqn("CartPole-v1").Evaluation(interval: 1, duration: 1),
        ["DQN exploring while evaluating"] = () => Dqn("CartPole-v1").Evaluation(interval: 1, duration: 1, evaluationConfig: new() { Explore = true }),
        ["DQN, soft"] = () =>
        {
            var config = Dqn("CartPole-v1");
            config.Options = config.Options with { ExplorationConfig = new() { Type = DqnExploration.SoftQ } };
            return config;
        },
        ["DQN of two"] = () => Dqn("MultiAgentCartPole").MultiAgent(["a", "b"], new Dictionary<string, string> { ["0"] = "a", ["*"] = "b" })
            .Environment(envConfig: ParameterSet.Empty.With("num_agents", 2)),
        ["SAC"] = () => Sac(twin: true),
        ["SAC with one network of values"] = () => Sac(twin: false),
    };

    public static TheoryData<string> Names => [.. _algorithms.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void All_is_reported_that_is_declared_and_nothing_else(string name)
    {
        var config = _algorithms[name]();
        using var algorithm = config.Build(threads: 1);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 4; i++)
        {
            seen.UnionWith(algorithm.Train().Select(m => m.Key));
        }

        var declared = config.ToTrainable().MetricsOf(ParameterSet.Empty);

        Assert.True(declared.AreAll);
        Assert.All(seen, key => Assert.True(declared.Has(key), key));
        Assert.All(declared.Names, key =>
            Assert.Contains(seen, s => s == key || (key.EndsWith("/*", StringComparison.Ordinal) && s.StartsWith(key[..^1], StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("env_runners/episode_reward_avg", "Did you mean")]
    [InlineData("env_runners/episode_return_mena", "'env_runners/episode_return_mean'")]
    [InlineData("learners/default_polcy/total_loss", "'learners/default_policy/total_loss'")]
    [InlineData("learners/default_policy/qf_mean", "never reports")]
    [InlineData("evaluation/env_runners/episode_return_mean", "nothing is evaluated without evaluation_interval")]
    [InlineData("env_runners/curr_epsilon", "never reports")]
    public async Task A_name_that_is_never_reported_is_an_error(string metric, string expected)
    {
        var tuner = new Tuner(Some.Ppo("CartPole-v1"), new RunConfig { Stop = { [metric] = 10, ["training_iteration"] = 1 } });

        var error = await Assert.ThrowsAsync<SpecificationException>(() => tuner.FitAsync(TestContext.Current.CancellationToken));

        Assert.Contains($"'{metric}'", error.Message);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void What_hooks_log_is_declared_or_may_come()
    {
        static PpoConfig Logging() => Some.Ppo("CartPole-v1").Callbacks(onTrainResult: (_, result) => result["angle"] = 1);
        var open = Logging().ToTrainable().MetricsOf(ParameterSet.Empty);
        var declared = Logging().Reporting(ownMetrics: ["angle", "own/*"]).Copy().ToTrainable().MetricsOf(ParameterSet.Empty);

        Assert.Equal((false, false), (open.AreAll, open.Has("angle")));
        Assert.True(declared.AreAll);
        Assert.True(declared.Has("angle") && declared.Has("own/x") && !declared.Has("angel"));
    }

    [Fact]
    public void A_learner_of_ones_own_may_report_anything_of_its_policy()
    {
        var declared = Some.Ppo("CartPole-v1").ToTrainable().MetricsOf(ParameterSet.Empty.With("learner", "mine"));

        Assert.True(declared.Has("learners/default_policy/anything"));
        Assert.False(declared.Has("learners/other/anything"));
    }

    private static DqnConfig Dqn(string env) => new DqnConfig().Environment(env).EnvRunners(rolloutFragmentLength: 50)
        .Training(trainBatchSize: 16, numStepsSampledBeforeLearningStarts: 50).Model(fcnetHiddens: [8]).Debugging(seed: 1);

    private static SacConfig Sac(bool twin)
    {
        var config = new SacConfig().Environment("Pendulum-v1").Debugging(seed: 1);
        config.Options = config.Options with
        {
            TwinQ = twin,
            RolloutFragmentLength = 100,
            MinSampleTimestepsPerIteration = 100,
            TrainBatchSize = 16,
            StepsBeforeLearningStarts = 50,
            PolicyModelConfig = config.Options.PolicyModelConfig with { HiddenLayers = [8] },
            QModelConfig = config.Options.QModelConfig with { HiddenLayers = [8] },
        };
        return config;
    }
}
