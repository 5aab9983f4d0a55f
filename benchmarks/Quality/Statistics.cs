using Tuning.Randomness;

namespace Benchmarks.Quality;

/// <summary>The cells of one sampler and column: ratios of medians, their geometric mean, and how sure it is.</summary>
/// <param name="name">What the cells have in common.</param>
internal sealed class Cells(string name)
{
    private const int Resamples = 1000;

    private readonly List<(string Problem, int Read, double[] Regrets, double Reference)> _cells = [];

    /// <summary>How many there are.</summary>
    public int Count => _cells.Count;

    /// <summary>Adds a cell: the regrets of all seeds, and what they stand beside.</summary>
    public void Add(string problem, int read, double[] regrets, double reference) => _cells.Add((problem, read, regrets, reference));

    /// <summary>The median of all seeds, floored.</summary>
    public static double Value(IReadOnlyCollection<double> regrets) => Math.Max(Measure.Median(regrets), ReferenceTable.Floor);

    /// <summary>One line: geometric mean with its interval, and the worst cell.</summary>
    public string Describe(double bar, double worstBar)
    {
        var ratios = _cells.Select(c => (Cell: c, Ratio: Value(c.Regrets) / c.Reference)).ToList();
        var worst = ratios.MaxBy(r => r.Ratio);
        var mean = Mean(ratios.Select(r => r.Ratio));
        var (low, high) = Interval();
        return $"{name}: geometric mean {mean:F3} (95 % {low:F3} to {high:F3}) over {Count} cells, to reach {bar:F1}{Judge(mean <= bar)}; "
            + $"worst {worst.Ratio:F2} ({worst.Cell.Problem} @{ReferenceTable.Reads[worst.Cell.Read]}: {Value(worst.Cell.Regrets):G3} beside " +
                $"{worst.Cell.Reference:G3}), to reach {worstBar:F0}{Judge(worst.Ratio <= worstBar)}";
    }

    private static string Judge(bool isReached) => isReached ? " ✓" : " ✗";

    private static double Mean(IEnumerable<double> ratios) => Math.Exp(ratios.Average(Math.Log));

    // Seeds are drawn again with replacement, the same ones for all cells of a problem: one study gave them all.
    private (double Low, double High) Interval()
    {
        var random = new RandomStream(1);
        var means = new double[Resamples];
        var groups = _cells.GroupBy(c => c.Problem).ToList();
        for (var i = 0; i < Resamples; i++)
        {
            var ratios = new List<double>();
            foreach (var group in groups)
            {
                var count = group.First().Regrets.Length;
                var drawn = Enumerable.Range(0, count).Select(_ => random.NextInt32(count)).ToArray();
                ratios.AddRange(group.Select(c => Value([.. drawn.Select(d => c.Regrets[d])]) / c.Reference));
            }

            means[i] = Mean(ratios);
        }

        Array.Sort(means);
        return (means[(int)(0.025 * Resamples)], means[(int)(0.975 * Resamples)]);
    }
}
