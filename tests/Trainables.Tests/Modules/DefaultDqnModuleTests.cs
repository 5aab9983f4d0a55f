using Tuning.Distributions;
using Tuning.Modules;
using Tuning.Randomness;
using Tuning.Tests.Learning.Dqn;

namespace Tuning.Tests.Modules;

public sealed class DefaultDqnModuleTests
{
    [Theory]
    [InlineData(false, Activation.Tanh)]
    [InlineData(true, Activation.Tanh)]
    [InlineData(true, Activation.Relu)]
    [InlineData(true, Activation.Linear, 256)]
    [InlineData(true, Activation.Tanh, 5, 20)]
    [InlineData(false, Activation.Linear, 5)]
    public void Forward_equals_the_obvious_twin_in_every_batch(bool dueling, Activation activation, params int[] streams)
    {
        var module = DqnSome.Module(dueling, activation, [20, 33], streams: streams);
        var (twin, random) = (new DqnTwin(module), new RandomStream(2));
        var observations = Enumerable.Range(0, 9 * 3).Select(_ => (float)random.NextGaussian()).ToArray();
        var all = module.ForwardInference(observations);
        foreach (var batch in new[] { 1, 4, 16 })
        {
            var values = new float[9 * DqnSome.Actions];
            module.ForwardExploration(observations, 9, values, module.CreateWorkspace(batch));
            Assert.Equal(all, values);
        }

        for (var row = 0; row < 9; row++)
        {
            var expected = twin.Values(observations.AsSpan(3 * row, 3));
            for (var a = 0; a < expected.Length; a++)
            {
                Assert.Equal(expected[a], all[(row * DqnSome.Actions) + a], 1e-5);
            }
        }
    }

    [Fact]
    public void Parameters_have_the_names_and_shapes_of_PyTorch()
    {
        var state = DqnSome.Module(dueling: true, hidden: [9, 6]).GetState().Select(t => $"{t.Name} {t.ShapeText}");
        Assert.Equal(
            new[] { "", "_target_" }.SelectMany(prefix => new[]
            {
                $"{prefix}encoder.net.mlp.0.weight [9, 3]", $"{prefix}encoder.net.mlp.0.bias [9]", $"{prefix}encoder.net.mlp.2.weight [6, 9]",
                    $"{prefix}encoder.net.mlp.2.bias [6]",
                $"{prefix}af.net.mlp.0.weight [4, 6]", $"{prefix}af.net.mlp.0.bias [4]", $"{prefix}vf.net.mlp.0.weight [1, 6]",
                    $"{prefix}vf.net.mlp.0.bias [1]",
            }),
            state);
    }

    [Fact]
    public void Layers_of_a_head_have_its_name()
    {
        var state = DqnSome.Module(dueling: true, hidden: [9], streams: [6, 5]).GetState().Where(t => t.Name[0] != '_').Select(t => $"{t.Name} {t.ShapeText}");
        Assert.Equal(
            [
                "encoder.net.mlp.0.weight [9, 3]", "encoder.net.mlp.0.bias [9]",
                "af.net.mlp.0.weight [6, 9]", "af.net.mlp.0.bias [6]", "af.net.mlp.2.weight [5, 6]", "af.net.mlp.2.bias [5]", "af.net.mlp.4.weight [4, 5]",
                    "af.net.mlp.4.bias [4]",
                "vf.net.mlp.0.weight [6, 9]", "vf.net.mlp.0.bias [6]", "vf.net.mlp.2.weight [5, 6]", "vf.net.mlp.2.bias [5]", "vf.net.mlp.4.weight [1, 5]",
                    "vf.net.mlp.4.bias [1]",
            ],
            state);
    }

    [Fact]
    public void The_target_begins_as_the_network_and_is_part_of_the_state()
    {
        var module = DqnSome.Module(dueling: true);
        var tensors = module.GetState().ToDictionary(t => t.Name, t => t.Data);
        Assert.All(tensors.Where(t => !t.Key.StartsWith('_')), t => Assert.Equal(t.Value, tensors["_target_" + t.Key]));

        DqnSome.Perturb(module, new RandomStream(3), 0.1f);
        var other = DqnSome.Module(dueling: true, seed: 99);
        other.SetState(module.GetState());
        Assert.Equal(DqnSome.Weights(module), DqnSome.Weights(other));
        Assert.Equal(1, other.WeightsSequenceNumber);
        Assert.Equal(((9 * 4) + (6 * 10) + (5 * 7)), module.ParameterCount);
    }

    [Fact]
    public void Only_a_single_choice_is_possible()
    {
        var error = Assert.Throws<ArgumentException>(() => new DefaultDqnModule(new(3, ActionDistribution.DiagonalGaussian(2), new()), new RandomStream(1)));
        Assert.Contains("Discrete", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Identity_survives_a_checkpoint()
    {
        var module = DqnSome.Module(dueling: true);
        var arguments = module.Identity!.ToParameters();
        Assert.Equal(module.Spec.Dueling, ModuleIdentity.Parse(ModuleRegistry.DefaultDqnName, arguments).Spec.Dueling);
        var plain = ModuleIdentity.Parse(ModuleRegistry.DefaultDqnName, DqnSome.Module(streams: [4]).Identity!.ToParameters()).Spec;
        Assert.False(plain.Dueling);
        Assert.Equal([4], plain.Hiddens);
    }
}
