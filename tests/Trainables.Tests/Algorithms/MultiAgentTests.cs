using Tuning.Learning;
using Tuning.Modules;
using Tuning.Specification;

namespace Tuning.Tests.Algorithms;

/// <summary>Algorithms with several policies.</summary>
[Trait("Lane", "Slow")]
public sealed class MultiAgentTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Policies_with_different_spaces_and_networks_learn_side_by_side()
    {
        using var algorithm = Learners().Build(threads: 1);
        Assert.Equal(["copies", "follows"], algorithm.PolicyIds);
        Assert.Equal((3, 1), (algorithm.GetModule("copies").ObservationSize, algorithm.GetModule("follows").ObservationSize));
        Assert.NotEqual(algorithm.GetModule("copies").ParameterCount, algorithm.GetModule("follows").ParameterCount);
        var first = algorithm.Train().Number("env_runners/episode_return_mean")!.Value;
        Metrics last = null!;
        while (algorithm.NumEnvStepsSampledLifetime < 4000)
        {
            last = algorithm.Train();
        }

        Assert.True(first < 13, $"by chance 9.3 of {TwoLearners.Best}, but {first}");
        Assert.True(last.Number("env_runners/episode_return_mean") > 21, $"of {TwoLearners.Best}, but {last.Number("env_runners/episode_return_mean")}");
        Assert.True(last.Number("env_runners/module_episode_returns_mean/copies") > 14);
        Assert.True(last.Number("env_runners/agent_episode_returns_mean/follower") > 7);
        Assert.Equal(2 * last.Number("learners/follows/num_module_steps_trained"), last.Number("learners/copies/num_module_steps_trained"));
    }

    [Theory]
    [InlineData("TicTacToe", "p0,p1")]
    [InlineData("TicTacToe", null)]
    [InlineData("MultiAgentCartPole", "p0,p1")]
    [InlineData("CartPole-v1", null)]
    public void Epsilon_is_reported_whoever_acts(string env, string? policies)
    {
        var config = new DqnConfig().Environment(env).EnvRunners(numEnvRunners: 2, numEnvsPerEnvRunner: 2, rolloutFragmentLength: 5)
            .Training(epsilon: Schedule.Linear([new(0, 1), new(4000, 0.25)]), trainBatchSize: 8, numStepsSampledBeforeLearningStarts: 100_000)
                .Model(fcnetHiddens: [4]).Debugging(seed: 3);
        using var algorithm = (policies is null ? config
            : config.MultiAgent(policies.Split(','), new Dictionary<string, string> { ["o"] = "p1", ["*"] = "p0" })).Build(threads: 1);
        var seen = Enumerable.Range(0, 7).Select(_ => algorithm.Train().Number("env_runners/curr_epsilon")!.Value).ToList();

        Assert.True(seen[0] is > 0.75 and < 0.9, $"ε is {seen[0]} after 1,000 steps");
        Assert.Equal(seen.OrderDescending(), seen);
        Assert.Equal(0.25, seen[^1]);
    }

    [Fact]
    public void Frozen_policy_does_not_change_by_one_bit()
    {
        using var algorithm = Learners().MultiAgent(["copies", "follows"], Mapping, policiesToTrain: ["copies"]).Build(threads: 1);
        var (frozen, trained) = (Weights(algorithm, "follows"), Weights(algorithm, "copies"));
        var metrics = algorithm.Train();
        algorithm.Train();

        Assert.Equal(frozen, Weights(algorithm, "follows"));
        Assert.NotEqual(trained, Weights(algorithm, "copies"));
        Assert.DoesNotContain(metrics, m => m.Key.StartsWith("learners/follows/"));
        Assert.True(metrics.Number("env_runners/num_module_steps_sampled/follows") > 0);
    }

    [Theory]
    [InlineData("MultiAgentPendulum", "p0,p1", null)]
    [InlineData("MultiAgentPendulum", "p0,p1", "p1")]
    [InlineData("MultiAgentCartPole", "p0", null)]
    [InlineData("TicTacToe", "p0,p1", null)]
    public void Three_iterations_saved_restored_and_three_more_equal_six(string env, string policies, string? train)
    {
        PpoConfig Config() => Pair(env, policies.Split(','), train?.Split(','));
        using var whole = Config().Build(threads: 1);
        var expected = Some.Train(whole, 6);

        using var first = Config().Build(threads: 2);
        Some.Train(first, 3);
        var path = first.SaveToPath(_directory["c"]);
        using var second = Config().Debugging(seed: 12345).Build(threads: 1);
        second.RestoreFromPath(path);

        Assert.Equal(expected.SkipWhile(l => !l.StartsWith("3:", StringComparison.Ordinal)).Select(l => l[3..]), Some.Train(second, 3).Select(l => l[3..]));
        using var third = Algorithm.FromCheckpoint(path);
        Assert.Equal(expected.SkipWhile(l => !l.StartsWith("3:", StringComparison.Ordinal)).Select(l => l[3..]), Some.Train(third, 3).Select(l => l[3..]));
    }

    [Theory]
    [InlineData("MultiAgentPendulum")]
    [InlineData("TicTacToe")]
    public void Replay_takes_in_agents_that_act_at_every_step_and_in_turn(string env)
    {
        SacConfig Config() => (env == "TicTacToe" ? new SacConfig().Environment(env) : new SacConfig()
            .Environment(env, ParameterSet.Empty.With("num_agents", 2)))
            .EnvRunners(numEnvRunners: 2, numEnvsPerEnvRunner: 2, rolloutFragmentLength: 3)
            .Training(trainBatchSize: 16, numStepsSampledBeforeLearningStarts: 60)
            .Networks(new() { HiddenLayers = [8] }, new() { HiddenLayers = [8] })
            .MultiAgent(["p0", "p1"], new Dictionary<string, string> { ["0"] = "p0", ["x"] = "p0", ["*"] = "p1" })
            .Debugging(seed: 3);
        using var whole = Config().Build(threads: 1);
        var before = Weights(whole, "p1");
        var expected = Some.Train(whole, 6);
        Assert.NotEqual(before, Weights(whole, "p1"));

        using var first = Config().Build(threads: 2);
        Some.Train(first, 3);
        using var second = Algorithm.FromCheckpoint(first.SaveToPath(_directory["c"]));
        Assert.Equal(expected.SkipWhile(l => !l.StartsWith("3:", StringComparison.Ordinal)).Select(l => l[3..]), Some.Train(second, 3).Select(l => l[3..]));
    }

    [Fact]
    public void Results_do_not_depend_on_the_number_of_threads()
    {
        using var one = Pair("MultiAgentPendulum", ["p0", "p1"]).Build(threads: 1);
        using var three = Pair("MultiAgentPendulum", ["p0", "p1"]).Build(threads: 3);

        Assert.Equal(Some.Train(one, 3), Some.Train(three, 3));
    }

    [Fact]
    public void Checkpoint_has_a_branch_for_each_policy()
    {
        using var algorithm = Pair("MultiAgentPendulum", ["p0", "p1"]).Build(threads: 1);
        algorithm.Train();
        var path = algorithm.SaveToPath(_directory["c"]);

        foreach (var policy in new[] { "p0", "p1" })
        {
            Assert.True(File.Exists(Path.Combine(path, "learner_group", "learner", "rl_module", policy, "module_state.safetensors")));
            Assert.True(Directory.Exists(Path.Combine(path, "env_runner", "env_to_module_connector", policy, "000_MeanStdFilter")));
            Assert.True(Directory.Exists(Path.Combine(path, "env_runner", "module_to_env_connector", policy)));
            Assert.True(Directory.Exists(Path.Combine(path, "policies", policy)));
        }
    }

    [Fact]
    public void Agents_may_share_a_policy_and_their_experience()
    {
        using var algorithm = Some.Ppo("MultiAgentPendulum").Environment(envConfig: ParameterSet.Empty.With("num_agents", 3))
            .MultiAgent(["shared"], new Dictionary<string, string> { ["*"] = "shared" }).Build(threads: 1);
        var metrics = algorithm.Train();

        Assert.Equal(300, metrics.Number("env_runners/num_env_steps_sampled"));
        Assert.Equal(900, metrics.Number("env_runners/num_module_steps_sampled/shared"));
        Assert.Equal(300, metrics.Number("env_runners/num_agent_steps_sampled/2"));
        Assert.Equal(2 * 900, metrics.Number("learners/shared/num_module_steps_trained"));
    }

    [Fact]
    public void Function_maps_agents_and_one_policy_needs_no_mapping()
    {
        using var algorithm = Some.Ppo("MultiAgentPendulum").Environment(envConfig: ParameterSet.Empty.With("num_agents", 2))
            .MultiAgent(["p0", "p1"], (agent, _) => $"p{agent}").Build(threads: 1);
        Assert.Equal(300, algorithm.Train().Number("env_runners/num_module_steps_sampled/p1"));

        using var single = Some.Ppo("TicTacToe").MultiAgent(new MultiAgentOptions { Policies = new MultiAgentOptions().Policies.Add("self", new()) })
            .Build(threads: 1);
        Assert.True(single.Train().Number("env_runners/num_module_steps_sampled/self") > 300);
    }

    [Theory]
    [InlineData("multi_agent: {policies: [p0, p1], policy_mapping: {\"0\": p0, \"1\": p1}, policies_to_train: [p0]}")]
    [InlineData("multiagent: {policies: {p0: {model: {fcnet_hiddens: [4]}}, p1: {}}, policy_mapping: {\"0\": p0, \"*\": p1}}")]
    [InlineData("multi_agent: {policies: {p0: null, p1: {module: default}}, policy_mapping: {\"*\": p1, \"0\": p0}}")]
    public void Files_name_policies_and_who_follows_them(string text)
    {
        var result = Read($"env_config: {{num_agents: 2}}, {text}");

        Assert.Empty(result.Problems);
        Assert.Single(result.Experiments);
    }

    [Theory]
    [InlineData("multi_agent: {policies: [p0, p1]}", "multi_agent.policy_mapping: is not given; it must say which agents follow which of p0, p1")]
    [InlineData("multi_agent: {policies: [p0], policy_mapping: {\"0\": p1}}", "multi_agent.policy_mapping.0: is 'p1'; it must be p0")]
    [InlineData("multi_agent: {policies: [p0], policies_to_train: [p00]}", "multi_agent.policies_to_train: is 'p00'; it must be p0")]
    [InlineData("multi_agent: {policies: [p/0]}", "multi_agent.policies: is 'p/0'; it must be of letters, digits, _ and -")]
    [InlineData("multi_agent: {policies: [p0, p0]}", "it must be a map whose policies have different names; 'p0' stands there twice")]
    [InlineData("multi_agent: {policies: 3}", "it must be a map whose policies are a list of names, or a map of names to what is special about them; 3 is not")]
    [InlineData("multi_agent: {policies: [p0], policies_to_train: {a: 1}}", "it must be a map whose policies_to_train are a list of names; {\"a\":1} is not")]
    [InlineData("multi_agent: {policies: [p0], policy_maping: {\"*\": p0}}", "'policy_maping' is none of them. Did you mean 'policy_mapping'?")]
    [InlineData("multi_agent: {policies: {p0: {lr: 3, modul: x}}}",
        "nothing of their own but model, module and config; 'policies.p0.lr' is no option here. Options: config, model, module; 'policies.p0.modul' is no " +
            "option here. Did " +
        "you mean 'module'?")]
    [InlineData("multi_agent: {policies: {p0: {model: {fcnet_hidens: [3]}}}}",
        "'policies.p0.model.fcnet_hidens' is no option here. Did you mean 'fcnet_hiddens'?")]
    [InlineData("multi_agent: {policies: {p0: 7}}", "policies.p0 is 7, which is no map")]
    public void Faults_in_files_are_told_before_anything_runs(string text, string part) =>
        Assert.Contains(Read(text).Problems, p => p.ToString().Contains(part, StringComparison.Ordinal));

    [Theory]
    [InlineData("env_config: {num_agents: 2}")]
    [InlineData("multiagent: {}")]
    public void Files_need_no_policies_where_all_agents_follow_one(string config) => Assert.Empty(Read(config).Problems);

    [Fact]
    public void Agents_follow_the_default_policy_where_no_policies_are_given()
    {
        using var algorithm = Some.Ppo("MultiAgentPendulum").Environment(envConfig: ParameterSet.Empty.With("num_agents", 2)).Build(threads: 1);
        var before = Weights(algorithm, "default_policy");
        var metrics = algorithm.Train();

        Assert.Equal(["default_policy"], algorithm.PolicyIds);
        Assert.Equal(600, metrics.Number("env_runners/num_module_steps_sampled/default_policy"));
        Assert.Equal(300, metrics.Number("env_runners/num_agent_steps_sampled/1"));
        Assert.Equal(2 * 600, metrics.Number("learners/default_policy/num_module_steps_trained"));
        Assert.NotEqual(before, Weights(algorithm, "default_policy"));
    }

    [Fact]
    public void Default_policy_of_several_agents_and_of_one_fit_each_other()
    {
        using var one = Some.Ppo("Pendulum-v1").Debugging(seed: 5).Build(threads: 1);
        one.Train();
        var path = one.SaveToPath(_directory["one"]);
        using var several = Some.Ppo("MultiAgentPendulum").Environment(envConfig: ParameterSet.Empty.With("num_agents", 2)).Build(threads: 1);

        several.RestoreFromPath(path, "learner_group");
        several.RestoreFromPath(Path.Combine(path, "env_runner", "env_to_module_connector"), "env_runner/env_to_module_connector/default_policy");
        Assert.Equal(Weights(one, "default_policy"), Weights(several, "default_policy"));

        several.Train();
        var saved = several.SaveToPath(_directory["several"]);
        const string Module = "learner_group/learner/rl_module/default_policy";
        one.RestoreFromPath(Path.Combine(saved, Module), Module);
        Assert.Equal(Weights(several, "default_policy"), Weights(one, "default_policy"));
        Assert.Equal(Weights(several, "default_policy"), [.. Policy.FromCheckpoint(saved).Module.GetState().SelectMany(t => t.Data)]);
    }

    [Fact]
    public void Training_of_a_default_policy_goes_on_from_a_checkpoint()
    {
        static PpoConfig Config() => Some.Ppo("MultiAgentCartPole").Environment(envConfig: ParameterSet.Empty.With("num_agents", 2));
        using var whole = Config().Build(threads: 1);
        var expected = Some.Train(whole, 4);
        using var first = Config().Build(threads: 2);
        Some.Train(first, 2);
        using var second = Algorithm.FromCheckpoint(first.SaveToPath(_directory["c"]));

        Assert.Equal(expected.SkipWhile(l => !l.StartsWith("2:", StringComparison.Ordinal)).Select(l => l[3..]), Some.Train(second, 2).Select(l => l[3..]));
    }

    [Fact]
    public void Agents_that_differ_need_policies()
    {
        var problem = Assert.Single(ExperimentFile.Parse($"a: {{run: PPO, env: {TwoLearners.Name.Value}}}", "a.yaml",
            new ComponentCatalog().AddTrainables()).Problems).ToString();
        Assert.Contains("multi_agent", problem);
        Assert.Contains("all agents of two-learners follow the policy 'default_policy'; but 'copier' sees Discrete(3) and does Discrete(3), 'follower' sees",
            problem);
        Assert.Contains("policy_mapping: {\"copier\": p0, \"follower\": p1}", problem);
    }

    [Fact]
    public void Faults_that_only_the_environment_shows_are_told_when_the_algorithm_is_made()
    {
        Assert.Contains("says nothing of the agent '1'",
            Assert.Throws<ArgumentException>(() => Some.Ppo("MultiAgentPendulum").Environment(envConfig: ParameterSet.Empty.With("num_agents", 2))
            .MultiAgent(["p0"], new Dictionary<string, string> { ["0"] = "p0" }).Build()).Message);
        Assert.Contains("Pendulum-v1 has one agent", Assert.Throws<ArgumentException>(() => Some.Ppo().MultiAgent(["p0"], Mapping).Build()).Message);
    }

    private static IReadOnlyDictionary<string, string> Mapping =>
        new Dictionary<string, string> { ["copier"] = "copies", ["follower"] = "follows", ["*"] = "copies" };

    private static PpoConfig Learners() => new PpoConfig()
        .Environment(TwoLearners.Name.Value)
        .EnvRunners(numEnvRunners: 1, numEnvsPerEnvRunner: 8)
        .Training(lr: 5e-3, gamma: 0.1, trainBatchSize: 256, minibatchSize: 32, numEpochs: 8)
        .RlModule(new ModelOptions { HiddenLayers = [32] })
        .Reporting(metricsNumEpisodesForSmoothing: 16)
        .MultiAgent(new MultiAgentOptions
        {
            Policies = new MultiAgentOptions().Policies.Add("copies", new())
                .Add("follows", new() { Model = new() { HiddenLayers = [16, 16], Activation = Activation.Relu } }),
            PolicyMapping = System.Collections.Immutable.ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, Mapping),
        })
        .Debugging(seed: 1);

    private static PpoConfig Pair(string env, string[] policies, string[]? train = null)
    {
        var config = env == "TicTacToe" ? Some.Ppo(env) : Some.Ppo(env).Environment(envConfig: ParameterSet.Empty.With("num_agents", 2));
        return config.MultiAgent(policies, new Dictionary<string, string> { ["0"] = policies[0], ["x"] = policies[0], ["*"] = policies[^1] }, train);
    }

    private static List<float> Weights(Algorithm algorithm, string policy) => [.. algorithm.GetModule(policy).GetState().SelectMany(t => t.Data)];

    private static ExperimentFileResult Read(string config) =>
        ExperimentFile.Parse($"a: {{run: PPO, env: MultiAgentPendulum, config: {{{config}}}}}", "a.yaml", new ComponentCatalog().AddTrainables());
}
