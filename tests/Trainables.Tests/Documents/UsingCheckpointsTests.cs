using Tuning.Checkpointing;
using Tuning.Randomness;
using Tuning.Tests.Algorithms;

namespace Tuning.Tests.Documents;

/// <summary>
/// RLlib's page "Using Checkpoints", heading by heading. The batches and networks are smaller than the defaults, to be quick; the headings
/// about several agents are in <c>UsingCheckpointsWithSeveralAgentsTests</c>.
/// </summary>
[Trait("Lane", "Slow")]
public sealed class UsingCheckpointsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    // Every configuration has a seed of its own, so that what is restored differs from what a fresh algorithm has.
    private int _seeds;

    private PpoConfig Config() => new PpoConfig()
        .Environment("CartPole-v0")
        .Training(trainBatchSize: 400, minibatchSize: 100, numEpochs: 2, lr: 1e-3)
        .Model(fcnetHiddens: [8])
        .Debugging(seed: ++_seeds);

    private string Save(Algorithm algorithm) => algorithm.SaveToPath(_directory["checkpoint"]);

    private static string[] List(params string[] path) =>
        [.. Directory.EnumerateFileSystemEntries(Path.Combine(path)).Select(e => Path.GetFileName(e) + (Directory.Exists(e) ? "/" : ""))
            .Order(StringComparer.Ordinal)];

    [Fact]
    public void What_is_a_checkpoint__of_an_algorithm_or_of_a_policy_trained_or_not()
    {
        using var untrained = Config().Build(threads: 1);
        var whole = Save(untrained);
        var policy = untrained.GetPolicy().SaveToPath(_directory["policy"]);

        using var algorithm = Algorithm.FromCheckpoint(whole);
        Assert.Equal(0, algorithm.TrainingIteration);
        Assert.Equal(Answers.Of(untrained.Module), Answers.Of(Policy.FromCheckpoint(policy).Module));
        Assert.Contains("policies/", List(whole));
    }

    [Fact]
    public void Algorithm_checkpoints_hold_everything_to_continue_exactly()
    {
        using var old = Config().Build(threads: 1);
        Some.Train(old, 2);
        var path = Save(old);

        using var restored = Algorithm.FromCheckpoint(path);

        // Configuration, class, weights, counters …
        Assert.Equal(old.Config.ToParameters(), restored.Config.ToParameters());
        Assert.IsType<PpoConfig>(restored.Config);
        Assert.Equal((2, 800), (restored.TrainingIteration, restored.NumEnvStepsSampledLifetime));
        using var fresh = Config().Build(threads: 1);
        Answers.AssertRestored(old.Module, restored.Module, fresh.Module);

        // … and so it goes on as the old one would have.
        Assert.Equal(Some.Train(old, 2), Some.Train(restored, 2));
    }

    [Fact]
    public void How_do_I_create_an_Algorithm_checkpoint()
    {
        // Create an algorithm, train one iteration, and save.
        var myPpo = Config().Build(threads: 1);
        myPpo.Train();
        var pathToCheckpoint = myPpo.SaveToPath(_directory["checkpoint"]);

        // Terminate it; training would be an error from here on.
        myPpo.Dispose();

        Assert.Throws<ObjectDisposedException>(() => myPpo.Train());
        Assert.True(Directory.Exists(pathToCheckpoint));
    }

    [Fact]
    public void The_directory_has_every_entry_that_is_listed()
    {
        using var ppo = Config().Build(threads: 1);
        ppo.Train();
        var path = Save(ppo);

        // Where theirs is state.pkl and policy_state.pkl, ours is state.json with safetensors.
        Assert.Subset(List(path).ToHashSet(), new HashSet<string> { ".is_checkpoint", ".tune_metadata", "policies/", "state.json", "checkpoint_version.txt" });
        Assert.Equal("v1", File.ReadAllText(Path.Combine(path, "checkpoint_version.txt")).Trim());
        Assert.Equal(["default_policy/", "manifest.json"], List(path, "policies"));
        Assert.Subset(List(path, "policies", "default_policy").ToHashSet(),
            new HashSet<string> { "checkpoint_version.txt", "policy_state.safetensors", "state.json" });
    }

    [Fact]
    public void State_holds_what_is_not_specific_to_a_policy()
    {
        using var ppo = Config().Build(threads: 1);
        ppo.Train();
        var path = Save(ppo);

        var state = ParameterSet.Parse(File.ReadAllText(Path.Combine(path, "state.json")));
        var metadata = ParameterSet.Parse(File.ReadAllText(Path.Combine(path, ".tune_metadata")));
        Assert.Equal(1L, state["training_iteration"]);
        Assert.Equal(400L, metadata["timesteps_total"]);
        Assert.DoesNotContain("safetensors", string.Concat(List(path)), StringComparison.Ordinal);
    }

    [Fact]
    public void How_do_I_restore_an_Algorithm__from_checkpoint()
    {
        using var myPpo = Config().Build(threads: 1);
        myPpo.Train();

        using var myNewPpo = Algorithm.FromCheckpoint(Save(myPpo));

        // Continue training.
        Assert.Equal(2, myNewPpo.Train().Number("training_iteration"));
    }

    [Fact]
    public void How_do_I_restore_an_Algorithm__build_then_restore()
    {
        var myPpoConfig = Config();
        using var myPpo = myPpoConfig.Build(threads: 1);
        myPpo.Train();
        var path = Save(myPpo);

        // Re-build a fresh algorithm, and restore the old state.
        using var myNewPpo = myPpoConfig.Build(threads: 1);
        myNewPpo.RestoreFromPath(path);

        // Continue training.
        Assert.Equal(Answers.Of(myPpo.Module), Answers.Of(myNewPpo.Module));
        Assert.Equal(2, myNewPpo.Train().Number("training_iteration"));
    }

    [Fact]
    public void Which_versions_can_I_use__the_one_in_the_file_and_all_before()
    {
        using var ppo = Config().Build(threads: 1);
        var path = Save(ppo);

        // Older ones are in GoldenCheckpointTests. The policies' version is that of the algorithm.
        var version = File.ReadAllText(Path.Combine(path, "checkpoint_version.txt"));
        Assert.Equal("v1", version.Trim());
        Assert.Equal(version, File.ReadAllText(Path.Combine(path, "policies", "default_policy", "checkpoint_version.txt")));

        // It is for people: nothing reads it.
        var other = CheckpointStore.Write(_directory["without"],
            d => { CheckpointableExtensions.SaveTo(ppo, d); File.Delete(d.File("checkpoint_version.txt")); });
        using var again = Algorithm.FromCheckpoint(other.Path);
        Assert.Equal(0, again.TrainingIteration);
    }

    [Fact]
    public void How_do_I_create_a_Policy_checkpoint()
    {
        using var ppo = Config().Build(threads: 1);

        // Every saved algorithm has them; for one alone:
        var policy = ppo.GetPolicy("default_policy");
        var path = policy.ExportCheckpoint(_directory["my_policy_checkpoint"]);

        Assert.Subset(List(path).ToHashSet(), new HashSet<string> { "checkpoint_version.txt", "policy_state.safetensors", "state.json" });
        Assert.Equal("v1", File.ReadAllText(Path.Combine(path, "checkpoint_version.txt")).Trim());
    }

    [Fact]
    public void How_do_I_restore_from_a_Policy_checkpoint()
    {
        using var ppo = Config().Build(threads: 1);
        ppo.Train();
        var whole = Save(ppo);
        var path = ppo.GetPolicy().ExportCheckpoint(_directory["my_policy_checkpoint"]);

        // For serving, without runners, environments or anything else.
        var myRestoredPolicy = Policy.FromCheckpoint(path);

        // An individual observation of CartPole.
        float[] observation = [0.0f, 0.1f, 0.2f, 0.3f];
        var action = Assert.Single(myRestoredPolicy.ComputeSingleAction(observation));
        Assert.Contains(action, new[] { 0f, 1f });
        using var fresh = Config().Build(threads: 1);
        Answers.AssertRestored(ppo.Module, myRestoredPolicy.Module, fresh.Module);

        // From an algorithm checkpoint: the policy, or a dictionary of all.
        Assert.Equal(action, Policy.FromCheckpoint(whole).ComputeSingleAction(observation)[0]);
        var all = Policy.AllFromCheckpoint(whole);
        Assert.Equal(["default_policy"], all.Keys);
        Assert.Equal(myRestoredPolicy.ComputeSingleAction(observation, new RandomStream(5)),
            all["default_policy"].ComputeSingleAction(observation, new RandomStream(5)));
    }
}
