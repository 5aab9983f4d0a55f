using System.Collections.Concurrent;
using Tuning.Environments;
using Tuning.Runners;

namespace Tuning.Tests.Algorithms;

/// <summary>RLlib's hooks, all of them, as methods and as functions, in an experiment.</summary>
public sealed class HookTests : IDisposable
{
    // on_env_runners_recreated is not among them: runners live as long as their trial.
    private static readonly string[] _rllibs =
    [
        "on_algorithm_init", "on_train_result", "on_evaluate_start", "on_evaluate_end", "on_checkpoint_loaded", "on_environment_created",
        "on_episode_created", "on_episode_start", "on_episode_step", "on_episode_end", "on_sample_end",
    ];

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Every_hook_is_a_method_and_an_argument()
    {
        var methods = typeof(AlgorithmCallbacks).GetMethods().Where(m => m.IsVirtual && m.DeclaringType == typeof(AlgorithmCallbacks))
            .Select(m => Snake(m.Name)).Distinct().Order();
        var arguments = typeof(PpoConfig).GetMethods().Single(m => m.Name == "Callbacks" && m.GetParameters().Length > 1).GetParameters()
            .Select(p => Snake(p.Name!)).Where(n => n != "on_multi_agent_environment_created").Order();

        Assert.Equal(_rllibs.Order(), methods);
        Assert.Equal(_rllibs.Order(), arguments);

        static string Snake(string name) =>
            string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));
    }

    [Fact]
    public async Task Every_hook_fires_in_an_experiment_as_a_method_and_as_a_function()
    {
        var source = Some.Ppo("CartPole-v1").Build(threads: 1);
        var checkpoint = source.SaveToPath(_directory["source"]);
        source.Dispose();
        var (methods, functions) = (new ConcurrentQueue<string>(), new ConcurrentQueue<string>());
        var ppo = Some.Ppo("CartPole-v1")
            .Evaluation(interval: 1, duration: 2)
            .Callbacks(_ => new All(methods))
            .Callbacks(
                onAlgorithmInit: a =>
                {
                    functions.Enqueue("on_algorithm_init");
                    a.RestoreFromPath(checkpoint);
                },
                onTrainResult: (_, _) => functions.Enqueue("on_train_result"),
                onEvaluateStart: _ => functions.Enqueue("on_evaluate_start"),
                onEvaluateEnd: (_, _) => functions.Enqueue("on_evaluate_end"),
                onCheckpointLoaded: _ => functions.Enqueue("on_checkpoint_loaded"),
                onEnvironmentCreated: (_, _, _) => functions.Enqueue("on_environment_created"),
                onEpisodeCreated: (_, _) => functions.Enqueue("on_episode_created"),
                onEpisodeStart: (_, _) => functions.Enqueue("on_episode_start"),
                onEpisodeStep: (_, _) => functions.Enqueue("on_episode_step"),
                onEpisodeEnd: (_, _) => functions.Enqueue("on_episode_end"),
                onSampleEnd: (_, _) => functions.Enqueue("on_sample_end"));

        var results = await new Tuner(ppo, new RunConfig { StoragePath = _directory["storage"], CpuPerTrial = 1, Stop = { ["training_iteration"] = 2 } })
            .FitAsync(TestContext.Current.CancellationToken);

        Assert.Empty(results.Errors);
        Assert.Equal(_rllibs.Order(), methods.Distinct().Order());
        Assert.Equal(methods, functions);
    }

    private sealed class All(ConcurrentQueue<string> events) : AlgorithmCallbacks
    {
        public override void OnAlgorithmInit(Algorithm algorithm) => events.Enqueue("on_algorithm_init");

        public override void OnTrainResult(Algorithm algorithm, Metrics result) => events.Enqueue("on_train_result");

        public override void OnEvaluateStart(Algorithm algorithm) => events.Enqueue("on_evaluate_start");

        public override void OnEvaluateEnd(Algorithm algorithm, Metrics evaluationMetrics) => events.Enqueue("on_evaluate_end");

        public override void OnCheckpointLoaded(Algorithm algorithm) => events.Enqueue("on_checkpoint_loaded");

        public override void OnEnvironmentCreated(EnvRunner runner, IEnvironment environment, EnvironmentContext context) =>
            events.Enqueue("on_environment_created");

        public override void OnEpisodeCreated(EnvRunner runner, Episode episode) => events.Enqueue("on_episode_created");

        public override void OnEpisodeStart(EnvRunner runner, Episode episode) => events.Enqueue("on_episode_start");

        public override void OnEpisodeStep(EnvRunner runner, Episode episode) => events.Enqueue("on_episode_step");

        public override void OnEpisodeEnd(EnvRunner runner, Episode episode) => events.Enqueue("on_episode_end");

        public override void OnSampleEnd(EnvRunner runner, RolloutBuffer samples) => events.Enqueue("on_sample_end");
    }
}
