using Tuning.Hosting;
using Tuning.KillHost;

namespace Tuning.Tests.Recorded;

/// <summary>
/// What the recorded experiments train. It may never change: a resumed trial goes on from a checkpoint that it wrote, and repeats reports
/// that are compared with those of the record.
/// </summary>
internal static class RecordedTrainables
{
    /// <summary>Adds everything that the recorded experiments name.</summary>
    /// <param name="tuner">The program.</param>
    /// <param name="pace">How long a step takes.</param>
    public static void AddTo(TunerBuilder tuner, TimeSpan pace = default)
    {
        tuner.Catalog.AddLoggers();
        tuner.AddTrainables();
        tuner.Catalog.Schedulers.Add<PausingAndExploiting>("pausing_and_exploiting");
        tuner.AddTrainable<Counted>("counted");
        tuner.AddTrainable(Trainable.FromFunction<ParameterSet>("recorded", (trial, cancel) => TrainAsync(trial, pace, cancel), checkpoints: true));
    }

    /// <summary>A value for any configuration: smooth in every number of it.</summary>
    public static double Value(ParameterSet config, double shift)
    {
        var sum = 0.0;
        foreach (var (path, value) in config.Flatten())
        {
            var number = value switch { double d => d, long l => l / 10.0, string s => s.Length / 5.0, _ => 0 };
            sum += Math.Pow(Math.Tanh(number) - (0.1 * (path.Length % 7)) - shift, 2);
        }

        return sum;
    }

    private static async Task TrainAsync(TrialContext<ParameterSet> trial, TimeSpan pace, CancellationToken cancellationToken)
    {
        var state = trial.Checkpoint?.ReadJson<State>("state.json") ?? new(0, 0);
        var (begun, failures) = (state.Step, trial.Config.TryGet("failures", out var given) ? (long)given! : 0);
        var odd = trial.Config.TryGet("odd", out _);
        var steps = trial.Config.TryGet("steps", out var asked) ? (long)asked! : 12;
        while (state.Step < steps)
        {
            if (begun < failures && state.Step == begun + 1)
            {
                throw new InvalidOperationException($"failure after step {begun}");
            }

            await Task.Delay(pace, cancellationToken);
            state = new(state.Step + 1, state.Sum + Value(trial.Config, 0));
            var metrics = new Metrics
            {
                [odd ? "nested/loss" : "loss"] = (state.Sum / state.Step) + (1.0 / state.Step),
                ["cost"] = Value(trial.Config, 0.3) + (0.1 / state.Step),
                ["iteration"] = state.Step,
            };
            if (odd)
            {
                metrics["a/b.c"] = state.Step == 2 ? double.NaN : state.Step == 3 ? double.PositiveInfinity : 0.5;
                metrics["text, with \"quotes\""] = "line\nbreak";
                metrics["flag"] = state.Step % 2 == 0;
                metrics["row"] = new[] { 1f, 2f, state.Step };
            }

            await trial.ReportAsync(metrics, directory => directory.WriteJson("state.json", state));
        }
    }

    /// <summary>What a checkpoint of the function holds.</summary>
    /// <param name="Step">How many steps were done.</param>
    /// <param name="Sum">The sum of their values.</param>
    public sealed record State(int Step, double Sum);

    /// <summary>A class that counts on from where its checkpoint stands.</summary>
    public sealed class Counted : Trainable<Counted.Settings>
    {
        private double _count;

        /// <summary>Its configuration.</summary>
        public sealed record Settings
        {
            /// <summary>What a step adds.</summary>
            public double By { get; init; }
        }

        protected override Metrics Step() => new() { ["count"] = _count += Config.By, ["rest"] = 1 / _count };

        protected override void Save(CheckpointDirectory directory) => directory.WriteJson("count.json", _count);

        protected override void Load(CheckpointDirectory directory) => _count = directory.ReadJson<double>("count.json");
    }
}
