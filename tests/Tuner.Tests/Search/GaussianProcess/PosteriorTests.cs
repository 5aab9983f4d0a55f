using Tuning.Search.GaussianProcess;

namespace Tuning.Tests.Search.GaussianProcess;

public sealed class PosteriorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    [InlineData(41)]
    public void Mean_and_variance_equal_the_formula(int count)
    {
        var (rows, targets, points) = (Rows.Many(count, 1), Rows.Normals(count, 2), Rows.Many(8, 3));
        var matrix = Rows.Matrix(rows, Rows.Settings, _ => Rows.Settings.Noise);
        var solved = Rows.Solve(matrix, targets);

        var posterior = new Posterior(Rows.Map, Rows.Settings, rows, targets, []);
        var space = Predict(posterior, points);

        for (var p = 0; p < 8; p++)
        {
            var k = rows.Select(r => Rows.Kernel(points[p], r, Rows.Settings)).ToArray();
            var s = Rows.Solve(matrix, k);
            Assert.Equal(k.Zip(solved, (a, b) => a * b).Sum(), space.Means[p], 1e-10);
            Assert.Equal(Rows.Settings.Scale - k.Zip(s, (a, b) => a * b).Sum(), space.Variances[p], 1e-10);
        }

        for (var i = 0; i < count; i++)
        {
            Assert.Equal(rows.Select((r, j) => Rows.Kernel(rows[i], r, Rows.Settings) * solved[j]).Sum(), posterior.RowMeans[i], 1e-10);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Left_out_values_are_predicted_as_by_a_process_without_them(bool withPending)
    {
        var (rows, targets) = (Rows.Many(17, 1), Rows.Normals(17, 2));
        var posterior = withPending
            ? new Posterior(Rows.Map, Rows.Settings, [.. rows, .. Rows.Many(3, 4)], targets, Rows.Normals(3 * 2, 5))
            : new Posterior(Rows.Map, Rows.Settings, rows, targets, []);

        var predicted = posterior.LeaveOneOut(targets);

        for (var i = 0; i < 17; i++)
        {
            var without = new Posterior(Rows.Map, Rows.Settings, [.. rows.Where((_, j) => j != i)], [.. targets.Where((_, j) => j != i)], []);
            Assert.Equal(Predict(without, [rows[i], .. Rows.Many(7, 3)]).Means[0], predicted[i], 1e-9);
        }
    }

    [Fact]
    public void Draws_at_pending_rows_have_the_mean_and_covariance_of_the_process()
    {
        var (rows, targets) = (Rows.Many(15, 4), Rows.Normals(15, 5));
        double[][] pending = [[0.2, 0, double.NaN, double.NaN, 0.5], [0.3, 0, double.NaN, double.NaN, 0.5]];
        const int draws = 40_000;

        var posterior = new Posterior(Rows.Map, Rows.Settings, [.. rows, .. pending], targets, Rows.Normals(2 * draws, 6));

        var (a, b) = (posterior.PendingValues.Select(v => v[0]).ToArray(), posterior.PendingValues.Select(v => v[1]).ToArray());
        var plain = Predict(new(Rows.Map, Rows.Settings, rows, targets, []), [pending[0], pending[1], .. Rows.Many(6, 7)]);
        var matrix = Rows.Matrix(rows, Rows.Settings, _ => Rows.Settings.Noise);
        var (k, l) = (rows.Select(r => Rows.Kernel(pending[0], r, Rows.Settings)).ToArray(),
            rows.Select(r => Rows.Kernel(pending[1], r, Rows.Settings)).ToArray());
        var covariance = Rows.Kernel(pending[0], pending[1], Rows.Settings) - k.Zip(Rows.Solve(matrix, l), (x, y) => x * y).Sum();

        // Five standard errors of 40,000 draws: a false alarm in a million.
        Assert.Equal(plain.Means[0], a.Average(), 5 * Math.Sqrt(plain.Variances[0] / draws));
        Assert.Equal(plain.Means[1], b.Average(), 5 * Math.Sqrt(plain.Variances[1] / draws));
        Assert.Equal(plain.Variances[0], Covariance(a, a), 0.05 * plain.Variances[0]);
        Assert.Equal(covariance, Covariance(a, b), 0.05 * plain.Variances[0]);
    }

    [Fact]
    public void Each_draw_is_the_process_that_had_seen_it()
    {
        var (rows, targets, points) = (Rows.Many(15, 8), Rows.Normals(15, 9), Rows.Many(8, 10));
        var settings = Rows.Settings with { Noise = Prior.NoiseFloor };
        var pending = Rows.Many(3, 11);
        var posterior = new Posterior(Rows.Map, settings, [.. rows, .. pending], targets, Rows.Normals(2 * 3, 12));
        var space = Predict(posterior, points);

        for (var s = 0; s < 2; s++)
        {
            var seen = Predict(new(Rows.Map, settings, [.. rows, .. pending], [.. targets, .. posterior.PendingValues[s]], []), points);
            Assert.All(Enumerable.Range(0, 8), p => Assert.Equal(seen.Means[p], space.Means[(s * 8) + p], 1e-8));
            Assert.All(Enumerable.Range(0, 8), p => Assert.Equal(seen.Variances[p], space.Variances[p], 1e-8));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Improvement_and_its_gradient_equal_quadrature_and_differences(int draws)
    {
        var (rows, targets, pending) = (Rows.Many(20, 13), Rows.Normals(20, 14), Rows.Many(2, 15));
        var posterior = draws == 1
            ? new Posterior(Rows.Map, Rows.Settings, rows, targets, [])
            : new Posterior(Rows.Map, Rows.Settings, [.. rows, .. pending], targets, Rows.Normals(2 * draws, 16));
        var best = Enumerable.Range(0, draws).Select(s => -0.5 - (0.2 * s)).ToArray();
        var acquisition = new LogExpectedImprovement(posterior, best);
        var points = Rows.Many(8, 17);
        var (values, gradients) = (new double[8], new double[8 * 5]);
        acquisition.Evaluate(points, values, gradients);
        var space = Predict(posterior, points);

        for (var p = 0; p < 8; p++)
        {
            var sigma = Math.Sqrt(space.Variances[p]);
            Assert.Equal(Enumerable.Range(0, draws).Average(s => Improvement(best[s], space.Means[(s * 8) + p], sigma)), Math.Exp(values[p]), 1e-7);
            foreach (var d in (int[])[0, 2, 4])
            {
                Assert.Equal(Difference(acquisition, points, p, d), gradients[(p * 5) + d], 1e-5);
            }
        }
    }

    [Fact]
    public void Feasibility_has_the_gradient_of_its_differences()
    {
        var (rows, labels) = (Rows.Many(20, 18), Rows.Normals(20, 19));
        var violations = new Posterior(Rows.Map, Rows.Settings, rows, labels, []);
        var acquisition = new LogFeasibility(violations, new LogExpectedImprovement(new(Rows.Map, Rows.Settings, rows, Rows.Normals(20, 20), []), [0.3]));
        var points = Rows.Many(8, 21);
        var (values, gradients) = (new double[8], new double[8 * 5]);
        acquisition.Evaluate(points, values, gradients);

        for (var p = 0; p < 8; p++)
        {
            Assert.All((int[])[0, 2, 4], d => Assert.Equal(Difference(acquisition, points, p, d), gradients[(p * 5) + d], 1e-5));
        }
    }

    private static double Difference(IAcquisition acquisition, double[][] points, int point, int dimension)
    {
        if (double.IsNaN(points[point][dimension]))
        {
            return 0;
        }

        var (up, down) = ((double[])points[point].Clone(), (double[])points[point].Clone());
        (up[dimension], down[dimension]) = (up[dimension] + 1e-5, down[dimension] - 1e-5);
        var values = new double[8];
        acquisition.Evaluate(new double[][] { up, down }, values, []);
        return (values[0] - values[1]) / 2e-5;
    }

    private static double Improvement(double best, double mean, double sigma)
    {
        var (sum, steps) = (0.0, 20_000);
        var low = mean - (10 * sigma);
        var width = Math.Max(0, best - low) / steps;
        for (var i = 0; i < steps; i++)
        {
            var y = low + ((i + 0.5) * width);
            sum += (best - y) * Math.Exp(-0.5 * Math.Pow((y - mean) / sigma, 2)) / (sigma * Math.Sqrt(2 * Math.PI)) * width;
        }

        return sum;
    }

    private static PredictionSpace Predict(Posterior posterior, double[][] points)
    {
        var space = new PredictionSpace(posterior);
        for (var p = 0; p < 8; p++)
        {
            space.Set(p, points[p]);
        }

        posterior.Predict(space, false);
        return space;
    }

    private static double Covariance(double[] a, double[] b)
    {
        var (x, y) = (a.Average(), b.Average());
        return a.Zip(b, (u, v) => (u - x) * (v - y)).Sum() / a.Length;
    }
}
