using System.Diagnostics;
using Tuning;
using Tuning.Randomness;
using Tuning.Search;
using Tuning.Search.GaussianProcess;

namespace Benchmarks;

/// <summary>
/// How long does a suggestion of the Gaussian process take, with ten parameters, on one thread, refits included? One study; <c>--drawn 890</c>
/// draws the first trials at random instead of asking for them, <c>--trials 200</c> ends earlier.
/// </summary>
internal static class GaussianProcessSpeed
{
    private const int Parameters = 10;

    public static int Run(string[] args)
    {
        var (trials, drawn) = (Measure.Option(args, "--trials", 1000), Measure.Option(args, "--drawn", 0));
        var space = new SearchSpace();
        for (var i = 0; i < Parameters; i++)
        {
            space.Add("x" + i, Domain.Uniform(0, 1));
        }

        var seed = SeedPath.Of(1);
        var context = new SearcherContext(space, [new Objective("f", Mode.Min)]) { Seed = seed / "searcher", Budget = trials };
        var (history, searcher) = (new HistoryBuilder(), new GaussianProcessOptions().Create(context));
        var (random, drawing) = (new RandomSearchOptions().Create(context), searcher);
        var milliseconds = new double[trials];
        for (var i = 0; i < trials; i++)
        {
            var before = history.Snapshot(i);
            drawing = i < drawn ? random : searcher;
            var start = Stopwatch.GetTimestamp();
            var config = ((Suggestion.Configure)drawing.Suggest(before, i, (seed / i).Stream())).Config;
            milliseconds[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            history.Add(new(new(i), i, config, TrialStatus.Terminated, Value(config), 1) { EndOrder = i });
        }

        Console.WriteLine($"{Parameters} parameters, one thread; {Measure.Machine}");
        foreach (var (from, to, bar) in new[] { (90, 100, ""), (190, 200, ", to reach 30 ms"), (490, 500, ""), (900, 1000, ", to reach 600 ms") })
        {
            if (from >= drawn && to <= trials)
            {
                var part = milliseconds[from..to];
                Console.WriteLine($"suggestions {from} to {to}: {part.Average():F1} ms on average{bar}; median {Measure.Median(part):F1}, longest " +
                    $"{part.Max():F1}");
            }
        }

        Console.WriteLine($"longest of all {milliseconds.Max():F1} ms, all together {milliseconds.Sum() / 1000:F1} s");
        return 0;
    }

    // A valley with ripples: neither solved early nor without structure.
    private static double Value(ParameterSet config)
    {
        var sum = 0.0;
        for (var i = 0; i < Parameters; i++)
        {
            var x = (double)config["x" + i]! - 0.3 - (0.04 * i);
            sum += ((i + 1) * x * x) + (0.1 * (1 - Math.Cos(12 * x)));
        }

        return sum;
    }
}
