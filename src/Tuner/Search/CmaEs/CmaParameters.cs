namespace Tuning.Search.CmaEs;

/// <summary>
/// Weights and learning rates of CMA-ES for a number of dimensions and a population: the defaults of Hansen, "The CMA evolution strategy: a
/// tutorial" (2016), table 1 and equations 49 to 58. Immutable.
/// </summary>
internal sealed class CmaParameters
{
    private const int LeastPopulation = 6, Generations = 14;

    /// <param name="dimensions">n, at least 1.</param>
    /// <param name="population">λ, at least 3.</param>
    public CmaParameters(int dimensions, int population)
    {
        var n = (double)dimensions;
        Population = population;
        Parents = population / 2;
        Weights = new double[population];
        for (var i = 0; i < population; i++)
        {
            Weights[i] = Math.Log((population + 1) / 2.0) - Math.Log(i + 1);
        }

        var better = Weights.AsSpan(0, Parents);
        var worse = Weights.AsSpan(Parents);
        Selected = Square(better);
        var unselected = Square(worse);
        PathOfMatrix = (4 + (Selected / n)) / (n + 4 + (2 * Selected / n));
        PathOfStep = (Selected + 2) / (n + Selected + 5);
        RankOne = 2 / (((n + 1.3) * (n + 1.3)) + Selected);
        RankMany = Math.Min(1 - RankOne, 2 * (0.25 + Selected + (1 / Selected) - 2) / (((n + 2) * (n + 2)) + Selected));
        Damping = 1 + (2 * Math.Max(0, Math.Sqrt((Selected - 1) / (n + 1)) - 1)) + PathOfStep;
        ExpectedNorm = Math.Sqrt(n) * (1 - (1 / (4 * n)) + (1 / (21 * n * n)));
        var limit = Math.Min(1 + (RankOne / RankMany), Math.Min(1 + (2 * unselected / (Selected + 2)), (1 - RankOne - RankMany) / (n * RankMany)));
        Normalise(better, 1);
        Normalise(worse, limit);
        LazyGenerations = Math.Max(1, (int)(0.5 / (n * (RankOne + RankMany))));
    }

    /// <summary>λ: trials per generation.</summary>
    public int Population { get; }

    /// <summary>μ: how many of them move the mean.</summary>
    public int Parents { get; }

    /// <summary>w: what each rank weighs, best first; the parents' add to 1, the others' are negative (active update).</summary>
    public double[] Weights { get; }

    /// <summary>μ_eff: how many equal parents the weights are worth.</summary>
    public double Selected { get; }

    /// <summary>c_c.</summary>
    public double PathOfMatrix { get; }

    /// <summary>c_σ.</summary>
    public double PathOfStep { get; }

    /// <summary>c_1.</summary>
    public double RankOne { get; }

    /// <summary>c_μ.</summary>
    public double RankMany { get; }

    /// <summary>d_σ.</summary>
    public double Damping { get; }

    /// <summary>E‖N(0, I)‖.</summary>
    public double ExpectedNorm { get; }

    /// <summary>After how many generations the matrix has changed enough to be decomposed again.</summary>
    public int LazyGenerations { get; }

    /// <summary>4 + ⌊3 ln n⌋ (Hansen 2016, table 1); in short searches fewer, so that there are some 14 generations, but not below 6.</summary>
    /// <param name="dimensions">n.</param>
    /// <param name="budget">How many trials there will be; null where that is not known.</param>
    public static int DefaultPopulation(int dimensions, int? budget = null) =>
        Math.Min(4 + (int)(3 * Math.Log(dimensions)), Math.Max(LeastPopulation, (budget ?? int.MaxValue) / Generations));

    private static double Square(ReadOnlySpan<double> weights)
    {
        var (sum, squares) = (0.0, 0.0);
        foreach (var weight in weights)
        {
            (sum, squares) = (sum + weight, squares + (weight * weight));
        }

        return squares > 0 ? sum * sum / squares : 0;
    }

    private static void Normalise(Span<double> weights, double total)
    {
        var sum = 0.0;
        foreach (var weight in weights)
        {
            sum += Math.Abs(weight);
        }

        foreach (ref var weight in weights)
        {
            weight *= sum > 0 ? total / sum : 0;
        }
    }
}
