using System.Text.Json;
using Tuning.Environments;
using Tuning.Modules;
using Tuning.Learning;
using Tuning.Randomness;
using Tuning.Runners;

namespace Tuning.Tests.Documents;

/// <summary>What docs/ppo.md shows.</summary>
internal static class PpoSnippets
{
    public static PpoConfig Configure()
    {
        var ppo = new PpoConfig()
            .Environment("Pendulum-v1")
            .EnvRunners(numEnvRunners: 2, numEnvsPerEnvRunner: 10, observationFilter: ObservationFilter.MeanStdFilter)
            .Training(lr: 1e-3, gamma: 0.95, lambda: 0.5, trainBatchSize: 1024, minibatchSize: 64, numEpochs: 10, vfClipParam: 10_000)
            .Model(fcnetHiddens: [64, 64]);
        return ppo;
    }

    public static Metrics Train(PpoConfig ppo)
    {
        using var algorithm = ppo.Build();
        for (var i = 0; i < 3; i++)
        {
            var result = algorithm.Train();
            Console.WriteLine(result.Number("env_runners/episode_return_mean"));
        }

        return algorithm.Train();
    }

    public static async Task<ResultGrid> SearchAsync(PpoConfig ppo, RunConfig run)
    {
        var results = await new Tuner(
            ppo,
            ppo.Space().Add(c => c.LearningRate, Domain.LogUniform(1e-4, 1e-2))
                .Add(c => c.Model.HiddenLayers, Domain.GridSearch(new[] { 32, 32 }, new[] { 64, 64 })),
            new TuneConfig { Samples = 2 },
            run).FitAsync();
        return results;
    }

    public static PpoConfig Schedules(PpoConfig ppo)
    {
        ppo.Training(lr: Schedule.Linear([new(0, 1e-3), new(200_000, 1e-5)]), clipParam: 0.2);
        return ppo;
    }

    public static PpoConfig Gsde(PpoConfig ppo)
    {
        ppo.Model(useGsde: true, initialLogStd: -1).Training(gsdeSampleFreq: 4);
        return ppo;
    }

    public static PpoConfig Hooks(PpoConfig ppo)
    {
        ppo.Callbacks<AngleCallbacks>();
        ppo.Callbacks(onTrainResult: (algorithm, result) => result["steps_in_thousands"] = algorithm.NumEnvStepsSampledLifetime / 1000.0);
        return ppo;
    }

    public static void Module()
    {
        ModuleRegistry.Register("two-heads",
            (spec, random) => new DefaultPpoModule(spec with { Model = spec.Model with { ValueSharesLayers = true, HiddenLayers = [64, 32] } }, random));
    }

    public static IReadOnlyList<EnvironmentIssue> Register()
    {
        EnvironmentRegistry.Register("corridor", config => new Corridor(config.Get("length", 10)), maxEpisodeSteps: 100);
        var issues = EnvironmentChecker.Check(() => new Corridor(10));
        return issues;
    }

    public static Task<int> Program(string[] args)
    {
        return TunerCommandLine.RunAsync(args, tuner => tuner
            .AddLoggers()
            .AddTrainables()
            .AddEnvironment("corridor", config => new Corridor(config.Get("length", 10)), maxEpisodeSteps: 100));
    }

    internal sealed class AngleCallbacks : AlgorithmCallbacks
    {
        public override void OnEpisodeStep(EnvRunner runner, Episode episode) =>
            episode.Data("sine").Add(Math.Abs(episode.Observation[1]));

        public override void OnEpisodeEnd(EnvRunner runner, Episode episode) =>
            runner.Metrics.Log("mean_abs_sine", episode.Data("sine").Average(), MetricReduction.Mean, window: 100);
    }

    internal sealed class Corridor(int length) : IEnvironment
    {
        private int _position;

        public Space ObservationSpace { get; } = new Box(0, length);

        public Space ActionSpace { get; } = new Discrete(2);

        public void Reset(RandomStream random, Span<float> observation) => observation[0] = _position = 0;

        public StepResult Step(EnvironmentAction action, Span<float> observation)
        {
            _position = Math.Max(0, _position + (action.Choice == 1 ? 1 : -1));
            observation[0] = _position;
            var arrived = _position >= length;
            return new(arrived ? 1 : -0.1, Terminated: arrived);
        }

        public bool CanSaveState => true;

        public JsonElement SaveState() => JsonSerializer.SerializeToElement(_position);

        public void RestoreState(JsonElement state, RandomStream random) => _position = state.GetInt32();
    }
}
