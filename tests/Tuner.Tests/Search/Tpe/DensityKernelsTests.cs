using MathNet.Numerics.Distributions;
using Tuning.Randomness;
using Tuning.Search.Tpe;

namespace Tuning.Tests.Search.Tpe;

public sealed class DensityKernelsTests
{
    [Fact]
    public void The_share_of_a_normal_distribution_in_the_unit_interval_is_that_of_a_library()
    {
        var random = new RandomStream(1);
        var (means, inverses, shares) = (new double[64], new double[64], new double[64]);
        for (var i = 0; i < 64; i++)
        {
            inverses[i] = 1 / (0.001 + random.NextDouble());
            means[i] = random.NextDouble() * inverses[i];
            shares[i] = 2;
        }

        DensityKernels.MultiplyInside(means, inverses, shares);
        for (var i = 0; i < 64; i++)
        {
            Assert.Equal(2 * (Normal.CDF(0, 1, inverses[i] - means[i]) - Normal.CDF(0, 1, -means[i])), shares[i], 5e-7);
        }
    }

    [Theory]
    [InlineData(8, 1)]
    [InlineData(24, 3)]
    [InlineData(120, 17)]
    public void Distances_are_those_of_a_loop(int kernels, int axes)
    {
        var random = new RandomStream(2);
        var (means, points, logs) = (Draw(random, kernels * axes), Draw(random, 4 * axes), Draw(random, 4 * kernels));
        var expected = (double[])logs.Clone();
        for (var c = 0; c < 4; c++)
        {
            for (var k = 0; k < kernels; k++)
            {
                for (var a = 0; a < axes; a++)
                {
                    expected[(c * kernels) + k] -= 0.5 * Math.Pow(points[(c * axes) + a] - means[(a * kernels) + k], 2);
                }
            }
        }

        DensityKernels.SubtractDistances(means, axes, points, logs);
        Assert.Equal(expected, logs, (x, y) => Math.Abs(x - y) < 1e-10 * (1 + Math.Abs(x)));
    }

    [Fact]
    public void The_logarithm_of_a_sum_neither_overflows_nor_loses_a_kernel()
    {
        double[] logs = [-1000, -1000, double.MinValue, -1003, -2000, -1000, double.MinValue, -1001];
        Assert.Equal(-1000 + Math.Log(3 + Math.Exp(-3) + Math.Exp(-1) + Math.Exp(-2)), DensityKernels.LogSum(logs, -1002), 1e-12);
        Assert.Equal(700, DensityKernels.LogSum(logs, 700), 1e-12);
        Assert.Equal(-5, DensityKernels.LogSum([], -5), 1e-12);
    }

    private static double[] Draw(RandomStream random, int count) => [.. Enumerable.Range(0, count).Select(_ => 10 * random.NextGaussian())];
}
