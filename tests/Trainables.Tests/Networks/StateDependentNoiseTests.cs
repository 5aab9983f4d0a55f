using Tuning.Networks;
using Tuning.Numerics;
using Tuning.Randomness;

namespace Tuning.Tests.Networks;

public sealed unsafe class StateDependentNoiseTests
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Gradient_that_reaches_the_features_equals_central_differences(bool fullStd, bool useExpln)
    {
        var random = new RandomStream(4);
        var network = new DenseNetwork(3, [6, 5], Activation.Tanh, "net", [("mean", 2, 1.0)],
            noise: new("log_std", 2, fullStd, useExpln, LearnFeatures: true));
        network.Initialize(KernelInitializer.Orthogonal, random, 0.2f);
        var gradient = new DenseGradient(network, 16);
        for (var i = 0; i < 16 * network.InputStride; i++)
        {
            gradient.Workspace.Input[i] = i % network.InputStride < 3 ? (2 * random.NextSingle()) - 1 : 0;
        }

        // The loss is a fixed weight for each output of each row.
        var weights = Enumerable.Range(0, 4 * gradient.Stride).Select(_ => (2 * random.NextSingle()) - 1).ToArray();
        gradient.Forward(16);
        weights.CopyTo(gradient.OutputDeltas.Span);
        var transposed = new TransposedWeights(network);
        transposed.Refresh();
        gradient.Backward(16, transposed);
        var found = network.Block.Read(gradient.Block).ToDictionary(tensor => tensor.Name);
        foreach (var tensor in network.Block.Read().ToList())
        {
            for (var i = 0; i < tensor.Data.Length; i++)
            {
                var expected = (Loss(tensor, i, 1e-2f) - Loss(tensor, i, -1e-2f)) / 2e-2;
                Assert.Equal(expected, found[tensor.Name].Data[i], 0.01);
            }
        }

        double Loss(NamedTensor tensor, int at, float step)
        {
            var state = network.Block.Read().ToDictionary(t => t.Name, t => t.Data);
            state[tensor.Name][at] += step;
            network.Block.Write(state);
            gradient.Forward(16);
            state[tensor.Name][at] = tensor.Data[at];
            network.Block.Write(state);
            return Enumerable.Range(0, weights.Length).Sum(i => (double)weights[i] * gradient.Outputs[i]);
        }
    }

    [Fact]
    public void Expln_grows_slower_than_the_exponential_above_one_and_meets_it_below()
    {
        var noise = new StateDependentNoise(new("log_std", 1, FullStd: true, UseExpln: true, LearnFeatures: false), 0, 3, 16);
        var (parameters, scales) = (new FloatBuffer(16), new FloatBuffer(16));
        float[] logs = [-1, 0, 3];
        logs.CopyTo(parameters.Span);

        noise.Scales(parameters.Floats, scales.Floats);

        Assert.Equal(Math.Exp(-1), scales.Span[0], 1e-6);
        Assert.Equal(1, scales.Span[1], 1e-6);
        Assert.Equal(1 + Math.Log(4), scales.Span[2], 1e-6);
    }
}
