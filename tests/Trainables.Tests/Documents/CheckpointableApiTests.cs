using Tuning.Learning;
using Tuning.Tests.Algorithms;
using Tuning.Tests.Learning;

namespace Tuning.Tests.Documents;

/// <summary>
/// RLlib's page "Checkpointable API", passage by passage. The batches and networks are smaller than the defaults, to be quick; the passages
/// about several agents are in <c>CheckpointableApiWithSeveralAgentsTests</c>.
/// </summary>
[Trait("Lane", "Slow")]
public sealed class CheckpointableApiTests : IDisposable
{
    private const string LearnerPath = "learner_group/learner";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    // Every configuration has a seed of its own, so that what is restored differs from what a fresh algorithm has.
    private int _seeds;

    private PpoConfig Config() => new PpoConfig()
        .Environment("Pendulum-v1")
        .Training(trainBatchSize: 400, minibatchSize: 100, numEpochs: 2, lr: 1e-3)
        .Model(fcnetHiddens: [8])
        .Debugging(seed: ++_seeds);

    private string Checkpoint(PpoConfig? config = null)
    {
        using var ppo = (config ?? Config()).Build(threads: 1);
        ppo.Train();
        return ppo.SaveToPath(_directory["checkpoint"]);
    }

    [Fact]
    public void Create_a_new_checkpoint_with_save_to_path()
    {
        // Configure and build an initial algorithm.
        var config = Config();
        using var ppo = config.Build(threads: 1);

        // Train for one iteration, then save to a checkpoint.
        var result = ppo.Train();
        var checkpointDirectory = ppo.SaveToPath();

        Assert.Equal(1, result.Number("training_iteration"));
        Assert.True(Path.IsPathFullyQualified(checkpointDirectory));
        Assert.Equal("v1", File.ReadAllText(Path.Combine(checkpointDirectory, "checkpoint_version.txt")).Trim());
        Directory.Delete(checkpointDirectory, recursive: true);
    }

    [Fact]
    public void Create_a_new_algorithm_with_from_checkpoint()
    {
        var config = Config();
        using var ppo = config.Build(threads: 1);
        ppo.Train();
        var checkpointDirectory = ppo.SaveToPath(_directory["checkpoint"]);

        // Use the already existing checkpoint.
        using var newPpo = Algorithm.FromCheckpoint(checkpointDirectory);

        // It matches the one that was saved, and continues training.
        Assert.Equal("Pendulum-v1", newPpo.Config.EnvironmentName);
        using var fresh = config.Build(threads: 1);
        Answers.AssertRestored(ppo.Module, newPpo.Module, fresh.Module);
        Assert.Equal(Some.Lines(ppo.Train()), Some.Lines(newPpo.Train()));
    }

    [Fact]
    public void Create_a_module_from_its_subdirectory_and_run_a_forward_pass()
    {
        var checkpointDirectory = Checkpoint();

        // Further down, in the subdirectory of the only module.
        var moduleDirectory = Path.Combine(checkpointDirectory, "learner_group", "learner", "rl_module", "default_policy");
        var module = RlModule.FromCheckpoint(moduleDirectory);

        // A dummy observation of Pendulum: mean and log standard deviation of its action.
        var results = module.ForwardInference([0.5f, 0.25f, -0.3f]);

        Assert.Equal(2, results.Length);
        using var saved = Algorithm.FromCheckpoint(checkpointDirectory);
        using var fresh = Config().Build(threads: 1);
        Answers.AssertRestored(saved.Module, module, fresh.Module);
    }

    [Fact]
    public void Create_a_learner_from_its_subdirectory_and_go_on_training()
    {
        var checkpointDirectory = Checkpoint();
        using var saved = Algorithm.FromCheckpoint(checkpointDirectory);

        using var learner = Learner.FromCheckpoint(Path.Combine(checkpointDirectory, LearnerPath), threads: 1);

        using var fresh = Config().Build(threads: 1);
        Answers.AssertRestored(saved.Module, learner.Module, fresh.Module);
        var (expected, state) = (saved.LearnerGroup.Learners["default_policy"].CaptureState(), learner.CaptureState());
        Assert.Equal(expected.Values, state.Values);
        Assert.All(expected.Tensors, t => Assert.Equal(t.Value.Floats, state.Tensors[t.Key].Floats));

        // The same batch, moments and stream give the same weights.
        var batch = PpoData.Collect(learner.Module, 100, [4], seed: 3);
        learner.Train(batch, 800);
        saved.LearnerGroup.Learners["default_policy"].Train(batch, 800);
        Answers.AssertRestored(saved.Module, learner.Module,
            RlModule.FromCheckpoint(Path.Combine(checkpointDirectory, LearnerPath, "rl_module", "default_policy")));
    }

