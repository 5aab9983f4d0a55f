using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Tuning.Training;

namespace Tuning.Tests.Documents;

/// <summary>What docs/function-trainables.md and docs/coming-from-ray.md show.</summary>
internal static class FunctionSnippets
{
    public static TrainableDefinition[] Kinds()
    {
        // The value of a configuration.
        var bowl = Trainable.FromFunction<Config>("bowl", config => config.X * config.X, "loss", Mode.Min);

        // Several values of a configuration.
        var sized = Trainable.FromFunction<Config>("sized", config => new() { ["loss"] = config.X * config.X, ["size"] = Math.Abs(config.X) });

        // A blocking loop.
        var loop = Trainable.FromFunction<Config>("loop", (trial, cancel) =>
        {
            for (var x = trial.Config.X; ; x -= trial.Config.Lr * 2 * x)
            {
                trial.Report(new() { ["loss"] = x * x });
            }
        });
        return [bowl, sized, loop, Trainable.FromFunction<Config>("stream", StreamAsync)];

        static async IAsyncEnumerable<Metrics> StreamAsync(TrialContext<Config> trial, [EnumeratorCancellation] CancellationToken cancel)
        {
            for (var x = trial.Config.X; ; x -= trial.Config.Lr * 2 * x)
            {
                await Task.Yield();
                yield return new() { ["loss"] = x * x };
            }
        }
    }

    public static async Task<ResultGrid> DescendAsync(string storage)
    {
        static async Task DescendAsync(TrialContext<Config> trial, CancellationToken cancel)
        {
            var state = trial.Checkpoint?.ReadJson<State>("state.json") ?? new State(Epoch: 0, X: trial.Config.X);
            while (state.Epoch < 100)
            {
                state = new State(state.Epoch + 1, state.X - (trial.Config.Lr * 2 * state.X));
                await trial.ReportAsync(
                    new() { ["loss"] = state.X * state.X, ["epoch"] = state.Epoch },
                    save: dir => dir.WriteJson("state.json", state));
            }
        }

        var results = await new Tuner(
            Trainable.FromFunction<Config>("descend", DescendAsync, checkpoints: true),
            new SearchSpace<Config>().Add(c => c.Lr, Domain.LogUniform(1e-3, 1)),
            new TuneConfig { Metric = "loss", Mode = Mode.Min, Samples = 4 },
            new RunConfig
            {
                StoragePath = storage,
                Stop = { ["loss"] = StopAt.Most(1e-6) },
                Checkpoint = new() { CheckpointFrequency = 10, MaxToKeep = 2 },
            }).FitAsync();
        return results;
    }

    public static async Task<ResultGrid> ClassAsync(string storage)
    {
        var services = new ServiceCollection()
            .AddSingleton(new Data(Start: 5))
            .AddTuner()
            .BuildServiceProvider();
        var results = await new Tuner(
            services,
            Trainable.FromClass<Descent>("descent"),
            new SearchSpace<Config>().Add(c => c.Lr, Domain.GridSearch(0.1, 0.3)),
            new TuneConfig { Metric = "loss", Mode = Mode.Min },
            new RunConfig { StoragePath = storage, Stop = { ["training_iteration"] = 20 } }).FitAsync();
        return results;
    }

    public static Task<int> Program(string[] args)
    {
        return TunerCommandLine.RunAsync(args, tuner =>
        {
            tuner.Services.AddSingleton(new Data(Start: 5));
            tuner.AddLoggers().AddTrainable<Descent>("descent");
        });
    }

    internal sealed record Config
    {
        public double X { get; init; } = 5;
        public double Lr { get; init; } = 0.1;
    }

    internal sealed record State(int Epoch, double X);

    internal sealed record Data(double Start);

    internal sealed class Descent(Data data) : Trainable<Config>
    {
        private double _x = data.Start;

        protected override Metrics Step()
        {
            _x -= Config.Lr * 2 * _x;
            return new() { ["loss"] = _x * _x };
        }

        protected override void Save(CheckpointDirectory directory) => directory.WriteJson("x.json", _x);

        protected override void Load(CheckpointDirectory directory) => _x = directory.ReadJson<double>("x.json");
    }
}
