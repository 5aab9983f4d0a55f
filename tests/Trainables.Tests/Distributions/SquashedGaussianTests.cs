using Tuning.Distributions;
using Tuning.Randomness;

namespace Tuning.Tests.Distributions;

public sealed class SquashedGaussianTests
{
    private static readonly ActionDistribution _one = ActionDistribution.SquashedGaussian(1);

    [Theory]
    [InlineData(0.3, -0.5)]
    [InlineData(-1.2, 0.4)]
    [InlineData(0, 0.8)]
    public void Density_integrates_to_one_and_gives_the_entropy(double mean, double logStd)
    {
        var (mass, entropy) = (0.0, 0.0);

        // By a = tanh u, so that the ends are seen.
        for (var u = -8.5; u < 8.5; u += 0.005)
        {
            var action = Math.Tanh(u);
            var density = Math.Exp(LogProbability(mean, logStd, action));
            var width = 0.005 * (1 - (action * action));
            mass += density * width;
            entropy -= density > 0 ? density * Math.Log(density) * width : 0;
        }

        var result = new float[1];
        _one.Entropies([(float)mean, (float)logStd], 1, result);
        Assert.Equal(1, mass, 2e-2);
        Assert.Equal(entropy, result[0], 3e-2);
    }

    [Fact]
    public void Log_probability_is_that_of_the_normal_number_less_the_slope()
    {
        var (mean, logStd, u) = (0.3, -0.7, 0.9);
        var normal = (-0.5 * Math.Pow((u - mean) / Math.Exp(logStd), 2)) - logStd - (0.5 * Math.Log(2 * Math.PI));

        Assert.Equal(normal - Math.Log(1 - Math.Pow(Math.Tanh(u), 2)), LogProbability(mean, logStd, Math.Tanh(u)), 1e-5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Log_probability_at_the_bounds_is_finite(float action) => Assert.True(double.IsFinite(LogProbability(0, 0, action)));

    [Fact]
    public void Samples_are_between_the_bounds_and_as_likely_as_their_density_says()
    {
        const int draws = 20_000;
        var distribution = ActionDistribution.SquashedGaussian(2);
        var inputs = Enumerable.Range(0, draws).SelectMany(_ => new[] { 0.5f, -1f, 0.2f, 0.3f }).ToArray();
        var (actions, logs, entropy) = (new float[2 * draws], new float[draws], new float[1]);

        distribution.Sample(inputs, draws, new RandomStream(4), actions);
        distribution.LogProbabilities(inputs, actions, draws, logs);
        distribution.Entropies(inputs, 1, entropy);

        Assert.All(actions, a => Assert.InRange(a, -1, 1));
        Assert.Equal(entropy[0], -logs.Average(x => (double)x), 0.1);
    }

    [Fact]
    public void Deterministic_action_is_that_of_the_mean()
    {
        var action = new float[2];
        ActionDistribution.SquashedGaussian(2).Deterministic([0.5f, -2f, 0, 0], 1, action);
        Assert.Equal([MathF.Tanh(0.5f), MathF.Tanh(-2f)], action);
    }

    [Fact]
    public void Divergence_is_that_of_the_normal_numbers()
    {
        float[] p = [0.3f, -1f, -0.5f, 0.4f], q = [0.1f, 0.2f, 0.3f, -0.2f];
        var (squashed, normal) = (new float[1], new float[1]);
        ActionDistribution.SquashedGaussian(2).Divergences(p, q, 1, squashed);
        ActionDistribution.DiagonalGaussian(2).Divergences(p, q, 1, normal);
        Assert.Equal(normal[0], squashed[0], 1e-6);
    }

    [Fact]
    public void Name_says_the_size()
    {
        Assert.Equal((2, 1, false, "squashed_gaussian(1)"), (_one.InputSize, _one.ActionSize, _one.IsDiscrete, _one.Name));
        Assert.Throws<ArgumentOutOfRangeException>(() => ActionDistribution.SquashedGaussian(0));
    }

    private static double LogProbability(double mean, double logStd, double action)
    {
        var result = new float[1];
        _one.LogProbabilities([(float)mean, (float)logStd], [(float)action], 1, result);
        return result[0];
    }
}
