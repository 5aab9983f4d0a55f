using System.Diagnostics;
using System.Globalization;
using Tuning;
using Tuning.Randomness;
using Tuning.Search;
using Tuning.Search.Tpe;

namespace Benchmarks;

/// <summary>How long does a whole study with TPE take, without an experiment around it? Real parameters, a quadratic function, one thread.</summary>
internal static class TpeSpeed
{
    public static int Run(string[] args)
    {
        var (trials, repeats) = (Measure.Option(args, "--trials", 1000), Measure.Option(args, "--repeats", 5));
        Console.WriteLine($"{trials} trials, {repeats} studies after one to warm up; {Measure.Machine}");
        Console.WriteLine("| searcher | parameters | median s | fastest | slowest |");
        Console.WriteLine("|---|---|---|---|---|");
        Report("tpe", 40, 1, new TpeOptions(), trials, repeats);
        Report("tpe", 10, 1, new TpeOptions(), trials, repeats);
        Report("tpe, multivariate: false", 10, 1, new TpeOptions { Multivariate = false }, trials, repeats);
        Report("motpe", 40, 2, new MotpeOptions(), trials, repeats);
        Report("motpe", 10, 2, new MotpeOptions(), trials, repeats);
        return 0;
    }

    private static void Report(string name, int parameters, int objectives, SearcherOptions options, int trials, int repeats)
    {
        Study(parameters, objectives, options, trials, 0);
        var seconds = Enumerable.Range(1, repeats).Select(seed => Study(parameters, objectives, options, trials, seed)).Order().ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {parameters} | {Measure.Median(seconds):F3} | {seconds[0]:F3} | {seconds[^1]:F3} |"));
    }

    private static double Study(int parameters, int objectives, SearcherOptions options, int trials, int seed)
    {
        var space = new SearchSpace();
        for (var i = 0; i < parameters; i++)
        {
            space = space.Add("x" + i, Domain.Uniform(-5, 5));
        }

        var path = SeedPath.Of((ulong)seed) / "searcher";
        var start = Stopwatch.GetTimestamp();
        var searcher = options.Create(new(space, [.. Enumerable.Range(0, objectives).Select(i => new Objective("f" + i, Mode.Min))])
        {
            Seed = path,
            Budget = trials
        });
        var run = new SearchRun(searcher, path);
        var values = new double[objectives];
        for (var i = 0; i < trials; i++)
        {
            var config = ((Suggestion.Configure)run.Ask()).Config;
            Array.Clear(values);
            foreach (var (_, value) in config)
            {
                for (var o = 0; o < objectives; o++)
                {
                    values[o] += Math.Pow((double)value! - 1 - o, 2);
                }
            }

            run.Tell(i, values);
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
