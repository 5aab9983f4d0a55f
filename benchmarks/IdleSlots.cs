using System.Collections.Concurrent;
using System.Diagnostics;
using Tuning;
using Tuning.Search;
using Tuning.Search.GaussianProcess;

namespace Benchmarks;

/// <summary>
/// For what share of the time do slots wait for suggestions? Four slots, trials of one second, a Gaussian process that begins with 500 trials of ten
/// parameters; with candidates kept ready, with random search (what the engine itself takes between two trials), and without (a limit of four at once refuses
/// those that would wait).
/// </summary>
internal static class IdleSlots
{
    public static async Task<int> RunAsync(string[] args)
    {
        var (slots, trials, warm, milliseconds) = (Measure.Option(args, "--slots", 4), Measure.Option(args, "--trials", 80),
            Measure.Option(args, "--warm", 500), Measure.Option(args, "--ms", 1000));
        Console.WriteLine($"{slots} slots, {trials} trials of {milliseconds} ms, gp that begins with {warm} trials of 10 parameters; {Measure.Machine}");
        var storage = Measure.NewDirectory(inMemory: false);
        try
        {
            var earlier = await EarlierAsync(storage, warm);
            var gp = new GaussianProcessOptions { WarmStart = [earlier] };
            await MeasureAsync("kept ready", gp, storage, slots, trials, milliseconds);
            await MeasureAsync("random search", new RandomSearchOptions(), storage, slots, trials, milliseconds);
            await MeasureAsync("not kept ready", new ConcurrencyLimiterOptions { Searcher = gp, MaxConcurrent = slots }, storage, slots, trials, milliseconds);
        }
        finally
        {
            Directory.Delete(storage, recursive: true);
        }

        return 0;
    }

    private static SearchSpace Space()
    {
        var space = new SearchSpace();
        for (var i = 0; i < 10; i++)
        {
            space.Add($"x{i}", Domain.Uniform(-5, 5));
        }

        return space;
    }

    private static double Sphere(ParameterSet config) => config.Sum(p => (double)p.Value! * (double)p.Value!);

    private static async Task<string> EarlierAsync(string storage, int trials)
    {
        await using var study = await Study.CreateAsync(Space(),
            new() { Name = "earlier", Metric = "loss", StoragePath = storage, Seed = 1, Samples = trials, Loggers = [] });
        while (study.Ask() is { } trial)
        {
            study.Tell(trial, Sphere(trial.Config));
        }

        return study.Directory!;
    }

    private static async Task MeasureAsync(string name, SearcherOptions searcher, string storage, int slots, int trials, int milliseconds)
    {
        var clock = Stopwatch.StartNew();
        var intervals = new ConcurrentBag<(double From, double To)>();
        var trainable = Trainable.FromFunction<ParameterSet>("wait", async (trial, cancel) =>
        {
            var from = clock.Elapsed.TotalSeconds;
            await Task.Delay(milliseconds, cancel);
            await trial.ReportAsync(new() { ["loss"] = Sphere(trial.Config) });
            intervals.Add((from, clock.Elapsed.TotalSeconds));
        });
        await new Tuner(
            trainable,
            Space(),
            new TuneConfig { Metric = "loss", Mode = Mode.Min, Samples = trials, MaxConcurrentTrials = slots, Seed = 1, SearchAlgorithm = searcher },
            new RunConfig { StoragePath = storage, Loggers = [], CpuPerTrial = 0.1 }).FitAsync();

        // The steady state: from when the trials of the second round run, until the last trial begins. Before, all slots end at once while the
        // model is fitted for the first time; after, there is nothing to fill them with.
        var starts = intervals.Select(i => i.From).Order().ToArray();
        Console.WriteLine($"{name}: slots idle {Idle(starts[(2 * slots) - 1]):P2} of {starts[^1] - starts[(2 * slots) - 1]:F1} s; with the first round " +
            $"{Idle(starts[slots - 1]):P2}; the whole took {clock.Elapsed.TotalSeconds:F1} s");

        double Idle(double begin)
        {
            var busy = intervals.Sum(i => Math.Max(0, Math.Min(i.To, starts[^1]) - Math.Max(i.From, begin)));
            return 1 - (busy / (slots * (starts[^1] - begin)));
        }
    }
}
