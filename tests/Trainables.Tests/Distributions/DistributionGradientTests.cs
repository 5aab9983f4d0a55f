using Tuning.Distributions;
using Tuning.Randomness;

namespace Tuning.Tests.Distributions;

/// <summary>The gradients of log-probabilities and entropies by every input, against central differences.</summary>
public sealed class DistributionGradientTests
{
    private static readonly ActionDistribution[] _all =
        [ActionDistribution.Categorical(4), ActionDistribution.MultiCategorical(3, 2), ActionDistribution.DiagonalGaussian(2),
            ActionDistribution.SquashedGaussian(2)];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Gradients_equal_central_differences_and_are_added(int index)
    {
        const int Rows = 5;
        const float Entropy = 0.7f;
        var (distribution, random) = (_all[index], new RandomStream(3));
        float[] inputs = [.. Enumerable.Range(0, Rows * distribution.InputSize).Select(_ => 0.5f * (float)random.NextGaussian())],
            weights = [1, -2, 0, 0.5f, 3];
        var actions = new float[Rows * distribution.ActionSize];
        distribution.Sample(inputs, Rows, random, actions);
        var hasEntropy = distribution is not SquashedGaussian;
        var gradients = new float[inputs.Length];
        Array.Fill(gradients, 10);

        distribution.AddLogProbabilityGradients(inputs, actions, weights, Rows, gradients);
        if (hasEntropy)
        {
            distribution.AddEntropyGradients(inputs, Entropy, Rows, gradients);
        }
        else
        {
            Assert.Contains("squashed_gaussian(2)",
                Assert.Throws<NotSupportedException>(() => distribution.AddEntropyGradients(inputs, Entropy, Rows, gradients)).Message);
        }

        for (var i = 0; i < inputs.Length; i++)
        {
            const float Step = 1e-2f;
            var kept = inputs[i];
            inputs[i] = kept + Step;
            var above = Value();
            inputs[i] = kept - Step;
            var below = Value();
            inputs[i] = kept;
            Assert.Equal(10 + ((above - below) / (2 * Step)), gradients[i], 0.02 + (0.01 * Math.Abs(gradients[i] - 10)));
        }

        double Value()
        {
            float[] logs = new float[Rows], entropies = new float[Rows];
            distribution.LogProbabilities(inputs, actions, Rows, logs);
            distribution.Entropies(inputs, Rows, entropies);
            return Enumerable.Range(0, Rows).Sum(r => ((double)weights[r] * logs[r]) + (hasEntropy ? Entropy * entropies[r] : 0));
        }
    }
}
