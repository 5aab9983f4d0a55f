namespace Tuning.Search.CmaEs;

/// <summary>What a search begins with.</summary>
/// <param name="Mean">m.</param>
/// <param name="StepSize">σ.</param>
/// <param name="Covariance">C, with determinant 1; null for the identity.</param>
/// <param name="Best">The best trial it was taken from; -1 for none.</param>
/// <param name="Places">The trials it was taken from.</param>
internal sealed record CmaPrior(double[] Mean, double StepSize, double[]? Covariance, int Best, int[] Places)
{
    // γ and α of the paper.
    private const double Share = 0.1, Width = 0.1;

    /// <summary>The middle of the space.</summary>
    public static CmaPrior Centre(int dimensions, double step)
    {
        var mean = new double[dimensions];
        Array.Fill(mean, 0.5);
        return new(mean, step, null, -1, []);
    }

    /// <summary>
    /// The distribution of the best tenth of trials (WS-CMA-ES, Nomura et al., 2021): their mean, and their covariance with a width
    /// around each. The width is 0.1 for trials of another experiment; for those of this one it is half the distance of the best ones from their mean, so
    /// that a search that others brought near to its end goes on from there.
    /// </summary>
    /// <returns>Null when fewer than two trials succeeded.</returns>
    public static CmaPrior? From(TrialArchive archive, ReadOnlySpan<int> places, ImmutableArray<Axis> axes, bool isElsewhere)
    {
        var ranking = new CmaRanking(archive);
        var sorted = places.ToArray().Where(ranking.IsSuccess).Order(ranking).ToArray();
        if (sorted.Length < 2)
        {
            return null;
        }

        var best = sorted[..Math.Clamp((int)Math.Ceiling(Share * sorted.Length), 2, sorted.Length)];
        var n = axes.Length;
        var points = new double[best.Length * n];
        var mean = new double[n];
        for (var k = 0; k < best.Length; k++)
        {
            for (var i = 0; i < n; i++)
            {
                var value = archive.Row(best[k])[axes[i].Index];
                points[(k * n) + i] = double.IsNaN(value) ? 0.5 : value;
                mean[i] += points[(k * n) + i] / best.Length;
            }
        }

        var spread = 0.0;
        for (var i = 0; i < points.Length; i++)
        {
            spread += Math.Pow(points[i] - mean[i % n], 2) / points.Length;
        }

        var width = isElsewhere ? Width : Math.Clamp(0.5 * Math.Sqrt(spread), 1e-6, Width);
        return Shaped(mean, points, best, width);
    }

    private static CmaPrior Shaped(double[] mean, double[] points, int[] best, double width)
    {
        var n = mean.Length;
        if (n == 0)
        {
            return new(mean, width, null, best[0], best);
        }

        var covariance = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.DenseIdentity(n) * (width * width);
        for (var k = 0; k < best.Length; k++)
        {
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < n; j++)
                {
                    covariance[i, j] += (points[(k * n) + i] - mean[i]) * (points[(k * n) + j] - mean[j]) / best.Length;
                }
            }
        }

        var scale = Math.Exp(covariance.Cholesky().DeterminantLn / n);
        return new(mean, Math.Sqrt(scale), (covariance / scale).ToRowMajorArray(), best[0], best);
    }
}
