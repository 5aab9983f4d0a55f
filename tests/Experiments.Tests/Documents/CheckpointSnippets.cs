using Tuning.Runners;
using Tuning.Training;
using static Tuning.Tests.Documents.PpoSnippets;

namespace Tuning.Tests.Documents;

/// <summary>What docs/checkpoints.md and the README show of checkpoints.</summary>
internal static class CheckpointSnippets
{
    public static PpoConfig Quick() => new PpoConfig().Environment("Pendulum-v1").Training(trainBatchSize: 4000, minibatchSize: 500, numEpochs: 1).Model(fcnetHiddens: [8]);

    public static string SaveAndRestore(PpoConfig config, string directory)
    {
        using var ppo = config.Build();
        ppo.Train();
        var checkpoint = ppo.SaveToPath();      // a new temporary directory
        ppo.SaveToPath(directory);              // or one of your own; an older checkpoint there is replaced

        using var again = Algorithm.FromCheckpoint(checkpoint);
        again.Train();                          // goes on exactly where ppo stood
        ppo.RestoreFromPath(checkpoint);        // and so does ppo, from there
        return checkpoint;
    }

    public static float[] Module(string checkpoint)
    {
        var module = RlModule.FromCheckpoint(Path.Combine(checkpoint, "learner_group/learner/rl_module/default_policy"));
        float[] means = module.ForwardInference([0.5f, 0.25f, -0.3f]);
        return means;
    }

    public static float[] Serve(string checkpoint)
    {
        var policy = Policy.FromCheckpoint(checkpoint);
        float[] action = policy.ComputeSingleAction([0.5f, 0.25f, -0.3f]);
        return action;
    }

    public static void Part(Algorithm ppo, string checkpoint)
    {
        const string module = "learner_group/learner/rl_module/default_policy";
        ppo.RestoreFromPath(Path.Combine(checkpoint, module), component: module);
        ppo.RestoreFromPath(checkpoint, component: module);                      // the same
        ppo.RestoreFromPath(checkpoint, notComponents: ["env_runner"]);          // all but the environments
    }

    public static async Task<ResultGrid> InjectAsync(PpoConfig config, string checkpoint, string storage)
    {
        config.Callbacks(onAlgorithmInit: algorithm => algorithm.RestoreFromPath(checkpoint));
        var results = await new Tuner(config, new RunConfig
        {
            StoragePath = storage,
            Stop = { ["num_env_steps_sampled_lifetime"] = 8000 },
        }).FitAsync();
        return results;
    }

    public static async Task<ResultGrid> ReadmeAsync(string checkpoint)
    {
        var ppo = new PpoConfig().Environment("Pendulum-v1").Training(lr: 3e-4).Model(fcnetHiddens: [64, 64]);
        ppo.Callbacks(onAlgorithmInit: algorithm => algorithm.RestoreFromPath(checkpoint));
        var results = await new Tuner(ppo, new RunConfig { Stop = { ["num_env_steps_sampled_lifetime"] = 8000 } }).FitAsync();

        var policy = Policy.FromCheckpoint(results.Best().Checkpoint!.Path);
        float[] action = policy.ComputeSingleAction([0.5f, 0.25f, -0.3f]);
        return action.Length > 0 ? results : throw new InvalidOperationException();
    }

    public static RunConfig ByName(string checkpoint)
    {
        var run = new RunConfig
        {
            Hooks = [new HookSpec("on_algorithm_init", "restore_from_path", ParameterSet.Empty.With("path", checkpoint))],
        };
        return run;
    }

    public static void IntoOneOfSeveral(Algorithm algorithm, string checkpoint)
    {
        // The checkpoint has one agent, "default_policy"; the algorithm has several policies, "p1" among them.
        const string modules = "learner_group/learner/rl_module";
        algorithm.RestoreFromPath(Path.Combine(checkpoint, modules, "default_policy"), component: modules + "/p1");
        algorithm.RestoreFromPath(Path.Combine(checkpoint, "policies/default_policy"), component: modules + "/p1");
        algorithm.RestoreFromPath(Path.Combine(checkpoint, "policies/default_policy"), component: "policies/p1");
    }

    public static Algorithm SomePoliciesByTable(string checkpoint)
    {
        var two = Algorithm.FromCheckpoint(checkpoint, policyIds: ["pol0", "pol1"], policyMapping: new Dictionary<string, string> { ["0"] = "pol0", ["*"] = "pol1" });
        return two;
    }

    public static Algorithm SomePoliciesByFunction(string checkpoint)
    {
        var two = Algorithm.FromCheckpoint(checkpoint, policyIds: ["pol0", "pol1"], policyMappingFn: (agent, _) => agent is "0" or "1" ? "pol0" : "pol1");
        return two;
    }

    public static Algorithm MappingAgain(string checkpoint)
    {
        var again = Algorithm.FromCheckpoint<PpoConfig>(checkpoint, config => config.MultiAgent(["p0", "p1"], (agent, _) => $"p{agent}"));
        return again;
    }

    public static void OwnBatches(Algorithm algorithm, string checkpoint, IReadOnlyList<RolloutBuffer> batch, long lifetimeSteps)
    {
        using var learner = Learner.FromCheckpoint(Path.Combine(checkpoint, "learner_group/learner"));     // of several policies: id: "p1"
        learner.Train(batch, lifetimeSteps);
        algorithm.RestoreFromPath(learner.SaveToPath(), component: "learner_group/learner");
    }

    public static Algorithm WithCallbacks(string checkpoint)
    {
        var algorithm = Algorithm.FromCheckpoint<PpoConfig>(checkpoint, config => config.Training(lr: 1e-4).Callbacks<AngleCallbacks>());
        return algorithm;
    }
}
