namespace Tuning;

/// <summary>How much a parameter had to do with which trials were good.</summary>
/// <param name="Parameter">Its dotted path.</param>
/// <param name="Share">Its share of the importance of all parameters, from 0 to 1; shares add up to 1.</param>
/// <param name="Trials">How many trials had a value of it.</param>
public sealed record ParameterImportance(string Parameter, double Share, int Trials)
{
    /// <summary>From how many trials on importance says something.</summary>
    public const int LeastTrials = 20;

    private const int Cells = 50;

    /// <summary>
    /// PED-ANOVA (Watanabe, Bansal and Hutter 2023, equation 16): a parameter is important where the values of the best trials are
    /// spread otherwise than those of all trials. Densities are Gaussian kernels on the unit interval with Scott's bandwidth, mirrored at
    /// its ends; for values without order, smoothed frequencies. The best are a tenth, at least ten.
    /// </summary>
    /// <param name="domains">What was searched.</param>
    /// <param name="trials">The trials with their losses, where smaller is better.</param>
    internal static IReadOnlyList<ParameterImportance> Of(IEnumerable<KeyValuePair<string, Domain>> domains,
        IReadOnlyList<(ParameterSet Config, double Loss)> trials)
    {
        if (trials.Count < LeastTrials)
        {
            return [];
        }

        var sorted = trials.OrderBy(t => t.Loss).ToList();
        var best = Math.Max(10, sorted.Count / 10);
        var found = new List<ParameterImportance>();
        foreach (var (path, domain) in domains)
        {
            var all = Coordinates(path, domain, sorted);
            var top = Coordinates(path, domain, sorted.Take(best));
            var count = CountOf(domain);
            if (count != 0 && all.Count > 0)
            {
                found.Add(new(path, top.Count == 0 ? 0 : Divergence(Density(top, count), Density(all, count)), all.Count));
            }
        }

        var total = found.Sum(f => f.Share);
        return [.. found.Select(f => f with { Share = total > 0 ? f.Share / total : 0 }).OrderByDescending(f => f.Share)
            .ThenBy(f => f.Parameter, StringComparer.Ordinal)];
    }

    private static double Divergence(double[] top, double[] all)
    {
        var sum = 0.0;
        for (var i = 0; i < all.Length; i++)
        {
            sum += all[i] > 0 ? Math.Pow((top[i] / all[i]) - 1, 2) * all[i] : 0;
        }

        return sum;
    }

    // Probabilities of cells: of the unit interval, or of values without order.
    private static double[] Density(List<double> coordinates, int count)
    {
        var cells = new double[count > 0 ? count : Cells];
        var width = Math.Max(0.5 / cells.Length, 1.06 * Spread(coordinates) * Math.Pow(coordinates.Count, -0.2));
        for (var i = 0; i < cells.Length; i++)
        {
            var at = (i + 0.5) / cells.Length;
            foreach (var x in coordinates)
            {
                cells[i] += count > 0 ? ((int)x == i ? 1 : 0) : Kernel(at - x, width) + Kernel(at + x, width) + Kernel(2 - at - x, width);
            }

            cells[i] += count > 0 ? 1.0 / count : 1e-12;
        }

        var total = cells.Sum();
        return [.. cells.Select(c => c / total)];
    }

    private static double Kernel(double distance, double width) => Math.Exp(-0.5 * distance * distance / (width * width));

    private static double Spread(List<double> values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
    }

    private static List<double> Coordinates(string path, Domain domain, IEnumerable<(ParameterSet Config, double Loss)> trials)
    {
        var coordinates = new List<double>();
        foreach (var (config, _) in trials)
        {
            if (config.TryGet(path, out var value) && domain.Contains(value) && Coordinate(domain, value) is { } coordinate)
            {
                coordinates.Add(coordinate);
            }
        }

        return coordinates;
    }

    // How many values without order there are; -1 for a domain on the unit interval, 0 for one that is not searched.
    private static int CountOf(Domain domain) => domain switch
    {
        ListDomain list => list.Nodes.Length,
        ComputedDomain => 0,
        _ => -1,
    };

    private static double? Coordinate(Domain domain, object? value) => domain switch
    {
        RealDomain real => real.ToScale().Encode(value!),
        IntegerDomain whole => whole.ToScale().Encode(value!),
        NormalDomain normal => new NormalScale(normal).Encode(value!),
        ListDomain list => Index(list.Nodes, value),
        _ => null,
    };

    private static double? Index(IReadOnlyList<SpaceNode> nodes, object? value)
    {
        for (var i = 0; i < nodes.Count; i++)
        {
            if (nodes[i].Contains(value))
            {
                return i;
            }
        }

        return null;
    }
}
