using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Tuning;
using Tuning.Training;

namespace Benchmarks;

/// <summary>
/// What does a process for trials cost beside a thread? Microseconds for a report (one trial that does nothing else), what a trial takes to begin after
/// another one, and what the first takes to begin.
/// </summary>
internal static class IsolationCost
{
    private const int WarmUp = 2000;
    private static readonly double _microseconds = 1e6 / Stopwatch.Frequency;

    /// <summary>Reports, and says at the end when it began and what a report took; the clock is the machine's, the same for all processes.</summary>
    public static TrainableDefinition Trainable { get; } = Tuning.Trainable.FromFunction<ParameterSet>("isolation-cost", (trial, _) =>
    {
        var (began, measured) = (Stopwatch.GetTimestamp(), 0L);
        var (reports, work) = (trial.Config.Get<int>("reports"), trial.Config.Get<int>("work") / _microseconds);
        for (var i = 0; i < reports; i++)
        {
            measured = i == WarmUp ? Stopwatch.GetTimestamp() : measured;
            for (var now = Stopwatch.GetTimestamp(); work > 0 && Stopwatch.GetTimestamp() - now < work;)
            {
                // What a training step takes.
            }

            trial.Report(new() { ["loss"] = 1.0 / (i + 1), ["accuracy"] = i * 0.5, ["step"] = i, ["norm"] = i * 0.25, ["lr"] = 1e-3 });
        }

        var end = Stopwatch.GetTimestamp();
        trial.Report(new() { ["loss"] = 0, ["began"] = began, ["ended"] = end, ["each"] = (end - measured) * _microseconds / Math.Max(1, reports - WarmUp) });
    });

    public static async Task<int> RunAsync(string[] args)
    {
        var reports = Measure.Option(args, "--reports", 40_000);
        var runs = Measure.Option(args, "--runs", 5);
        Console.WriteLine($"one trial at a time, reports of 5 metrics, journal on; {Measure.Machine}");
        foreach (var work in (int[])[0, 1000])
        {
            var count = work == 0 ? reports : WarmUp + 2000;
            var (thread, process) = (new List<double>(), new List<double>());
            for (var run = 0; run < runs; run++)
            {
                thread.Add((await FitAsync(Isolation.Thread, 1, count, work)).Each - work);
                process.Add((await FitAsync(Isolation.Process, 1, count, work)).Each - work);
            }

            Console.WriteLine($"a report every {work} µs and its answer, µs: thread {Measure.Spread(thread, "F1")}, process {Measure.Spread(process, "F1")}"
                + (work == 0 ? $"; reports per second of a process {Measure.Spread([.. process.Select(p => 1e6 / p)], "N0")}" : ""));
        }

        foreach (var isolation in (Isolation[])[Isolation.Thread, Isolation.Process])
        {
            var (first, next) = (new List<double>(), new List<double>());
            for (var run = 0; run < runs; run++)
            {
                var fit = await FitAsync(isolation, 50, 1, 0);
                first.Add(fit.First);
                next.Add(fit.Next);
            }

            Console.WriteLine($"{isolation}: from the start of an experiment to its first trial, ms {Measure.Spread(first, "F1")}; "
                + $"from the end of a trial to the next, ms {Measure.Spread(next, "F3")}");
        }

        return 0;
    }

    private static async Task<(double Each, double First, double Next)> FitAsync(Isolation isolation, int trials, int reports, int work)
    {
        var storage = Measure.NewDirectory(inMemory: false);
        try
        {
            var services = new ServiceCollection().AddTuner(tuner => tuner.AddPrograms()).BuildServiceProvider();
            var began = Stopwatch.GetTimestamp();
            var results = await new Tuner(services, Trainable,
                new SearchSpace().Add("x", Domain.Uniform(0, 1)).Add("reports", reports).Add("work", work),
                new TuneConfig { Metric = "loss", Mode = Mode.Min, Samples = trials, MaxConcurrentTrials = 1, Seed = 1 },
                new RunConfig { Name = "isolation", StoragePath = storage, Loggers = [], Isolation = isolation }).FitAsync();
            var times = results.Select(r => (Began: r.Metrics!.Number("began")!.Value, Ended: r.Metrics.Number("ended")!.Value)).ToList();
            if (results.Count != trials || results.Any(r => r.Reports != reports + 1))
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{results.Count} trials, {results[0].Reports} reports."));
            }

            return (results[0].Metrics!.Number("each")!.Value, (times[0].Began - began) * _microseconds / 1000,
                trials == 1 ? 0 : Measure.Median([.. times.Zip(times.Skip(1), (a, b) => (b.Began - a.Ended) * _microseconds / 1000)]));
        }
        finally
        {
            Directory.Delete(storage, recursive: true);
        }
    }
}
