using System.Diagnostics;
using System.Globalization;
using Benchmarks.Problems;

namespace Benchmarks.Quality;

/// <summary>
/// How good are the values that a sampler finds? One study per problem and seed, read after 25, 50, 100 and 300 trials, beside Optuna's
/// table. Figures are the same for any number of threads.
/// </summary>
internal static class QualityCommand
{
    public static int Run(string[] args)
    {
        var start = Stopwatch.GetTimestamp();
        var options = new QualityOptions(args);
        Console.WriteLine($"{options.Seeds} seeds from {options.FirstSeed}, {options.Threads} studies at once; {Measure.Machine}");
        foreach (var sampler in Sampler.Chosen(args))
        {
            Report(sampler, options);
        }

        Console.WriteLine($"together {Stopwatch.GetElapsedTime(start).TotalMinutes:F1} minutes");
        return 0;
    }

    private static void Report(Sampler sampler, QualityOptions options)
    {
        var problems = options.Problems(sampler).ToList();
        var results = Studies(sampler, problems, options);
        Console.WriteLine();
        Console.WriteLine($"## {sampler.Name} beside the column {sampler.Column}");
        Console.WriteLine();
        Console.WriteLine("| problem | @25 | @50 | @100 | @300 | ms per suggestion (longest) |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var (problem, studies) in problems.Zip(results))
        {
            var cells = string.Join(" | ", Enumerable.Range(0, ReferenceTable.Reads.Count).Select(r => Text(problem, sampler.Column, r, studies)));
            Console.WriteLine($"| {problem.Name} | {cells} | {Milliseconds(problem, sampler, options, studies)} |");
        }

        Console.WriteLine();
        Summary.Print(sampler, problems, results);
    }

    private static StudyResult[][] Studies(Sampler sampler, List<Problem> problems, QualityOptions options)
    {
        var results = problems.Select(_ => new StudyResult[options.Seeds]).ToArray();
        var (done, start) = (0, Stopwatch.GetTimestamp());
        Parallel.For(0, problems.Count * options.Seeds, new() { MaxDegreeOfParallelism = options.Threads }, i =>
        {
            var (problem, seed) = (i / options.Seeds, i % options.Seeds);
            results[problem][seed] =
                Study.Run(sampler, problems[problem], options.FirstSeed + seed, options.TrialsOf(sampler, problems[problem]), options.Trace);
            var now = Interlocked.Increment(ref done);
            if (now % options.Seeds == 0)
            {
                Console.Error.WriteLine($"{sampler.Name}: {now} of {problems.Count * options.Seeds} studies after " +
                    $"{Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s ({problems[problem].Name})");
            }
        });
        return results;
    }

    private static string Text(Problem problem, string column, int read, StudyResult[] studies)
    {
        var regrets = studies.Select(s => s.Regrets[read]).ToArray();
        if (regrets.Any(double.IsNaN))
        {
            return "";
        }

        var (ours, reference) = (Measure.Median(regrets), ReferenceTable.Cell(problem.Name, column, read));
        return ours.ToString("G3", CultureInfo.InvariantCulture) + (double.IsNaN(reference) ? "" : $" ({Cells.Value(regrets) / reference:F2})");
    }

    private static string Milliseconds(Problem problem, Sampler sampler, QualityOptions options, StudyResult[] studies) =>
        $"{1000 * studies.Average(s => s.Seconds) / options.TrialsOf(sampler, problem):F2} ({1000 * studies.Max(s => s.Longest):F0})";
}
