using System.Globalization;
using Benchmarks.Quality;
using Tuning;
using Tuning.Randomness;
using Tuning.Search;

namespace Benchmarks;

/// <summary>
/// How long do suggestions take? Whole studies on one thread: what a searcher is asked and told, with its history, and a function that costs
/// next to nothing.
/// </summary>
internal static class SearchSpeed
{
    private static readonly (string Name, string Written, int Parameters, int Trials, int Objectives, double Bar, string Peers)[] Studies =
    [
        ("TPE", """{"type": "tpe"}""", 40, 1_000, 1, 0.8, "1.52 / 9.1"),
        ("CMA-ES", """{"type": "cma_es"}""", 40, 10_000, 1, 0.4, "0.61 / 11.4"),
        ("NSGA-II", """{"type": "nsga2"}""", 40, 10_000, 2, 0.4, "0.51 / 9.0"),
    ];

    public static int Run(string[] args)
    {
        var (runs, only) = (Measure.Option(args, "--runs", 5), Measure.Option(args, "--only", ""));
        Console.WriteLine($"one thread; {Measure.Machine}");
        Console.WriteLine();
        Console.WriteLine("| whole study | seconds, median (min, max) | first of the process | processor seconds of the thread: first, median | MB allocated " +
            "| to reach | Rustuna / Optuna |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var study in Studies.Where(s => only.Length == 0 || only.Split(',').Contains(s.Name, StringComparer.OrdinalIgnoreCase)))
        {
            if (Sampler.Make(study.Name, study.Written, "best") is { } sampler)
            {
                var seconds = new double[runs + 1];
                var allocated = 0L;
                var processor = Enumerable.Range(0, runs + 1).Select(r => Measure.ProcessorSeconds(() =>
                {
                    var before = GC.GetAllocatedBytesForCurrentThread();
                    seconds[r] = Seconds(sampler, study.Parameters, study.Trials, study.Objectives, (ulong)r);
                    allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                })).ToArray();
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {study.Name}, {study.Parameters} parameters, {study.Trials:N0} trials | {Measure.Spread(seconds[1..])} | {seconds[0]:F3} | " +
                        $"{processor[0]:F3}, {Measure.Median(processor[1..]):F3} | {1e-6 * allocated:F0} | {Text(study.Bar)} | {study.Peers} |"));
            }
        }

        if ((only.Length == 0 || only.Contains("gp", StringComparison.OrdinalIgnoreCase)) && Sampler.Make("GP", """{"type": "gp"}""", "gp") is { } gp)
        {
            Console.WriteLine();
            GaussianProcess(gp, Measure.Option(args, "--trials", 1_000));
        }

        return 0;
    }

    private static double Seconds(Sampler sampler, int parameters, int trials, int objectives, ulong seed)
    {
        var run = Begin(sampler, parameters, trials, objectives, seed);
        return Measure.Seconds(() =>
        {
            for (var i = 0; i < trials; i++)
            {
                Step(run, i, objectives);
            }
        });
    }

    private static void GaussianProcess(Sampler sampler, int trials)
    {
        var run = Begin(sampler, 10, trials, 1, 1);
        var times = new double[trials];
        for (var i = 0; i < trials; i++)
        {
            times[i] = Measure.Seconds(() => run.Ask());
            Tell(run, i, 1);
            if (i % 100 == 99)
            {
                Console.Error.WriteLine($"gp: {i + 1} of {trials} trials after {times.Sum():F0} s");
            }
        }

        Console.WriteLine("| GP, 10 parameters, suggestions | mean | longest | to reach |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var (from, to, bar) in new[] { (10, 100, 0.0), (190, 200, 0.03), (490, 500, 0.0), (900, 1_000, 0.6) }.Where(r => r.Item2 <= trials))
        {
            var some = times[from..to];
            Console.WriteLine($"| {from} to {to} | {1000 * some.Average():F1} ms | {1000 * some.Max():F1} ms | {(bar > 0 ? $"{1000 * bar:F0} ms" : "")} |");
        }

        Console.WriteLine($"| all {trials:N0} | {1000 * times.Average():F1} ms | {1000 * times.Max():F1} ms (suggestion {Array.IndexOf(times, times.Max())}) " +
            $"| |");
    }

    private static SearchRun Begin(Sampler sampler, int parameters, int trials, int objectives, ulong seed)
    {
        var space = new SearchSpace();
        for (var i = 0; i < parameters; i++)
        {
            space.Add(string.Create(CultureInfo.InvariantCulture, $"x{i:00}"), Domain.Uniform(0, 1));
        }

        var path = SeedPath.Of(seed) / "searcher";
        var searcher = sampler.Options.Create(new(space, [.. Enumerable.Range(0, objectives).Select(i => new Objective("f" + i, Mode.Min))])
        {
            Seed = path,
            Budget = trials
        });
        return new(searcher, path);
    }

    private static void Step(SearchRun run, int trial, int objectives)
    {
        if (run.Ask() is not Suggestion.Configure)
        {
            throw new InvalidOperationException($"No configuration for trial {trial}.");
        }

        Tell(run, trial, objectives);
    }

    private static void Tell(SearchRun run, int trial, int objectives)
    {
        var (first, second) = (0.0, 0.0);
        foreach (var (_, value) in run[trial].Config)
        {
            var x = (double)value!;
            (first, second) = (first + ((x - 0.3) * (x - 0.3)), second + ((x - 0.7) * (x - 0.7)));
        }

        if (objectives == 1)
        {
            run.Tell(trial, first);
        }
        else
        {
            run.Tell(trial, first, second);
        }
    }

    private static string Text(double seconds) => seconds.ToString("F1", CultureInfo.InvariantCulture);
}
