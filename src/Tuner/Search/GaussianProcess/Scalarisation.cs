namespace Tuning.Search.GaussianProcess;

/// <summary>
/// Several objectives as one: the augmented Chebyshev norm of their places between best and worst, as in ParEGO (Knowles, 2006). Each set of weights
/// pulls to another part of the front.
/// </summary>
internal static class Scalarisation
{
    private const double Augmentation = 0.05;
    private const int Divisions = 8;

    /// <summary>Weights that sum to 1, evenly spread, for two objectives; a lattice for more.</summary>
    public static double[][] Weights(int objectives)
    {
        var divisions = objectives == 2 ? Divisions : 4;
        var found = new List<double[]>();
        Split(new double[objectives], 0, divisions, divisions, found);
        return [.. found];
    }

    /// <summary>The norm of each row. Infinite values count as the worst or the best.</summary>
    public static double[] Of(double[][] values, double[] weights)
    {
        var result = new double[values.Length];
        var largest = new double[values.Length];
        for (var o = 0; o < weights.Length; o++)
        {
            var finite = values.Select(v => v[o]).Where(double.IsFinite).DefaultIfEmpty(0).ToArray();
            var (low, high) = (finite.Min(), finite.Max());
            for (var i = 0; i < values.Length; i++)
            {
                var place = high > low ? (Math.Clamp(values[i][o], low, high) / 2 - low / 2) / (high / 2 - low / 2) : 0;
                largest[i] = Math.Max(largest[i], weights[o] * place);
                result[i] += Augmentation * weights[o] * place;
            }
        }

        for (var i = 0; i < values.Length; i++)
        {
            result[i] += largest[i];
        }

        return result;
    }

    private static void Split(double[] weights, int objective, int left, int divisions, List<double[]> found)
    {
        if (objective == weights.Length - 1)
        {
            weights[objective] = (double)left / divisions;
            found.Add((double[])weights.Clone());
            return;
        }

        for (var part = 0; part <= left; part++)
        {
            weights[objective] = (double)part / divisions;
            Split(weights, objective + 1, left - part, divisions, found);
        }
    }
}
