using Tuning.CommandLine;
using Tuning.Specification;

namespace Tuning.Tests.CommandLine;

/// <summary>Runs commands in this process, in a directory of its own, with a trainable that needs no time.</summary>
internal sealed class CommandRun : IDisposable
{
    public CommandRun() => Directory = System.IO.Directory.CreateTempSubdirectory("command").FullName;

    public string Directory { get; }

    public string Output { get; private set; } = "";

    public string Error { get; private set; } = "";

    /// <summary>Whether the program has what trains policies.</summary>
    public bool HasPolicies { get; init; }

    public string Storage => Path.Combine(Directory, "results");

    public string[] OutputLines => Output.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What the program has in place of its usual trainables.</summary>
    public Action<Hosting.TunerBuilder>? Program { get; init; }

    /// <summary>Writes a file and returns its path.</summary>
    public string Write(string name, string text)
    {
        var path = Path.Combine(Directory, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>An experiment file that trains <c>toy</c>: <c>loss = 1 / (step * lr)</c>.</summary>
    public string Toy(string more = "", string name = "toy") => Write(name + ".yaml", $$"""
        {{name}}:
          run: toy
          config: {lr: {grid_search: [0.5, 1.0]}, steps: 3, fail: false}
          tune: {metric: loss, mode: min, max_concurrent_trials: 1, seed: 7}
          storage_path: ./results
        {{more}}
        """);

    /// <summary>Called by a trial before its second report.</summary>
    public Action? AtSecondStep { get; set; }

    public Task<int> RunAsync(params string[] arguments) => WithContextAsync(context => TunerCommandLine.RunAsync(arguments, context));

    /// <summary>Runs a file as <c>run</c> does, with signals that a test sends.</summary>
    public Task<int> RunAsync(string file, Func<CommandContext, StopSignals> signals, ExperimentOverrides? overrides = null) =>
        WithContextAsync(async context =>
    {
        using var sent = signals(context);
        return await RunCommand.RunAsync(context, file, overrides ?? ExperimentOverrides.None, ProgressDetail.Normal, sent);
    });

    private async Task<int> WithContextAsync(Func<CommandContext, Task<int>> run)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var code = await run(new CommandContext
        {
            Host = () => new ExperimentHost(
                Program ?? (tuner =>
                {
                    tuner.Catalog.AddLoggers();
                    if (HasPolicies)
                    {
                        tuner.AddTrainables();
                    }

                    tuner.AddTrainable(Trainable.FromFunction<ParameterSet>("toy", Train, checkpoints: true)).AddTrainable<Counter>("counter");
                }),
                TimeProvider.System,
                Path.Combine(Directory, "appsettings.json")),
            Output = output,
            Error = error,
        });
        (Output, Error) = (output.ToString(), error.ToString());
        return code;
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    private async Task Train(TrialContext<ParameterSet> trial, CancellationToken cancellationToken)
    {
        var begun = trial.Checkpoint?.ReadJson<int>("step.json") ?? 0;
        for (var step = begun + 1; step <= trial.Config.Get<int>("steps"); step++)
        {
            if (trial.Config.Get<bool>("fail") && step == 2)
            {
                throw new InvalidOperationException("the disk is full");
            }

            if (step == 2)
            {
                AtSecondStep?.Invoke();
            }

            var done = step;
            await trial.ReportAsync(new() { ["loss"] = 1 / (step * trial.Config.Get<double>("lr")) }, save: d => d.WriteJson("step.json", done));
        }
    }

    /// <summary>A class that counts on from where its checkpoint stands: <c>count = from + step * by</c>.</summary>
    public sealed class Counter : Trainable<CounterConfig>
    {
        private double _count;
        private int _steps;

        protected override Metrics Step() => new() { ["count"] = _count += Config.By, ["done"] = ++_steps == Config.Steps };

        protected override void Save(CheckpointDirectory directory) => directory.WriteJson("count.json", _count);

        protected override void Load(CheckpointDirectory directory) => _count = directory.ReadJson<double>("count.json");
    }

    public sealed record CounterConfig
    {
        public double By { get; init; } = 1;

        public int Steps { get; init; } = 2;
    }
}