    [Fact]
    public void A_learner_that_was_trained_by_itself_goes_back_into_an_algorithm()
    {
        var checkpointDirectory = Checkpoint();
        using var learner = Learner.FromCheckpoint(Path.Combine(checkpointDirectory, LearnerPath), threads: 1);
        learner.Train(PpoData.Collect(learner.Module, 100, [4], seed: 3), 800);
        var alone = learner.SaveToPath(_directory["learner"]);

        using var ppo = Algorithm.FromCheckpoint(checkpointDirectory);
        ppo.RestoreFromPath(alone, component: LearnerPath);

        Assert.Equal(Answers.Of(learner.Module), Answers.Of(ppo.Module));
        Assert.Equal(2, ppo.Train().Number("training_iteration"));
        using var again = Learner.FromCheckpoint(alone, threads: 1);
        Assert.Equal(Answers.Of(learner.Module), Answers.Of(again.Module));
    }

    [Fact]
    public void Create_a_learner_group_from_its_subdirectory()
    {
        var checkpointDirectory = Checkpoint();

        using var group = LearnerGroup.FromCheckpoint(Path.Combine(checkpointDirectory, "learner_group"), threads: 1);

        using var saved = Algorithm.FromCheckpoint(checkpointDirectory);
        using var fresh = Config().Build(threads: 1);
        Answers.AssertRestored(saved.Module, group.Modules["default_policy"], fresh.Module);
        group.Learners["default_policy"].Train(PpoData.Collect(group.Modules["default_policy"], 100, [4], seed: 3), 800);
        saved.RestoreFromPath(group.SaveToPath(_directory["group"]), component: "learner_group");
        Assert.Equal(Answers.Of(group.Modules["default_policy"]), Answers.Of(saved.Module));
    }

    [Theory]
    [InlineData("", "learner_group/learner")]
    [InlineData("learner_group", "learner")]
    [InlineData("env_runner", "")]
    public void A_learner_is_in_its_own_branch_only(string branch, string hint)
    {
        var path = Path.Combine(Checkpoint(), branch);

        var e = Assert.Throws<CheckpointException>(() => Learner.FromCheckpoint(path));

        Assert.Contains("and no learner.", e.Message, StringComparison.Ordinal);
        Assert.EndsWith(hint.Length == 0 ? "and no learner." : Path.Combine(path, hint) + ".", e.Message, StringComparison.Ordinal);
        Assert.Throws<CheckpointException>(() => LearnerGroup.FromCheckpoint(Path.Combine(path, "..", branch.Length == 0 ? "checkpoint" : "env_runner")));
    }

    [Fact]
    public void A_learner_of_ones_own_is_made_again_by_its_registered_name()
    {
        LearnerRegistry.Register("document-learner",
            spec => spec.Module.CreatePpoLearner(new PpoOptions { LearningRate = 0.5, MinibatchSize = 100, Epochs = 1 }, spec.Random, spec.Threads));
        var config = Config();
        config.Options = config.Options with { Learner = "document-learner" };

        using var learner = Learner.FromCheckpoint(Path.Combine(Checkpoint(config), LearnerPath), threads: 1);

        Assert.Equal(0.5, Assert.IsAssignableFrom<PpoLearner>(learner).Options.LearningRate.At(0));
    }

    [Fact]
    public void Restore_state_from_a_checkpoint_with_restore_from_path()
    {
        var config = Config();
        using var ppo = config.Build(threads: 1);
        ppo.Train();
        var checkpointDirectory = ppo.SaveToPath(_directory["checkpoint"]);

        // Recreate the preceding PPO from the config.
        using var newPpo = config.Build(threads: 1);
        var before = Answers.Of(newPpo.Module);

        // Load the state into the running algorithm.
        newPpo.RestoreFromPath(checkpointDirectory);

        Assert.NotEqual(before, Answers.Of(newPpo.Module));
        Assert.Equal(Answers.Of(ppo.Module), Answers.Of(newPpo.Module));
        Assert.Equal(2, newPpo.Train().Number("training_iteration"));
    }

    [Fact]
    public async Task Restore_through_a_callback_and_continue_through_a_Tuner()
    {
        // Reuse the preceding config; its batch takes this checkpoint to 4,000 steps.
        var config = Config().Training(trainBatchSize: 4000, minibatchSize: 500, numEpochs: 1);
        var checkpointDirectory = Checkpoint(config);

        // Code that runs right after the algorithm's initialization.
        float[] atInit = [];
        config.Callbacks(onAlgorithmInit: algorithm =>
        {
            algorithm.RestoreFromPath(checkpointDirectory);
            atInit = Answers.Of(algorithm.Module);
        });

        // Run the experiment, continuing from the checkpoint, through the Tuner.
        var results = await new Tuner(config, new RunConfig
        {
            StoragePath = _directory["results"],
            Stop = { ["num_env_steps_sampled_lifetime"] = 8000 },
        }).FitAsync(TestContext.Current.CancellationToken);

        var trial = Assert.Single(results);
        Assert.Null(trial.Error);
        Assert.Equal((8000, 2, 1), (trial.Metrics.Number("num_env_steps_sampled_lifetime"), trial.Metrics.Number("training_iteration"), trial.Reports));
        Assert.Equal(Answers.Of(RlModule.FromCheckpoint(Path.Combine(checkpointDirectory, LearnerPath, "rl_module", "default_policy"))), atInit);
    }
}
