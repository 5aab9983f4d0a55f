using System.Globalization;
using Tuning;
using Tuning.Randomness;
using Tuning.Search;
using Tuning.Search.CmaEs;
using Tuning.Search.MultiObjective;

namespace Benchmarks;

/// <summary>
/// How long does a whole study of CMA-ES or NSGA-II take on one thread, asking, function, telling and history included? Beside Rustuna's chart:
/// 40 parameters, 10,000 trials.
/// </summary>
internal static class EvolutionSpeed
{
    private const int Parameters = 40;

    public static int RunCma(string[] args) => Run(args, new CmaEsOptions(), 1, 0.614, "the shifted sphere");

    public static int RunNsga(string[] args) => Run(args, new Nsga2Options(), 2, 0.512, "ZDT1");

    private static int Run(string[] args, SearcherOptions options, int objectives, double peer, string function)
    {
        var (trials, runs) = (Measure.Option(args, "--trials", 10_000), Measure.Option(args, "--runs", 7));
        var seconds = new List<double>();
        for (var run = 0; run <= runs; run++)
        {
            GC.Collect();
            seconds.Add(Measure.Seconds(() => Study(options, objectives, trials, run)));
        }

        var warm = seconds.Skip(1).ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{function}, {Parameters} parameters, {trials:N0} trials, one thread: {Measure.Spread(warm)} s, {1e6 * Measure.Median(warm) / trials:F1} µs " +
            $"per trial; the first in the process, compilation included, {seconds[0]:F3} s"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"to reach 0.4 s{(Measure.Median(warm) < 0.4 ? " ✓" : " ✗")}; Rustuna {peer} s: {peer / Measure.Median(warm):F1} times as fast. " +
            $"{Measure.Machine}"));
        return 0;
    }

    private static void Study(SearcherOptions options, int objectives, int trials, int seed)
    {
        var (space, names) = (new SearchSpace(), new string[Parameters]);
        for (var i = 0; i < Parameters; i++)
        {
            names[i] = "x" + i;
            space.Add(names[i], Domain.Uniform(0, 1));
        }

        var path = SeedPath.Of((ulong)seed);
        var context = new SearcherContext(space, [.. Enumerable.Range(0, objectives).Select(i => new Objective("f" + i, Mode.Min))])
        {
            Seed = path / "searcher",
            Budget = trials
        };
        var (run, x) = (new SearchRun(options.Create(context), path / "searcher"), new double[Parameters]);
        for (var trial = 0; trial < trials; trial++)
        {
            var config = ((Suggestion.Configure)run.Ask()).Config;
            for (var i = 0; i < Parameters; i++)
            {
                x[i] = (double)config[names[i]]!;
            }

            if (objectives == 1)
            {
                run.Tell(trial, x.Sum(v => (v - 0.3) * (v - 0.3)));
            }
            else
            {
                var g = 1 + (9 * x.Skip(1).Average());
                run.Tell(trial, x[0], g * (1 - Math.Sqrt(x[0] / g)));
            }
        }
    }
}
