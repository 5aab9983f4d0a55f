using Tuning;
using Tuning.Search;
using Tuning.Search.Tpe;

namespace Benchmarks;

/// <summary>How many trials per second does a study in memory hand out and hear of? Five parameters, one thread. Optuna in memory: 11,181 with random
/// search.</summary>
internal static class StudySpeed
{
    public static async Task<int> RunAsync(string[] args)
    {
        var runs = Measure.Option(args, "--runs", 5);
        Console.WriteLine($"ask and tell in memory, 5 parameters, one thread; {Measure.Machine}");
        await MeasureAsync("random", null, Measure.Option(args, "--trials", 50_000), runs);
        await MeasureAsync("tpe", new TpeOptions(), Measure.Option(args, "--tpe", 1_000), runs);
        await MeasureAsync("random, with a journal", null, Measure.Option(args, "--trials", 50_000) / 5, runs, inMemory: false);
        return 0;
    }

    private static async Task MeasureAsync(string name, SearcherOptions? searcher, int trials, int runs, bool inMemory = true)
    {
        var space = new SearchSpace();
        for (var i = 0; i < 5; i++)
        {
            space.Add($"x{i}", Domain.Uniform(-5, 5));
        }

        var rates = new List<double>();
        for (var run = 0; run <= runs; run++)
        {
            var storage = Measure.NewDirectory(inMemory: false);
            try
            {
                var config = new StudyConfig { Seed = (ulong)run, Samples = trials, SearchAlgorithm = searcher, StoragePath = storage, Loggers = [] };
                await using var study = inMemory ? Study.InMemory(space, config) : await Study.CreateAsync(space, config);
                var seconds = Measure.Seconds(() =>
                {
                    while (study.Ask() is { } trial)
                    {
                        study.Tell(trial, trial.Config.Sum(p => (double)p.Value! * (double)p.Value!));
                    }
                });
                if (run > 0)
                {
                    rates.Add(trials / seconds);
                }
            }
            finally
            {
                Directory.Delete(storage, recursive: true);
            }
        }

        Console.WriteLine($"{name}, {trials:N0} trials: {Measure.Spread(rates, "N0")} trials/s");
    }
}
