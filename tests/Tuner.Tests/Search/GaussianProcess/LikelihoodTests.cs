using Tuning.Search.GaussianProcess;
using Tuning.Search.Numerics;

namespace Tuning.Tests.Search.GaussianProcess;

public sealed class LikelihoodTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(37)]
    public void Value_equals_the_formula(int count)
    {
        var (rows, targets) = (Rows.Many(count, 1), Rows.Normals(count, 2));
        var matrix = Rows.Matrix(rows, Rows.Settings, _ => Rows.Settings.Noise);
        var solved = Rows.Solve(matrix, targets);
        var fit = Enumerable.Range(0, count).Sum(i => targets[i] * solved[i]);

        var prior = new Prior().Evaluate(Rows.Settings, new double[7]);

        Assert.Equal((0.5 * (fit + LogDeterminant(matrix))) + prior, Likelihood(rows, targets).Evaluate(Parameters(Rows.Settings), new double[7]), 1e-9);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(9)]
    [InlineData(30)]
    public void Gradient_equals_central_differences(int count)
    {
        var likelihood = Likelihood(Rows.Many(count, 3), Rows.Normals(count, 4));
        var (at, gradient, unused) = (Parameters(Rows.Settings), new double[7], new double[7]);
        likelihood.Evaluate(at, gradient);

        for (var p = 0; p < at.Length; p++)
        {
            var (up, down) = ((double[])at.Clone(), (double[])at.Clone());
            (up[p], down[p]) = (at[p] + 1e-5, at[p] - 1e-5);
            Assert.Equal((likelihood.Evaluate(up, unused) - likelihood.Evaluate(down, unused)) / 2e-5, gradient[p], 1e-6);
        }
    }

    [Fact]
    public void Kernel_is_positive_definite_whatever_is_absent()
    {
        // 120 rows, many of them equal in all but one coordinate; one part in 10¹⁰ of noise is all that is allowed for rounding.
        var rows = Rows.Many(120, 5);
        foreach (var settings in new[] { Rows.Settings, new([1e-3, 100, 30, 1e-3, 1e-3], 1, 0), new([1e-2, 1e-3, 0.5, 50, 1e-2], 1, 0) })
        {
            var factor = new Cholesky(rows.Length);
            for (var i = 0; i < rows.Length; i++)
            {
                for (var j = 0; j <= i; j++)
                {
                    factor.Row(i)[j] = Rows.Kernel(rows[i], rows[j], settings) + (i == j ? 1e-10 : 0);
                }
            }

            Assert.True(factor.Extend(rows.Length));
        }
    }

    [Fact]
    public void Fit_finds_the_dimension_that_matters_and_the_noise()
    {
        var (rows, noise) = (Rows.Many(150, 6), Rows.Normals(150, 7));
        var targets = rows.Select((r, i) => Math.Sin(9 * r[0]) + (0.3 * noise[i])).ToArray();

        var fits = new SurrogateFits(Rows.Map, new Prior());
        var settings = fits.For(rows, count => targets[..count]);

        Assert.True(settings.Weights[0] > 5 * settings.Weights[4]);
        var variance = targets.Sum(t => t * t) / targets.Length;
        Assert.InRange(Math.Sqrt(settings.Noise * variance), 0.2, 0.4);
    }

    [Fact]
    public void Fit_does_not_depend_on_what_was_fitted_before()
    {
        var (rows, targets) = (Rows.Many(90, 8), Rows.Normals(90, 9));
        var grown = new SurrogateFits(Rows.Map, new Prior());
        for (var count = 10; count < 90; count += 7)
        {
            grown.For(rows[..count], n => targets[..n]);
        }

        var (one, other) = (grown.For(rows, n => targets[..n]), new SurrogateFits(Rows.Map, new Prior()).For(rows, n => targets[..n]));

        Assert.Equal(other.Weights, one.Weights);
        Assert.Equal((other.Scale, other.Noise), (one.Scale, one.Noise));
    }

    private static Likelihood Likelihood(double[][] rows, double[] targets)
    {
        var stride = Vector512Math.Padded(rows.Length);
        var features = new double[Rows.Map.Count * stride];
        for (var i = 0; i < rows.Length; i++)
        {
            Rows.Map.Write(rows[i], features.AsSpan(i), stride);
        }

        return new(Rows.Map, new Prior(), features, stride, targets);
    }

    private static double[] Parameters(KernelSettings settings) => [.. settings.Weights.Append(settings.Scale).Append(settings.Noise).Select(v => Math.Log(v))];

    private static double LogDeterminant(double[,] a)
    {
        var (n, m, sum) = (a.GetLength(0), (double[,])a.Clone(), 0.0);
        for (var p = 0; p < n; p++)
        {
            sum += Math.Log(m[p, p]);
            for (var i = p + 1; i < n; i++)
            {
                var f = m[i, p] / m[p, p];
                for (var k = p; k < n; k++)
                {
                    m[i, k] -= f * m[p, k];
                }
            }
        }

        return sum;
    }
}
