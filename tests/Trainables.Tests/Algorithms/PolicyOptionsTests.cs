using System.Collections.Immutable;
using Tuning.Specification;
using Tuning.Testing;

namespace Tuning.Tests.Algorithms;

/// <summary>Options that are others for one policy of several.</summary>
public sealed class PolicyOptionsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("gamma", "0.5")]
    [InlineData("lr", "[[0, 0.01], [1000, 0.001]]")]
    [InlineData("lambda", "0.2")]
    [InlineData("entropy_coeff", "0.3")]
    [InlineData("minibatch_size", "32")]
    [InlineData("model.fcnet_hiddens", "[4]")]
    public void A_policy_trains_as_if_all_had_its_options(string name, string json)
    {
        var own = ParameterSet.Empty.With(name, ParameterSet.Parse($"{{\"v\": {json}}}")["v"]);
        using var mixed = Ppo(own).Build(threads: 1);
        using var alike = PpoConfig.FromParameters(Flat(own).Aggregate(Ppo(null).ToParameters(), (set, p) => set.With(p.Key, p.Value))).Build(threads: 1);
        using var plain = Ppo(null).Build(threads: 1);

        foreach (var algorithm in (Algorithm[])[mixed, alike, plain])
        {
            algorithm.Train();
            algorithm.Train();
        }

        Assert.Equal(Weights(alike, "a"), Weights(mixed, "a"));
        Assert.Equal(Weights(plain, "b"), Weights(mixed, "b"));
        Assert.NotEqual(Weights(plain, "a"), Weights(mixed, "a"));
    }

    [Fact]
    public void Learners_report_and_checkpoints_keep_them()
    {
        using var algorithm = Ppo(ParameterSet.Empty.With("lr", 0.02)).Build(threads: 1);
        algorithm.Train();
        var checkpoint = algorithm.SaveToPath(_directory["c"]);
        using var again = Algorithm.FromCheckpoint(checkpoint);
        using var learner = Learner.FromCheckpoint(Path.Combine(checkpoint, "learner_group/learner"), "a");

        var (expected, found) = (algorithm.Train(), again.Train());

        Assert.Equal((0.02, 1e-3), (found.Number("learners/a/default_optimizer_learning_rate"), found.Number("learners/b/default_optimizer_learning_rate")));
        Assert.Equal(Some.Lines(expected), Some.Lines(found));
    }

    [Theory]
    [InlineData("policies: {a: [null, null, null, {gamma: 0.8}], b: [null, {}, {}, {}]}", "{\"gamma\":0.8}")]
    [InlineData("policies: {a: {config: {lr: 0.1, lambda_: 0.5}}, b: {}}", "{\"lr\":0.1,\"lambda_\":0.5}")]
    public void Files_say_it_in_RLlibs_ways(string keys, string expected)
    {
        var result = Read("multi_agent: {policy_mapping: {\"*\": a}, " + keys + "}");

        Assert.Empty(result.Problems);
        var issues = new PpoConfig().ToTrainable().Validate(Config(result));
        Assert.Empty(issues);
        Assert.Equal(ParameterSet.Parse(expected), PpoConfig.FromParameters(Config(result)).Options.MultiAgent!.Policies["a"].Config);
    }

    [Fact]
    public void Overrides_stand_beside_multi_agent_too()
    {
        var result = Read("multi_agent: {policies: [a, b], policy_mapping: {\"*\": a}}, algorithm_config_overrides_per_module: {b: {lr: 0.5}}");

        Assert.Empty(result.Problems);
        Assert.Equal([("b", ParameterSet.Empty.With("lr", 0.5))], PpoConfig.FromParameters(Config(result)).Options.OwnOptions);
        Assert.Contains(Read("multi_agent: {policies: [a], policy_mapping: {\"*\": a}}, algorithm_config_overrides_per_module: {b: {lr: 0.5}}").Problems,
            p => p.ToString().Contains("is 'b'; it must be a", StringComparison.Ordinal));
        Assert.Contains(Read("algorithm_config_overrides_per_module: {default_policy: {lr: -1}}").Problems,
            p => p.ToString().Contains("algorithm_config_overrides_per_module.default_policy.lr: is -1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("policies: {a: {config: {num_env_runners: 3}}}", "num_env_runners is one for all policies")]
    [InlineData("policies: {a: {config: {env: CartPole-v1}}}", "is one for all policies")]
    [InlineData("policies: {a: {config: {gama: 0.9}}}", "Did you mean")]
    [InlineData("policies: {a: {config: {gamma: 3}}}", "gamma: is 3; it must be from 0 to 1")]
    [InlineData("policies: {a: {config: {minibatch_size: 100000}}}", "minibatch_size: is 100000; it must be at most train_batch_size")]
    public void What_a_policy_cannot_have_is_an_error(string keys, string expected)
    {
        var result = Read("multi_agent: {policy_mapping: {\"*\": a}, " + keys + "}");

        Assert.Contains(result.Problems,
            p => p.ToString().Replace(": is one", " is one", StringComparison.Ordinal).Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Other_algorithms_have_them_too()
    {
        var config = new DqnConfig().Environment("MultiAgentCartPole", ParameterSet.Empty.With("num_agents", 2)).EnvRunners(rolloutFragmentLength: 50)
            .Training(trainBatchSize: 16, numStepsSampledBeforeLearningStarts: 50).Model(fcnetHiddens: [8]).Debugging(seed: 1)
            .MultiAgent(Policies(ParameterSet.Empty.With("lr", 0.25).With("hiddens", new[] { 5 }).With("dueling", false)));
        using var algorithm = config.Build(threads: 1);

        var result = algorithm.Train();

        Assert.Equal((0.25, 5e-4), (result.Number("learners/a/default_optimizer_learning_rate"), result.Number("learners/b/default_optimizer_learning_rate")));
        Assert.Contains(algorithm.GetModule("a").GetState(), t => t.Name == "af.net.mlp.2.weight");
        Assert.Contains(algorithm.GetModule("b").GetState(), t => t.Name == "vf.net.mlp.0.weight");
    }

    private static PpoConfig Ppo(ParameterSet? own) => Some.Ppo("MultiAgentPendulum").Environment(envConfig: ParameterSet.Empty.With("num_agents", 2))
        .MultiAgent(Policies(own));

    private static MultiAgentOptions Policies(ParameterSet? own) => new()
    {
        Policies = ImmutableSortedDictionary<string, PolicyOptions>.Empty.Add("a", new() { Config = own }).Add("b", new()),
        PolicyMapping = ImmutableSortedDictionary<string, string>.Empty.Add("0", "a").Add("*", "b"),
    };

    private static IEnumerable<KeyValuePair<string, object?>> Flat(ParameterSet set) =>
        set.SelectMany(p => p.Value is ParameterSet inner ? inner.Select(i => KeyValuePair.Create(p.Key + "." + i.Key, i.Value)) : [p]);

    private static float[] Weights(Algorithm algorithm, string policy) => [.. algorithm.GetModule(policy).GetState().SelectMany(t => t.Data)];

    private static ParameterSet Config(ExperimentFileResult result) =>
        Assert.Single(result.Experiments).Space.Constants.Aggregate(ParameterSet.Empty, (set, c) => set.With(c.Key, c.Value));

    private static ExperimentFileResult Read(string keys) => ExperimentFile.Parse(
        $"a: {{run: PPO, env: MultiAgentPendulum, config: {{env_config: {{num_agents: 2}}, {keys}}}}}", Path.Combine(Approved.Repository, "a.yaml"),
            new ComponentCatalog().AddTrainables());
}
