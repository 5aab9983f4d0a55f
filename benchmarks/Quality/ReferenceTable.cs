using Benchmarks.Problems;

namespace Benchmarks.Quality;

/// <summary>
/// Median simple regrets of Optuna 5.0.0.dev (master 1d8ce7b) over 10 seeds, 8 for those with ten trials at once, after 25, 50, 100 and
/// 300 trials; NaN where there is none. The conditional problem's optimum, 0.1, is taken off.
/// </summary>
internal static class ReferenceTable
{
    /// <summary>What regrets are floored at, here and there.</summary>
    public const double Floor = 1e-4;

    private const double None = double.NaN;

    private static readonly Dictionary<(string Problem, string Column), double[]> Cells = new()
    {
        [("branin", "random")] = [3.2, .88, .20, .072],
        [("branin", "tpe")] = [.28, .067, .019, 7e-4],
        [("branin", "tpe_univariate")] = [1.6, .43, .046, 2e-3],
        [("branin", "cma_es")] = [4.8, 1.1, .013, 4e-7],
        [("branin", "gp")] = [.040, 3.6e-5, 1.4e-5, None],
        [("hartmann6", "random")] = [2.2, 1.7, 1.3, 1.1],
        [("hartmann6", "tpe")] = [.65, .24, .12, .017],
        [("hartmann6", "tpe_univariate")] = [1.6, .77, .31, .054],
        [("hartmann6", "cma_es")] = [1.6, .92, .25, .0063],
        [("hartmann6", "gp")] = [.48, .0036, 7.6e-5, None],
        [("rosenbrock5", "random")] = [109, 80, 73, 57],
        [("rosenbrock5", "tpe")] = [49, 18, 6.2, 2.9],
        [("rosenbrock5", "tpe_univariate")] = [60, 22, 17, 4.2],
        [("rosenbrock5", "cma_es")] = [28, 11, 5.3, 2.8],
        [("rosenbrock5", "gp")] = [55, 9.7, 3.7, None],
        [("rastrigin5", "random")] = [47, 43, 41, 34],
        [("rastrigin5", "tpe")] = [41, 32, 29, 20],
        [("rastrigin5", "tpe_univariate")] = [42, 30, 19, 11],
        [("rastrigin5", "cma_es")] = [35, 34, 27, 15],
        [("rastrigin5", "gp")] = [38, 29, 25, None],
        [("ackley10", "random")] = [18.7, 18.4, 17.7, 17.2],
        [("ackley10", "tpe")] = [17.1, 14.6, 10.4, 5.0],
        [("ackley10", "tpe_univariate")] = [17.3, 15.8, 13.5, 10.5],
        [("ackley10", "cma_es")] = [15.3, 13.7, 11.8, 4.6],
        [("ackley10", "gp")] = [16.7, 12.5, 7.7, None],
        [("ellipsoid20", "random")] = [7.1e4, 4.6e4, 3.8e4, 3.5e4],
        [("ellipsoid20", "tpe")] = [4.0e4, 2.7e4, 1.6e4, 7.7e3],
        [("ellipsoid20", "tpe_univariate")] = [5.1e4, 3.2e4, 2.0e4, 8.8e3],
        [("ellipsoid20", "cma_es")] = [2.1e4, 1.7e4, 1.0e4, 4.4e3],
        [("ellipsoid20", "gp")] = [2.9e4, 6.7e3, 1.4e3, None],
        [("mixed7", "random")] = [1.28, 1.04, .85, .47],
        [("mixed7", "tpe")] = [.71, .38, .32, .10],
        [("mixed7", "tpe_univariate")] = [.68, .51, .25, .10],
        [("mixed7", "gp")] = [.65, .026, 5e-5, None],
        [("conditional", "random")] = [.023, .023, .013, .008],
        [("conditional", "tpe")] = [.023, .007, .003, 1e-4],
        [("conditional", "tpe_univariate")] = [.023, .007, .003, 1e-4],
        [("conditional", "tpe_group")] = [.020, .007, .002, 0],
        [("hartmann6-noise", "random")] = [None, None, 1.31, None],
        [("hartmann6-noise", "tpe")] = [None, None, .441, None],
        [("hartmann6-noise", "tpe_univariate")] = [None, None, .459, None],
        [("hartmann6-noise", "cma_es")] = [None, None, .518, None],
        [("hartmann6-noise", "gp")] = [None, None, .509, None],
        [("hartmann6-w10", "tpe")] = [None, None, .353, None],
        [("hartmann6-w10", "gp")] = [None, None, .070, None],
        [("ackley10-w10", "tpe")] = [None, None, 13.9, None],
        [("ackley10-w10", "gp")] = [None, None, 8.3, None],
        [("mixed7-w10", "tpe")] = [None, None, .378, None],
        [("mixed7-w10", "gp")] = [None, None, 3.4e-4, None],
    };

    /// <summary>After how many trials studies are read.</summary>
    public static IReadOnlyList<int> Reads { get; } = [25, 50, 100, 300];

    /// <summary>The columns.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["random", "tpe", "tpe_univariate", "tpe_group", "cma_es", "gp"];

    /// <summary>A cell, floored; NaN when there is none. <c>best</c> is the least of all columns.</summary>
    public static double Cell(string problem, string column, int read)
    {
        var original = problem.Split('#')[0];
        return column == "best"
            ? Columns.Select(c => Cell(original, c, read)).Where(v => !double.IsNaN(v)).DefaultIfEmpty(double.NaN).Min()
            : Cells.TryGetValue((original, column), out var cells) ? Math.Max(cells[read], Floor) : double.NaN;
    }

    /// <summary>Whether a column says anything about a problem.</summary>
    public static bool Has(Problem problem, string column) => Enumerable.Range(0, Reads.Count).Any(r => !double.IsNaN(Cell(problem.Name, column, r)));
}
