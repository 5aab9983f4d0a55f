using Tuning.Environments;
using Tuning.Tests.Algorithms;
using Tuning.Tests.Learning;

namespace Tuning.Tests.Documents;

/// <summary>RLlib's page "Checkpointable API", the passages about several agents.</summary>
[Trait("Lane", "Slow")]
public sealed class CheckpointableApiWithSeveralAgentsTests : IDisposable
{
    private const string ComponentTree = "learner_group/learner/rl_module";

    private readonly TemporaryDirectory _directory = new();

    static CheckpointableApiWithSeveralAgentsTests() => EnvironmentRegistry.RegisterMultiAgent(
        "multi-pendulum", config => EnvironmentRegistry.CreateMultiAgent("MultiAgentPendulum", config.With("num_agents", 2)));

    public void Dispose() => _directory.Dispose();

    // Every configuration has a seed of its own, so that what is restored differs from what a fresh algorithm has.
    private int _seeds;

    private PpoConfig Quick(PpoConfig config) =>
        config.Training(trainBatchSize: 400, minibatchSize: 100, numEpochs: 2, lr: 1e-3).Model(fcnetHiddens: [8]).Debugging(seed: ++_seeds);

    private PpoConfig MultiAgentConfig(params string[] policiesToTrain) => Quick(new PpoConfig().Environment("multi-pendulum")).MultiAgent(
        policies: ["p0", "p1"],
        policyMappingFn: (agent, _) => $"p{agent}",
        policiesToTrain: policiesToTrain.Length == 0 ? null : policiesToTrain);

    private string SingleAgentCheckpoint(int trainBatchSize = 400)
    {
        using var ppo = Quick(new PpoConfig().Environment("Pendulum-v1")).Training(trainBatchSize: trainBatchSize).Build(threads: 1);
        ppo.Train();
        return ppo.SaveToPath(_directory["single"]);
    }

    private string MultiAgentCheckpoint(out float[] p0, out float[] p1)
    {
        using var ppo = MultiAgentConfig().Build(threads: 1);
        ppo.Train();
        (p0, p1) = (Answers.Of(ppo.GetModule("p0")), Answers.Of(ppo.GetModule("p1")));
        return ppo.SaveToPath(_directory["multi"]);
    }

    [Fact]
    public void Create_a_new_checkpoint_of_an_algorithm_with_several_agents()
    {
        // Agents are 0 and 1 -> map to p0 and p1, respectively.
        using var ppo = MultiAgentConfig().Build(threads: 1);

        // Train for one iteration, then save to a checkpoint.
        Assert.Equal(400, ppo.Train().Number("num_env_steps_sampled_lifetime"));
        var multiAgentCheckpointDirectory = ppo.SaveToPath(_directory["multi"]);

        Assert.Equal(["p0", "p1"], Directories(multiAgentCheckpointDirectory, ComponentTree));
        Assert.Equal(["p0", "p1"], Directories(multiAgentCheckpointDirectory, "policies"));
        Assert.NotEqual(Answers.Of(ppo.GetModule("p0")), Answers.Of(ppo.GetModule("p1")));
    }

    [Fact]
    public void Create_a_new_algorithm_with_from_checkpoint__the_mapping_was_code_and_is_given_again()
    {
        using var ppo = MultiAgentConfig().Build(threads: 1);
        ppo.Train();
        var path = ppo.SaveToPath(_directory["multi"]);

        var e = Assert.Throws<CheckpointException>(() => Algorithm.FromCheckpoint(path));
        Assert.Contains("multi_agent.policy_mapping is not given", e.Message, StringComparison.Ordinal);
        using var newPpo = Algorithm.FromCheckpoint<PpoConfig>(path, config => config.MultiAgent(["p0", "p1"], (agent, _) => $"p{agent}"));

        using var fresh = MultiAgentConfig().Build(threads: 1);
        Assert.All(["p0", "p1"], p => Answers.AssertRestored(ppo.GetModule(p), newPpo.GetModule(p), fresh.GetModule(p)));
        Assert.Equal(Some.Lines(ppo.Train()), Some.Lines(newPpo.Train()));
    }

