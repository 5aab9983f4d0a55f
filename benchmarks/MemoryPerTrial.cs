using Tuning;

namespace Benchmarks;

/// <summary>
/// How much managed memory does a finished trial keep? Read inside the running experiment, by the trials that come as number 1,000
/// and number 100,000 (5 parameters, 5 metrics each), and once more with only the grid alive.
/// </summary>
internal static class MemoryPerTrial
{
    public static async Task<int> RunAsync(string[] args)
    {
        const int first = 1_000;
        var trials = Measure.Option(args, "--trials", 100_000);
        var storage = Measure.NewDirectory(inMemory: false);
        var started = 0;
        long early = 0, late = 0;
        try
        {
            var trainable = Trainable.FromFunction<ParameterSet>("five", config =>
            {
                var number = Interlocked.Increment(ref started);
                if (number == first)
                {
                    early = GC.GetTotalMemory(forceFullCollection: true);
                }
                else if (number == trials)
                {
                    late = GC.GetTotalMemory(forceFullCollection: true);
                }

                var x = config.Get<double>("a");
                return new Metrics { ["loss"] = x, ["m1"] = x + 1, ["m2"] = x + 2, ["m3"] = x + 3, ["m4"] = x + 4 };
            });
            var space = new SearchSpace().Add("a", Domain.Uniform(0, 1)).Add("b", Domain.LogUniform(1e-5, 1)).Add("c", Domain.RandInt(0, 100))
                .Add("d", Domain.Choice("x", "y", "z")).Add("e", Domain.QUniform(0, 1, 0.25));
            var results = await new Tuner(
                trainable,
                space,
                new TuneConfig { Metric = "loss", Mode = Mode.Min, Samples = trials, Seed = 1 },
                new RunConfig { Name = "memory", StoragePath = storage, Loggers = [] }).FitAsync();
            var grid = GC.GetTotalMemory(forceFullCollection: true);
            Console.WriteLine($"{trials} finished trials, 5 parameters, 5 metrics; {Measure.Machine}");
            Console.WriteLine($"loop alive, trial {first}: {early:N0} bytes; trial {trials}: {late:N0} bytes; per finished trial: " +
                $"{(late - early) / (double)(trials - first):F0} bytes");
            Console.WriteLine($"only the grid alive: {grid:N0} bytes; per trial: {(grid - early) / (double)(trials - first):F0} bytes");
            GC.KeepAlive(results);
            return 0;
        }
        finally
        {
            Directory.Delete(storage, recursive: true);
        }
    }
}
