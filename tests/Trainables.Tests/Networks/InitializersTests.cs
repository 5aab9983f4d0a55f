using Tuning.Networks;
using Tuning.Randomness;

namespace Tuning.Tests.Networks;

public sealed class InitializersTests
{
    [Theory]
    [InlineData(5, 12)]
    [InlineData(12, 5)]
    [InlineData(64, 64)]
    public void Orthogonal_the_shorter_side_is_orthonormal_but_for_the_gain(int outputs, int inputs)
    {
        var (weights, biases) = (new float[outputs * inputs], new float[outputs]);
        biases.AsSpan().Fill(9);

        Initializers.Fill(KernelInitializer.Orthogonal, outputs, inputs, 1.5, new RandomStream(1), weights, biases);

        var (count, length) = outputs <= inputs ? (outputs, inputs) : (inputs, outputs);
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < count; j++)
            {
                var dot = Enumerable.Range(0, length).Sum(k => (double)At(i, k) * At(j, k));
                Assert.Equal(i == j ? 1.5 * 1.5 : 0, dot, 1e-5);
            }
        }

        Assert.All(biases, bias => Assert.Equal(0, bias));

        float At(int vector, int element) => outputs <= inputs ? weights[(vector * inputs) + element] : weights[(element * inputs) + vector];
    }

    [Fact]
    public void Kaiming_uniform_fills_the_range_of_pytorch()
    {
        var (weights, biases) = (new float[100 * 25], new float[100]);

        Initializers.Fill(KernelInitializer.KaimingUniform, 100, 25, 7, new RandomStream(1), weights, biases);

        Assert.InRange(weights.Max(), 0.195f, 0.2f);
        Assert.InRange(weights.Min(), -0.2f, -0.195f);
        Assert.InRange(biases.Max(), 0.15f, 0.2f);
    }
}
