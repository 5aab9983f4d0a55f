using Benchmarks.Problems;

namespace Benchmarks.Quality;

/// <summary>The lines under a sampler's table.</summary>
internal static class Summary
{
    public static void Print(Sampler sampler, List<Problem> problems, StudyResult[][] results)
    {
        var (bar, worst) = sampler.Column switch { "best" => (1.3, 5), "random" => (1.07, 3), _ => (1.0, 3) };
        var (sequential, copies, asynchronous) = (new Cells("one trial after the other"), new Cells("copies"), new Cells("ten trials at once"));
        foreach (var (problem, studies) in problems.Zip(results))
        {
            var cells = problem.Name.Contains('#', StringComparison.Ordinal) ? copies : problem.Parallelism > 1 ? asynchronous : sequential;
            for (var r = 0; r < ReferenceTable.Reads.Count; r++)
            {
                var (regrets, reference) = (studies.Select(s => s.Regrets[r]).ToArray(), ReferenceTable.Cell(problem.Name, sampler.Column, r));
                if (problem.Noise is null && !double.IsNaN(reference) && !regrets.Any(double.IsNaN))
                {
                    cells.Add(problem.Name, r, regrets, reference);
                }
            }
        }

        foreach (var cells in new[] { sequential, asynchronous, copies }.Where(c => c.Count > 0))
        {
            Console.WriteLine("- " + cells.Describe(bar, worst));
        }

        foreach (var (problem, studies) in problems.Zip(results).Where(p => p.First.Noise is not null))
        {
            Console.WriteLine("- " + Noise(problem, [.. studies.Select(s => s.Regrets[2])]));
        }

        Console.WriteLine($"- suggestions took {results.Sum(r => r.Sum(s => s.Seconds)):F0} s in all");
    }

    private static string Noise(Problem problem, double[] regrets)
    {
        var mean = regrets.Average();
        var error = Math.Sqrt(regrets.Sum(r => (r - mean) * (r - mean)) / Math.Max(1, regrets.Length - 1) / regrets.Length);
        var best = ReferenceTable.Cell(problem.Name, "best", 2);
        return $"noise, {problem.Name} @100: true regret of the recommended trial, mean {mean:F3} ± {error:F3}, median {Measure.Median(regrets):F3}"
            + (double.IsNaN(best) ? "" : $"; to reach {best:F3}{(mean <= best ? " ✓" : " ✗")}");
    }
}
