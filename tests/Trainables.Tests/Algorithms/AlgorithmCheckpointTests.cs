using Tuning.Checkpointing;
using Tuning.Learning;

namespace Tuning.Tests.Algorithms;

[Trait("Lane", "Slow")]
public sealed class AlgorithmCheckpointTests : IDisposable
{
    private const string ModulePath = "learner_group/learner/rl_module/default_policy";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private string Trained(PpoConfig? config = null, int iterations = 2, string name = "c")
    {
        using var algorithm = (config ?? Some.Ppo()).Build(threads: 1);
        for (var i = 0; i < iterations; i++)
        {
            algorithm.Train();
        }

        return algorithm.SaveToPath(_directory[name]);
    }

    [Fact]
    public void The_tree_on_disk_is_the_tree_of_components()
    {
        var path = Trained();

        var files = Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(path, f).Replace('\\', '/')).ToList();
        string[] components =
        [
            "", "env_runner/", "env_runner/env_to_module_connector/", "env_runner/env_to_module_connector/000_MeanStdFilter/",
                "env_runner/module_to_env_connector/",
            "env_runner/module_to_env_connector/000_NormalizeAndClipActions/", "learner_group/", "learner_group/learner/", "learner_group/learner/rl_module/",
                ModulePath + "/",
            "policies/default_policy/", "policies/default_policy/env_to_module_connector/",
        ];
        Assert.All(components, c =>
        {
            Assert.Contains(c + "manifest.json", files);
            Assert.NotEqual("", ComponentFiles.ReadClass(new CheckpointDirectory(Path.Combine(path, c))).Name);
        });
        Assert.InRange(files.Count, components.Length, 25);
        Assert.All(
            ["checkpoint_version.txt", ".is_checkpoint", ".tune_metadata", ModulePath + "/module_state.safetensors",
                "learner_group/learner/optimizer_state.safetensors",
                "policies/default_policy/checkpoint_version.txt", "policies/default_policy/policy_state.safetensors", "policies/manifest.json"],
            f => Assert.Contains(f, files));
        Assert.DoesNotContain(files, f => f.StartsWith("policies/", StringComparison.Ordinal) && f.Contains("optimizer", StringComparison.Ordinal));
        Assert.Equal("v1", File.ReadAllText(Path.Combine(path, "checkpoint_version.txt")).Trim());
    }

    [Fact]
    public void FromCheckpoint_makes_the_algorithm_again_and_counts_on()
    {
        var path = Trained(iterations: 3);

        using var algorithm = Algorithm.FromCheckpoint(path);
        Assert.Equal("Pendulum-v1", algorithm.Config.EnvironmentName);
        Assert.Equal((3, 900), (algorithm.TrainingIteration, algorithm.NumEnvStepsSampledLifetime));

        var result = algorithm.Train();
        Assert.Equal(4, result.Number("training_iteration"));
        Assert.Equal(1200, result.Number("num_env_steps_sampled_lifetime"));
        Assert.Equal(1200, result.Number("env_runners/num_env_steps_sampled_lifetime"));
        Assert.Equal((4, 1), (algorithm.TrainingIteration, algorithm.IterationsSinceRestore));
    }

    [Fact]
    public void FromCheckpoint_lets_the_configuration_be_changed()
    {
        var path = Trained();

        using var algorithm = Algorithm.FromCheckpoint<PpoConfig>(path, config => config.Training(lr: 0.125));

        Assert.Equal(0.125, algorithm.Train().Number("learners/default_policy/default_optimizer_learning_rate"));
    }

    [Fact]
    public void RlModule_FromCheckpoint_serves_a_three_vector_as_the_algorithm_would()
    {
        var path = Trained();

        var module = RlModule.FromCheckpoint(Path.Combine(path, ModulePath));
        var outputs = module.ForwardInference([0.5f, 0.25f, -0.3f]);

        using var algorithm = Algorithm.FromCheckpoint(path);
        Assert.Equal(2, outputs.Length);
        Assert.All(outputs, o => Assert.True(float.IsFinite(o)));
        Assert.Equal(algorithm.Module.ForwardInference([0.5f, 0.25f, -0.3f]), outputs);
    }

    [Fact]
    public void RlModule_FromCheckpoint_of_the_whole_says_where_the_module_is()
    {
        var path = Trained();

        var e = Assert.Throws<CheckpointException>(() => RlModule.FromCheckpoint(path));
        Assert.Contains(ModulePath, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_branch_is_no_algorithm_and_the_message_says_what_to_do()
    {
        var path = Trained();
        using var algorithm = Some.Ppo().Build(threads: 1);

        var e = Assert.Throws<CheckpointException>(() => Algorithm.FromCheckpoint(Path.Combine(path, "learner_group")));
        Assert.StartsWith(Path.Combine(path, "learner_group") + " is a checkpoint of 'LearnerGroup', which is no algorithm", e.Message,
            StringComparison.Ordinal);
        e = Assert.Throws<CheckpointException>(() => algorithm.RestoreFromPath(Path.Combine(path, "learner_group")));
        Assert.EndsWith("Its component 'learner_group' is one: name it as the component.", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<CheckpointException>(() => RlModule.FromCheckpoint(Path.Combine(path, "policies/default_policy")));
        Assert.EndsWith("Read it with Policy.FromCheckpoint, or the module below learner_group.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RestoreFromPath_on_a_running_algorithm_continues_the_saved_one()
    {
        var path = Trained();
        using var other = Some.Ppo().Debugging(seed: 99).Build(threads: 1);
        other.Train();

        other.RestoreFromPath(path);

        using var same = Algorithm.FromCheckpoint(path);
        Assert.Equal(Some.Train(same, 2), Some.Train(other, 2));
    }

    [Fact]
    public void SaveToPath_without_a_directory_returns_a_new_one()
    {
        using var algorithm = Some.Ppo().Build(threads: 1);

        var path = algorithm.SaveToPath();

        using var again = Algorithm.FromCheckpoint(path);
        Assert.Equal(0, again.TrainingIteration);
        Directory.Delete(path, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Restoring_the_module_changes_its_weights_at_once_and_nothing_else(bool fromWhole)
    {
        var path = Trained();
        var branch = fromWhole ? path : Path.Combine(path, ModulePath);
        using var algorithm = Some.Ppo().Debugging(seed: 99).Build(threads: 1);
        algorithm.Train();
        var before = algorithm.GetState(notComponents: [ModulePath]);

        algorithm.RestoreFromPath(branch, component: ModulePath);

        Assert.Equal(RlModule.FromCheckpoint(Path.Combine(path, ModulePath)).ForwardInference([1f, 0f, 0f]), algorithm.Module.ForwardInference([1f, 0f, 0f]));
        AssertSame(before, algorithm.GetState(notComponents: [ModulePath]));
        Assert.Equal(2, algorithm.Train().Number("training_iteration"));
    }

    [Theory]
    [InlineData("env_runner")]
    [InlineData("learner_group/learner")]
    [InlineData("env_runner/env_to_module_connector")]
    public void Any_branch_can_be_restored_alone(string component)
    {
        var path = Trained();
        using var algorithm = Some.Ppo().Debugging(seed: 99).Build(threads: 1);
        var others = algorithm.GetState(notComponents: [component]);

        algorithm.RestoreFromPath(Path.Combine(path, component), component);

        using var saved = Algorithm.FromCheckpoint(path);
        AssertSame(saved.GetState(components: [component]), algorithm.GetState(components: [component]));
        AssertSame(others, algorithm.GetState(notComponents: [component]));
    }

    [Fact]
    public void An_unknown_component_lists_what_exists()
    {
        var path = Trained();
        using var algorithm = Some.Ppo().Build(threads: 1);

        var e = Assert.Throws<CheckpointException>(() => algorithm.RestoreFromPath(path, component: "learner_group/learner/rl_module/p1"));
        Assert.Contains("'learner_group/learner/rl_module/p1'", e.Message, StringComparison.Ordinal);
        Assert.Contains(ModulePath, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_shape_names_the_tensor_and_both_shapes_and_changes_nothing()
    {
        var path = Trained(Some.Ppo().Model(fcnetHiddens: [8, 16]));
        using var algorithm = Some.Ppo().Build(threads: 1);
        var before = algorithm.GetState();

        var e = Assert.Throws<CheckpointException>(() => algorithm.RestoreFromPath(path));
        Assert.Contains("weight", e.Message, StringComparison.Ordinal);
        Assert.Contains("[16, 8]", e.Message, StringComparison.Ordinal);
        Assert.Contains("[8, 8]", e.Message, StringComparison.Ordinal);
        Assert.StartsWith(Path.Combine(path, ModulePath) + " does not fit: ", e.Message, StringComparison.Ordinal);
        Assert.EndsWith("It was made with model.fcnet_hiddens [8,16], here [8,8].", e.Message, StringComparison.Ordinal);
        AssertSame(before, algorithm.GetState());
    }

    [Fact]
    public void Hyperparameters_are_the_new_configurations_not_the_checkpoints()
    {
        var path = Trained();
        using var algorithm = Some.Ppo().Training(lr: 0.25, entropyCoeff: 0.5).Build(threads: 1);

        algorithm.RestoreFromPath(path);

        var result = algorithm.Train();
        Assert.Equal(0.25, result.Number("learners/default_policy/default_optimizer_learning_rate"));
        Assert.Equal(0.5, result.Number("learners/default_policy/curr_entropy_coeff"));
    }

    [Theory]
    [InlineData(0.2, true)]
    [InlineData(0.7, false)]
    public void An_adapted_coefficient_is_restored_when_its_configured_start_is_the_same(double start, bool restored)
    {
        var path = Trained(iterations: 3);
        using var saved = Algorithm.FromCheckpoint(path);
        var adapted = saved.GetState().Components["learner_group"].Components["learner"].Value<double>("kl_coeff");
        Assert.NotEqual(0.2, adapted);
        using var algorithm = Some.Ppo().Training(klCoeff: start).Build(threads: 1);

        algorithm.RestoreFromPath(path);

        Assert.Equal(restored ? adapted : start, algorithm.GetState().Components["learner_group"].Components["learner"].Value<double>("kl_coeff"));
    }

    [Fact]
    public void Another_number_of_environments_restarts_episodes_and_keeps_the_rest()
    {
        var path = Trained();
        using var algorithm = Some.Ppo().EnvRunners(numEnvRunners: 1, numEnvsPerEnvRunner: 4).Build(threads: 1);

        algorithm.RestoreFromPath(path);

        Assert.Equal(600 + 300, algorithm.Train().Number("num_env_steps_sampled_lifetime"));
    }

    [Fact]
    public void Schedules_follow_the_restored_lifetime()
    {
        var schedule = Schedule.Linear([new(0, 0.0), new(1200, 0.012)]);
        var path = Trained(Some.Ppo().Training(lr: schedule), iterations: 3);

        using var algorithm = Algorithm.FromCheckpoint(path);

        Assert.Equal(0.012, algorithm.Train().Number("learners/default_policy/default_optimizer_learning_rate")!.Value, 9);
    }

    [Fact]
    public void Policies_serve_what_the_environment_shows_and_takes()
    {
        using var algorithm = Some.Ppo().Build(threads: 1);
        algorithm.Train();
        var path = algorithm.SaveToPath(_directory["c"]);

        var whole = Policy.FromCheckpoint(path).ComputeSingleAction([1f, 0f, 2f]);

        Assert.InRange(Assert.Single(whole), -2f, 2f);
        Assert.Equal(algorithm.GetPolicy().ComputeSingleAction([1f, 0f, 2f]), whole);
        Assert.Equal(whole, Policy.FromCheckpoint(Path.Combine(path, "policies", "default_policy")).ComputeSingleAction([1f, 0f, 2f]));
        Assert.Equal(whole, Policy.AllFromCheckpoint(path)["default_policy"].ComputeSingleAction([1f, 0f, 2f]));
        Assert.Equal(whole, Policy.FromCheckpoint(algorithm.GetPolicy().SaveToPath(_directory["policy"])).ComputeSingleAction([1f, 0f, 2f]));
    }

    [Fact]
    public void An_environment_that_is_not_registered_any_more_is_named()
    {
        Tuning.Environments.EnvironmentRegistry.Register("vanishing", _ => new Tuning.Environments.Pendulum());
        var path = Trained(Some.Ppo("vanishing"), iterations: 0);
        var kind = ComponentFiles.ReadClass(new(path));
        var text = ParameterSet.From([new("class", kind.Name), new("args", kind.Arguments)]).ToString()
            .Replace("vanishing", "vanished", StringComparison.Ordinal);
        CheckpointStore.Write(_directory["edited"], d =>
        {
            foreach (var each in Directory.EnumerateFiles(path).Where(f => !f.EndsWith("manifest.json", StringComparison.Ordinal)))
            {
                File.Copy(each, d.File(Path.GetFileName(each)));
            }

            // As it was written before it stood in the manifest.
            File.WriteAllText(d.File("class_and_ctor_args.json"), text);
        });

        var e = Assert.Throws<CheckpointException>(() => Algorithm.FromCheckpoint(_directory["edited"]));
        Assert.Contains("'vanished', which is not registered", e.Message, StringComparison.Ordinal);
    }

    private static void AssertSame(ComponentState expected, ComponentState actual)
    {
        Assert.Equal(expected.Values, actual.Values);
        Assert.Equal(expected.Tensors.Keys, actual.Tensors.Keys);
        Assert.All(expected.Tensors, t => Assert.Equal(t.Value.Bytes, actual.Tensors[t.Key].Bytes));
        Assert.Equal(expected.Components.Keys, actual.Components.Keys);
        Assert.All(expected.Components, c => AssertSame(c.Value, actual.Components[c.Key]));
    }
}
