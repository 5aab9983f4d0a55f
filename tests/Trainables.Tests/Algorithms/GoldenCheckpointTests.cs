using System.Text.Json;
using Tuning.Checkpointing;
using Tuning.Testing;

namespace Tuning.Tests.Algorithms;

/// <summary>
/// Checkpoints that released versions wrote must load for ever. When the format's version rises, write one more directory with
/// <see cref="Write"/>, and add its row; never change or remove one.
/// </summary>
public sealed class GoldenCheckpointTests
{
    private const string Variable = "TUNER_WRITE_GOLDEN";

    private static string Golden(string version) => Path.Combine(AppContext.BaseDirectory, "Algorithms", "Golden", version);

    [Theory]
    [InlineData("v1")]
    [InlineData("v3")]
    public void An_algorithm_loads_and_trains_on(string version)
    {
        using var algorithm = Algorithm.FromCheckpoint(Golden(version));

        Assert.Equal((3, 480), (algorithm.TrainingIteration, algorithm.NumEnvStepsSampledLifetime));
        Assert.Equal("Pendulum-v1", ((PpoConfig)algorithm.Config).EnvironmentName);
        Assert.Equal(640, algorithm.Train().Number("num_env_steps_sampled_lifetime"));
    }

    [Theory]
    [InlineData("v1", new[] { -0.0061953543f, 0.0038823f }, -0.011121631f)]
    [InlineData("v3", new[] { -0.0061953543f, 0.0038823f }, -0.011121631f)]
    public void A_module_and_a_policy_load_and_answer_as_they_did(string version, float[] outputs, float action)
    {
        var module = RlModule.FromCheckpoint(Path.Combine(Golden(version), "learner_group/learner/rl_module/default_policy"));
        var answer = module.ForwardInference([0.5f, 0.25f, -0.3f]);

        // Other vector widths round differently.
        Assert.Equal(outputs[0], answer[0], 1e-5f);
        Assert.Equal(outputs[1], answer[1], 1e-5f);
        Assert.Equal(action, Policy.FromCheckpoint(Golden(version)).ComputeSingleAction([0.5f, 0.25f, -0.3f])[0], 1e-5f);
    }

