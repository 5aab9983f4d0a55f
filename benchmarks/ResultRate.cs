using Tuning;

namespace Benchmarks;

/// <summary>How many results per second pass through Quartz, session and journal? 16 concurrent function trials, 5 metrics each.</summary>
internal static class ResultRate
{
    public static async Task<int> RunAsync(string[] args)
    {
        var trials = Measure.Option(args, "--trials", 16);
        var reports = Measure.Option(args, "--reports", 40_000);
        var runs = Measure.Option(args, "--runs", 5);
        Console.WriteLine($"{trials} concurrent trials × {reports} reports of 5 metrics; {Measure.Machine}");
        var rates = new List<double>();
        for (var run = 0; run <= runs; run++)
        {
            var storage = Measure.NewDirectory(inMemory: false);
            try
            {
                var seconds = await Measure.SecondsAsync(() => FitAsync(trials, reports, storage));
                if (run > 0)
                {
                    rates.Add(trials * (double)reports / seconds);
                }
            }
            finally
            {
                Directory.Delete(storage, recursive: true);
            }
        }

        Console.WriteLine($"results per second: {Measure.Spread(rates, "N0")}");
        return 0;
    }

    private static async Task FitAsync(int trials, int reports, string storage)
    {
        var trainable = Trainable.FromFunction<ParameterSet>("report", async (trial, _) =>
        {
            for (var i = 0; i < reports; i++)
            {
                await trial.ReportAsync(new Metrics { ["loss"] = 1.0 / (i + 1), ["accuracy"] = i * 0.5, ["step"] = i, ["norm"] = i * 0.25, ["lr"] = 1e-3 });
            }
        });
        var results = await new Tuner(
            trainable,
            new SearchSpace().Add("x", Domain.Uniform(0, 1)),
            new TuneConfig { Metric = "loss", Mode = Mode.Min, Samples = trials, MaxConcurrentTrials = trials, Seed = 1 },
            new RunConfig { Name = "results", StoragePath = storage, Loggers = [] }).FitAsync();
        if (results.Any(r => r.Reports != reports))
        {
            throw new InvalidOperationException("A trial lost reports.");
        }

    }
}