    [Fact]
    public void Create_any_subcomponent_with_from_checkpoint()
    {
        var path = MultiAgentCheckpoint(out var p0, out var p1);

        Assert.Equal(p1, Answers.Of(RlModule.FromCheckpoint(Path.Combine(path, ComponentTree, "p1"))));
        using var group = LearnerGroup.FromCheckpoint(Path.Combine(path, "learner_group"), threads: 1);
        Assert.Equal(["p0", "p1"], group.Learners.Keys);
        Assert.Equal(p0, Answers.Of(group.Modules["p0"]));
        using var learner = Learner.FromCheckpoint(Path.Combine(path, "learner_group/learner"), "p1", threads: 1);
        Assert.Equal(p1, Answers.Of(learner.Module));
        var all = Policy.AllFromCheckpoint(path);
        Assert.Equal([p0, p1], all.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => Answers.Of(p.Value.Module)));

        // A learner alone and in its group do the same with a batch.
        var batch = PpoData.Collect(learner.Module, 100, [4], seed: 3);
        learner.Train(batch, 800);
        group.Learners["p1"].Train(batch, 800);
        Assert.Equal(Answers.Of(learner.Module), Answers.Of(group.Modules["p1"]));
        Assert.NotEqual(p1, Answers.Of(learner.Module));