    [Theory]
    [InlineData("v2-two-policies")]
    [InlineData("v2-dqn")]
    [InlineData("v2-sac")]
    [InlineData("v3-two-policies")]
    [InlineData("v3-dqn")]
    [InlineData("v3-sac")]
    public void Trees_of_every_kind_load_and_answer_as_they_did(string version)
    {
        var answers = JsonSerializer.Deserialize<Dictionary<string, float[]>>(File.ReadAllText(Golden(version) + ".answers.json"))!;

        using var algorithm = Algorithm.FromCheckpoint(Golden(version));
        using var learners = LearnerGroup.FromCheckpoint(Path.Combine(Golden(version), "learner_group"), threads: 1);

        Assert.Equal(2, algorithm.TrainingIteration);
        Assert.Equal(answers.Keys, algorithm.PolicyIds);
        Assert.All(answers, a => Assert.Equal(a.Value, Answer(algorithm.GetModule(a.Key)), (x, y) => Math.Abs(x - y) < 1e-5f));
        Assert.All(answers, a => Assert.Equal(a.Value, Answer(learners.Modules[a.Key]), (x, y) => Math.Abs(x - y) < 1e-5f));
        Assert.Equal(answers.Keys, Policy.AllFromCheckpoint(Golden(version)).Keys.Order(StringComparer.Ordinal));
        Assert.Equal(3, algorithm.Train().Number("training_iteration"));
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v2-dqn")]
    [InlineData("v3-sac")]
    public void Every_branch_of_every_form_restores_by_its_path_and_is_written_anew_as_it_was(string version)
    {
        using var algorithm = Algorithm.FromCheckpoint(Golden(version));
        using var directory = new TemporaryFolder();
        var anew = algorithm.SaveToPath(Path.Combine(directory.Path, "anew"));
        var branches = Directory.GetDirectories(Golden(version), "*", SearchOption.AllDirectories).Select(d => Path.GetRelativePath(Golden(version), d))
            .Where(b => b != "policies").ToList();
        Assert.All(branches, branch =>
        {
            var (old, own) = (new CheckpointDirectory(Path.Combine(Golden(version), branch)), new CheckpointDirectory(Path.Combine(anew, branch)));
            var kind = ComponentFiles.ReadClass(old);
            Assert.Equal(kind.Name, ComponentFiles.ReadClass(own).Name);
            if (!branch.StartsWith("policies", StringComparison.Ordinal))
            {
                Assert.Equal(ComponentFiles.ReadOwn(old, kind.TensorFile).Values, ComponentFiles.ReadOwn(own, kind.TensorFile).Values);
                algorithm.RestoreFromPath(old.Path, component: branch.Replace('\\', '/'));
                algorithm.RestoreFromPath(own.Path, component: branch.Replace('\\', '/'));
            }
        });
        Assert.True(algorithm.Train().Number("training_iteration") > 2);
    }

    [Theory(Explicit = true)]
    [InlineData("v3-two-policies")]
    [InlineData("v3-dqn")]
    [InlineData("v3-sac")]
    public void Write_tree(string version)
    {
        var directory = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(directory is null, $"{Variable} names the directory to write into.");
        AlgorithmConfig config = version switch
        {
            "v3-dqn" => new DqnConfig
            {
                Options = new()
                {
                    Environment = "CartPole-v1",
                    Seed = 1,
                    StepsBeforeLearningStarts = 16,
                    TrainBatchSize = 8,
                    MinSampleTimestepsPerIteration = 32,
                    Model = new() { HiddenLayers = [4] }
                },
            },
            "v3-sac" => new SacConfig
            {
                Options = new()
                {
                    Environment = "Pendulum-v1",
                    Seed = 1,
                    StepsBeforeLearningStarts = 16,
                    TrainBatchSize = 8,
                    MinSampleTimestepsPerIteration = 32,
                    QModelConfig = new() { HiddenLayers = [4] },
                    PolicyModelConfig = new() { HiddenLayers = [4] },
                },
            },
            _ => new PpoConfig()
                .Environment("MultiAgentPendulum", ParameterSet.Empty.With("num_agents", 2))
                .EnvRunners(numEnvRunners: 1, observationFilter: ObservationFilter.MeanStdFilter)
                .Training(lr: 1e-3, trainBatchSize: 64, minibatchSize: 32, numEpochs: 1)
                .Model(fcnetHiddens: [4])
                .MultiAgent(["p0", "p1"], new Dictionary<string, string> { ["0"] = "p0", ["1"] = "p1" }, policiesToTrain: ["p0"])
                .Debugging(seed: 1),
        };
        using var algorithm = config.Build(threads: 1);
        algorithm.Train();
        algorithm.Train();
        algorithm.SaveToPath(Path.Combine(directory, version));
        File.WriteAllText(Path.Combine(directory, version + ".answers.json"),
            JsonSerializer.Serialize(algorithm.PolicyIds.ToDictionary(p => p, p => Answer(algorithm.GetModule(p)))));
    }

    [Fact(Explicit = true)]
    public void Write()
    {
        var directory = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(directory is null, $"{Variable} names the directory to write.");
        using var algorithm = new PpoConfig()
            .Environment("Pendulum-v1")
            .EnvRunners(numEnvRunners: 1, numEnvsPerEnvRunner: 2, observationFilter: ObservationFilter.MeanStdFilter)
            .Training(lr: 1e-3, trainBatchSize: 160, minibatchSize: 32, numEpochs: 2)
            .Model(fcnetHiddens: [4])
            .Debugging(seed: 1)
            .Build(threads: 1);
        for (var i = 0; i < 3; i++)
        {
            algorithm.Train();
        }

        algorithm.SaveToPath(directory);
        var outputs = algorithm.Module.ForwardInference([0.5f, 0.25f, -0.3f]);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{outputs[0]:R} {outputs[1]:R} {algorithm.GetPolicy().ComputeSingleAction([0.5f, 0.25f, -0.3f])[0]:R}");
    }

    private static float[] Answer(RlModule module) => module.ForwardInference([.. Enumerable.Range(0, module.ObservationSize).Select(i => 0.5f - (0.3f * i))]);
}
