using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Tuning.Training;

namespace Tuning.KillHost;

/// <summary>Two trials, one of which ends its process after three reports in a way that it is told.</summary>
internal static class Fragile
{
    public static TrainableDefinition Trainable { get; } = Tuning.Trainable.FromFunction<ParameterSet>("fragile", (trial, cancel) =>
    {
        Console.WriteLine($"process {Environment.ProcessId}");
        for (var step = trial.Checkpoint?.ReadJson<int>("step.json") ?? 0; step < 6;)
        {
            step++;
            trial.Report(new() { ["loss"] = 1.0 / step, ["process"] = Environment.ProcessId }, dir =>
            {
                if (step == 4 && trial.Config.Get<string>("how") == "save" && trial.Config.Get<long>("x") == 0)
                {
                    Thread.Sleep(Timeout.Infinite);
                }

                dir.WriteJson("step.json", step);
            });
            if (step == 3 && trial.Config.Get<long>("x") == 1)
            {
                End(trial.Config.Get<string>("how"), trial.Directory);
            }
        }
    }, checkpoints: true);

    public static async Task<int> RunAsync(string storage, string how)
    {
        var services = new ServiceCollection().AddTuner(tuner =>
        {
            tuner.AddLoggers().AddPrograms();
            tuner.Grace = how == "save" ? TimeSpan.FromSeconds(1) : null;
        }).BuildServiceProvider();
        var results = await new Tuner(services, Trainable, new SearchSpace().Add("x", Domain.GridSearch(0L, 1L)).Add("how", how),
            new TuneConfig { Metric = "loss", Mode = Mode.Min, MaxConcurrentTrials = how == "save" ? 1 : 2 }, new RunConfig
            {
                Name = "fragile",
                StoragePath = storage,
                Checkpoint = new() { CheckpointFrequency = 2 },
                Failure = new() { MaxFailures = how.StartsWith("once", StringComparison.Ordinal) ? 1 : how == "always" ? Limits.Unlimited : 0 },
                Stop = how == "save" ? new() { ["training_iteration"] = 4 } : [],
                Isolation = Isolation.Process,
                ReportTimeout = how == "hang" ? TimeSpan.FromSeconds(10) : null,
            }).FitAsync();
        return results.Any(r => r.Status == TrialStatus.Failed) ? 1 : 0;
    }

    private static void End(string how, string directory)
    {
        var times = Directory.GetFiles(directory, "died-*").Length;
        File.WriteAllText(Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"died-{times}")), "");
        switch (how)
        {
            case "throw":
                throw new InvalidOperationException("as it is told");
            case "exit":
                Environment.Exit(7);
                break;
            case "fail_fast":
                Environment.FailFast("as it is told");
                break;
            case "hang":
                Thread.Sleep(Timeout.Infinite);
                break;
            case "overflow":
                Deeper(0);
                break;
            case "always":
            case "once" when times == 0:
                Kill("KILL");
                break;
            case "stay":
                // It keeps a process that would end by itself.
                new Thread(() => Thread.Sleep(Timeout.Infinite)).Start();
                Thread.Sleep(Timeout.Infinite);
                break;
            default:
                break;
        }
    }

    private static int Deeper(int depth) => depth < 0 ? depth : Deeper(depth + 1) + Deeper(depth + 2);

    private static void Kill(string signal)
    {
        Process.Start("kill", ["-" + signal, Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        Thread.Sleep(Timeout.Infinite);
    }
}
