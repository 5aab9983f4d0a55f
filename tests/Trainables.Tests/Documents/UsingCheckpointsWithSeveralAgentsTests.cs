using Tuning.Testing;
using Tuning.Tests.Algorithms;

namespace Tuning.Tests.Documents;

/// <summary>RLlib's page "Using Checkpoints", the headings about several agents, those that it leaves open included.</summary>
[Trait("Lane", "Slow")]
public sealed class UsingCheckpointsWithSeveralAgentsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    // Every configuration has a seed of its own, so that what is restored differs from what a fresh algorithm has.
    private int _seeds;

    private PpoConfig Config(int agents = 2, params string[] policies) => new PpoConfig()
        .Environment("MultiAgentCartPole", ParameterSet.Empty.With("num_agents", agents))
        .Training(trainBatchSize: 200, minibatchSize: 100, numEpochs: 1, lr: 1e-3)
        .Model(fcnetHiddens: [8])
        .EnvRunners(observationFilter: ObservationFilter.MeanStdFilter)
        .Debugging(seed: ++_seeds)
        .MultiAgent(policies, Enumerable.Range(0, agents).ToDictionary(a => $"{a}", a => policies[a % policies.Length]));

    private string Save(PpoConfig config, out Dictionary<string, float[]> answers)
    {
        using var algorithm = config.Build(threads: 1);
        algorithm.Train();
        answers = algorithm.PolicyIds.ToDictionary(p => p, p => Answers.Of(algorithm.GetModule(p)));
        return algorithm.SaveToPath(_directory["checkpoint"]);
    }

    private static HashSet<string> List(params string[] path) =>
        [.. Directory.EnumerateFileSystemEntries(Path.Combine(path)).Select(e => Path.GetFileName(e) + (Directory.Exists(e) ? "/" : ""))];

    [Fact]
    public void Multi_agent_Algorithm_checkpoints()
    {
        // Two policies that are trained independently, with a function for which agent follows which.
        var myMaConfig = Config(2, "pol1", "pol2").MultiAgent(
            policies: ["pol1", "pol2"],
            policyMappingFn: (agent, _) => agent == "1" ? "pol1" : "pol2",
            policiesToTrain: ["pol1", "pol2"]);
        using var myMaAlgorithm = myMaConfig.Build(threads: 1);

        var maCheckpointDirectory = myMaAlgorithm.SaveToPath(_directory["ma"]);

        Assert.Superset(new HashSet<string> { "pol1/", "pol2/" }, List(maCheckpointDirectory, "policies"));
        Assert.DoesNotContain("default_policy/", List(maCheckpointDirectory, "policies"));
    }

    [Fact]
    public void Policy_checkpoints__the_entire_picture()
    {
        var path = Save(Config(2, "policy_A", "policy_B"), out _);

        Assert.Superset(new HashSet<string> { ".is_checkpoint", ".tune_metadata", "checkpoint_version.txt", "state.json", "policies/" }, List(path));
        Assert.All(["policy_A", "policy_B"], p =>
        {
            Assert.Superset(new HashSet<string> { "checkpoint_version.txt", "policy_state.safetensors", "state.json" }, List(path, "policies", p));
            Assert.Equal("v1", File.ReadAllText(Path.Combine(path, "policies", p, "checkpoint_version.txt")).Trim());
        });
    }

    [Fact]
    public void How_do_I_create_and_restore_a_Policy_checkpoint_of_one_of_several()
    {
        using var myMaAlgorithm = Config(2, "pol1", "pol2").Build(threads: 1);
        myMaAlgorithm.Train();

        // An individual policy checkpoint, only for "pol1".
        var policy1 = myMaAlgorithm.GetPolicy("pol1");
        var path = policy1.ExportCheckpoint(_directory["my_policy_checkpoint"]);

        Assert.Superset(new HashSet<string> { "checkpoint_version.txt", "policy_state.safetensors" }, List(path));
        var myRestoredPolicy = Policy.FromCheckpoint(path);
        Assert.Equal(policy1.ComputeSingleAction([0.0f, 0.1f, 0.2f, 0.3f]), myRestoredPolicy.ComputeSingleAction([0.0f, 0.1f, 0.2f, 0.3f]));
        Answers.AssertRestored(myMaAlgorithm.GetModule("pol1"), myRestoredPolicy.Module, myMaAlgorithm.GetModule("pol2"));

        // From the algorithm's checkpoint by name, all, or some.
        var whole = myMaAlgorithm.SaveToPath(_directory["whole"]);
        Assert.Equal(Answers.Of(policy1.Module), Answers.Of(Policy.FromCheckpoint(whole, "pol1").Module));
        Assert.Equal(["pol1", "pol2"], Policy.AllFromCheckpoint(whole).Keys.Order());
        Assert.Equal(["pol2"], Policy.AllFromCheckpoint(whole, ["pol2"]).Keys);
    }

    [Fact]
    public void How_do_I_restore_a_multi_agent_Algorithm_with_a_set_of_the_original_policies()
    {
        // Set up an algorithm with 5 policies: agent 0 follows pol0, and so on.
        var path = Save(Config(5, "pol0", "pol1", "pol2", "pol3", "pol4"), out var answers);
        Assert.Equal(5, answers.Count);

        // Recreate it with 2 of them, which needs a new mapping from 5 agents to 2 policies.
        using var with2Policies = Algorithm.FromCheckpoint(
            path,
            policyIds: ["pol0", "pol1"],
            policyMappingFn: (agent, _) => agent is "0" or "1" ? "pol0" : "pol1");

        Assert.Equal(["pol0", "pol1"], with2Policies.PolicyIds);
        Assert.All(with2Policies.PolicyIds, p => Assert.Equal(answers[p], Answers.Of(with2Policies.GetModule(p))));
        Assert.NotEqual(answers["pol0"], answers["pol1"]);

        // Train with this new setup.
        Assert.Equal(2, with2Policies.Train().Number("training_iteration"));
        Assert.All(with2Policies.PolicyIds, p => Assert.NotEqual(answers[p], Answers.Of(with2Policies.GetModule(p))));
    }

    [Fact]
    public void A_set_of_the_original_policies_with_a_table__one_of_them_frozen()
    {
        var path = Save(Config(3, "a", "b", "c"), out var answers);

        using var algorithm = Algorithm.FromCheckpoint(path, ["a", "c"], new Dictionary<string, string> { ["*"] = "a", ["2"] = "c" }, policiesToTrain: ["a"]);
        algorithm.Train();

        Assert.Equal(answers["c"], Answers.Of(algorithm.GetModule("c")));
        Assert.NotEqual(answers["a"], Answers.Of(algorithm.GetModule("a")));
        using var byConfigure = Algorithm.FromCheckpoint<PpoConfig>(path,
            config => config.MultiAgent(["a", "c"], new Dictionary<string, string> { ["*"] = "a" }));
        Assert.Equal(answers["c"], Answers.Of(byConfigure.GetModule("c")));
    }

    [Fact]
    public void A_set_of_policies_that_do_not_exist_or_that_the_mapping_leaves_is_refused()
    {
        var path = Save(Config(2, "a", "b"), out _);

        var e = Assert.Throws<CheckpointException>(() => Algorithm.FromCheckpoint(path, ["a", "x"]));
        Assert.Contains("It has no policy 'x'; it has: a, b.", e.Message, StringComparison.Ordinal);
        var unmapped = Assert.Throws<ArgumentException>(() => Algorithm.FromCheckpoint(path, ["a"]));
        Assert.Contains("multi_agent.policy_mapping.1 is 'b'; it must be a", unmapped.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Restore_policies_into_an_algorithm_that_has_more_of_them()
    {
        var path = Save(Config(2, "a", "b"), out var answers);
        var log = new RecordingLogger();
        using var more = Config(3, "b", "c", "d").Build(threads: 1, logger: log);
        var before = more.PolicyIds.ToDictionary(p => p, p => Answers.Of(more.GetModule(p)));

        more.RestoreFromPath(path);

        Assert.Equal(answers["b"], Answers.Of(more.GetModule("b")));
        Assert.Equal(before["c"], Answers.Of(more.GetModule("c")));
        Assert.Equal(before["d"], Answers.Of(more.GetModule("d")));
        Assert.Contains(log.Lines, l => l.Text.Contains("Of the checkpoint were taken the policies b. It does not have c, d, which keep their weights. Its a " +
            "does not exist here.", StringComparison.Ordinal));
        Assert.Equal(2, more.Train().Number("training_iteration"));
    }

    [Fact]
    public void No_policy_in_common_is_an_error_that_lists_both()
    {
        var path = Save(Config(2, "a", "b"), out _);
        using var others = Config(2, "x", "y").Build(threads: 1);
        var before = Answers.Of(others.GetModule("x"));

        var e = Assert.Throws<CheckpointException>(() => others.RestoreFromPath(path));

        Assert.Contains("it has: a, b; here are: x, y", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, Answers.Of(others.GetModule("x")));
    }

    [Fact]
    public void A_whole_checkpoint_of_one_agent_into_several_says_what_to_do()
    {
        using var single = new PpoConfig().Environment("CartPole-v1").Training(trainBatchSize: 200, minibatchSize: 100, numEpochs: 1).Model(fcnetHiddens: [8])
            .Debugging(seed: ++_seeds).Build(threads: 1);
        var path = single.SaveToPath(_directory["single"]);
        using var several = Config(2, "a", "b").Build(threads: 1);

        var e = Assert.Throws<CheckpointException>(() => several.RestoreFromPath(path));

        Assert.Contains("is of one agent with the policy default_policy; here are the policies a, b. Restore a module instead, for example " +
            "learner_group/learner/rl_module/default_policy as the component learner_group/learner/rl_module/a.", e.Message, StringComparison.Ordinal);
    }
}
