using Tuning.Learning;
using Tuning.Networks;
using Tuning.Numerics;
using Tuning.Randomness;

namespace Tuning.Tests.Learning;

public sealed class GradientClipTests
{
    [Theory]
    [InlineData(GradientClipping.Norm, 0.5)]
    [InlineData(GradientClipping.Norm, 3)]
    [InlineData(GradientClipping.Value, 0.5)]
    [InlineData(GradientClipping.Value, 1)]
    public void Clips_as_a_slow_twin_does(GradientClipping by, double bound)
    {
        // Two heads share a vector of biases; the free one has a place of its own; nothing is a whole number of vectors.
        var network = new DenseNetwork(5, [17, 9], Activation.Tanh, "net", [("a", 2, 1), ("b", 3, 1)], "free", 2);
        var gradient = new FloatBuffer(network.BlockLength);
        var random = new RandomStream(3);
        var tensors = network.Block.Read(gradient)
            .Select((t, i) => new NamedTensor(t.Name, t.Shape.AsSpan(), [.. t.Data.Select(_ => (float)(random.NextGaussian() * (i % 3)))])).ToList();
        network.Block.Write(tensors.ToDictionary(t => t.Name, t => t.Data), gradient);

        GradientClip.For(bound, by, network.Block.Views.Select(view => (view.Start, view.Extent)))!.Apply(gradient);

        foreach (var (before, after) in tensors.Zip(network.Block.Read(gradient)))
        {
            var norm = Math.Sqrt(before.Data.Sum(x => (double)x * x));
            foreach (var (old, now) in before.Data.Zip(after.Data))
            {
                var expected = by == GradientClipping.Value ? Math.Clamp(old, -bound, bound) : norm > bound ? old * bound / norm : old;
                Assert.Equal(expected, now, 1e-6);
            }
        }
    }

    [Theory]
    [InlineData(null, GradientClipping.Value, null, false)]
    [InlineData(2.0, GradientClipping.GlobalNorm, 2.0, false)]
    [InlineData(2.0, GradientClipping.Norm, null, true)]
    public void Global_norm_is_left_to_the_step(double? bound, GradientClipping by, double? global, bool clips)
    {
        Assert.Equal(global, GradientClip.Global(bound, by));
        Assert.Equal(clips, GradientClip.For(bound, by, [(0, 16)]) is not null);
    }
}