        var e = Assert.Throws<CheckpointException>(() => Learner.FromCheckpoint(Path.Combine(path, "learner_group/learner")));
        Assert.Contains("has learners of p0, p1: name one", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<CheckpointException>(() => Learner.FromCheckpoint(Path.Combine(path, "learner_group/learner"), "p2"));
        Assert.Contains("has no learner of 'p2'; it has those of: p0, p1", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_learner_of_one_of_several_goes_back_to_its_place_or_into_an_algorithm_of_one()
    {
        var path = MultiAgentCheckpoint(out _, out _);
        using var learner = Learner.FromCheckpoint(Path.Combine(path, "learner_group/learner"), "p1", threads: 1);
        learner.Train(PpoData.Collect(learner.Module, 100, [4], seed: 3), 800);
        var saved = learner.SaveToPath(_directory["learner"]);

        using var single = Quick(new PpoConfig().Environment("Pendulum-v1")).Build(threads: 1);
        single.RestoreFromPath(saved, component: "learner_group/learner");
        Assert.Equal(Answers.Of(learner.Module), Answers.Of(single.Module));
        using var several = MultiAgentConfig().Build(threads: 1);
        several.RestoreFromPath(Path.Combine(saved, "rl_module/default_policy"), component: ComponentTree + "/p0");
        Assert.Equal(Answers.Of(learner.Module), Answers.Of(several.GetModule("p0")));
    }

    [Fact]
    public void Restore_state_from_a_checkpoint_with_restore_from_path()
    {
        var path = MultiAgentCheckpoint(out var p0, out var p1);
        using var newPpo = MultiAgentConfig().Build(threads: 1);

        newPpo.RestoreFromPath(path);

        Assert.Equal(p0, Answers.Of(newPpo.GetModule("p0")));
        Assert.Equal(p1, Answers.Of(newPpo.GetModule("p1")));
        Assert.Equal(2, newPpo.Train().Number("training_iteration"));
    }

    [Fact]
    public async Task Swap_out_p1_with_the_default_policy_of_a_single_agent_run_through_a_callback_and_a_Tuner()
    {
        var checkpointDirectory = SingleAgentCheckpoint();
        var source = Answers.Of(RlModule.FromCheckpoint(Path.Combine(checkpointDirectory, ComponentTree, "default_policy")));
        var (before, after) = (Array.Empty<float>(), Array.Empty<float>());
        float[] p1AtInit = [];

        // Reuse the multi-agent config; p0 stays frozen, to show that nothing touches it.
        var multiAgentConfig = MultiAgentConfig("p1").Callbacks(onAlgorithmInit: algorithm =>
        {
            before = Answers.Of(algorithm.GetModule("p0"));
            algorithm.RestoreFromPath(

                // The checkpoint was single-agent: it has "default_policy".
                Path.Combine(checkpointDirectory, ComponentTree, "default_policy"),

                // The algorithm is multi-agent: it has "p0" and "p1".
                component: ComponentTree + "/p1");
            after = Answers.Of(algorithm.GetModule("p0"));
            p1AtInit = Answers.Of(algorithm.GetModule("p1"));
        });

        // Run the experiment through the Tuner.
        var results = await new Tuner(multiAgentConfig, new RunConfig
        {
            StoragePath = _directory["results"],
            Stop = { ["num_env_steps_sampled_lifetime"] = 800 }
        }).FitAsync(TestContext.Current.CancellationToken);

        var trial = Assert.Single(results);
        Assert.Null(trial.Error);
        Assert.Equal(800, trial.Metrics.Number("num_env_steps_sampled_lifetime"));
        Assert.Equal(source, p1AtInit);
        Assert.NotEqual(source, before);
        Assert.Equal(before, after);
        var trained = trial.Checkpoint!.Path;
        Assert.Equal(before, Answers.Of(RlModule.FromCheckpoint(Path.Combine(trained, ComponentTree, "p0"))));
        Assert.NotEqual(source, Answers.Of(RlModule.FromCheckpoint(Path.Combine(trained, ComponentTree, "p1"))));
    }

    [Fact]
    public async Task Swap_out_p1_from_a_file()
    {
        var checkpointDirectory = SingleAgentCheckpoint();
        var file = Path.Combine(_directory.Path, "swap.yaml");
        await File.WriteAllTextAsync(
            file,
            $$"""
            swap:
              run: PPO
              env: MultiAgentPendulum
              stop: {num_env_steps_sampled_lifetime: 400}
              storage_path: results
              config:
                env_config: {num_agents: 2}
                multi_agent:
                  policies: [p0, p1]
                  policy_mapping: {"0": p0, "1": p1}
                  policies_to_train: [p0]
                train_batch_size: 400
                minibatch_size: 100
                num_epochs: 1
                model: {fcnet_hiddens: [8]}
              callbacks:
                on_algorithm_init:
                  - restore_from_path:
                      path: {{Path.Combine(checkpointDirectory, ComponentTree, "default_policy")}}
                      component: {{ComponentTree}}/p1
            """,
            TestContext.Current.CancellationToken);

        var code = await TunerCommandLine.RunAsync([file, "--quiet"], tuner => tuner.AddTrainables());

        Assert.Equal(0, code);
        var trial = Assert.Single(await ResultGrid.LoadAsync(Path.Combine(_directory["results"], "swap"), TestContext.Current.CancellationToken));
        Assert.Equal(400, trial.Metrics.Number("num_env_steps_sampled_lifetime"));

        // p1 is frozen: it is still what was loaded, to the last bit.
        var trained = trial.Checkpoint!.Path;
        var source = RlModule.FromCheckpoint(Path.Combine(checkpointDirectory, ComponentTree, "default_policy"));
        Assert.Equal(Answers.Of(source), Answers.Of(RlModule.FromCheckpoint(Path.Combine(trained, ComponentTree, "p1"))));
        Assert.NotEqual(Answers.Of(source), Answers.Of(RlModule.FromCheckpoint(Path.Combine(trained, ComponentTree, "p0"))));
    }

    [Fact]
    public void Runners_use_restored_weights_at_once()
    {
        var checkpointDirectory = SingleAgentCheckpoint();
        using var ppo = MultiAgentConfig().EnvRunners(numEnvRunners: 1, explore: false).Debugging(seed: 3).Build(threads: 1);
        using var other = MultiAgentConfig().EnvRunners(numEnvRunners: 1, explore: false).Debugging(seed: 3).Build(threads: 1);

        ppo.RestoreFromPath(Path.Combine(checkpointDirectory, ComponentTree, "default_policy"), component: ComponentTree + "/p1");

        // Same seed, same environments: p1's agent acts otherwise from the first step on, p0's does not.
        var (with, without) = (ppo.Train(), other.Train());
        Assert.Equal(without.Number("env_runners/agent_episode_returns_mean/0"), with.Number("env_runners/agent_episode_returns_mean/0"));
        Assert.NotEqual(without.Number("env_runners/agent_episode_returns_mean/1"), with.Number("env_runners/agent_episode_returns_mean/1"));
    }

    private static string[] Directories(params string[] path) =>
        [.. Directory.EnumerateDirectories(Path.Combine(path)).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];
}
