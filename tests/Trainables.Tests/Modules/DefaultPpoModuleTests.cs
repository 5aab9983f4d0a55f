using Tuning.Distributions;
using Tuning.Modules;
using Tuning.Randomness;
using Tuning.Testing;
using Tuning.Tests.Learning;

namespace Tuning.Tests.Modules;

public sealed class DefaultPpoModuleTests
{
    [Theory]
    [InlineData(Activation.Tanh, false, false, 64)]
    [InlineData(Activation.Relu, true, false, 20)]
    [InlineData(Activation.Swish, true, true, 48)]
    [InlineData(Activation.Linear, false, true, 33)]
    public void Forward_equals_the_obvious_twin(Activation activation, bool shared, bool freeLogStd, int width)
    {
        var module = Module(new()
        {
            HiddenLayers = [width, 17],
            Activation = activation,
            ValueSharesLayers = shared,
            FreeLogStandardDeviation = freeLogStd,
            InitialLogStandardDeviation = -0.5
        });
        var (twin, observations) = (new PpoTwin(module), Observations(9));
        var (inputs, values) = (new float[9 * 4], new float[9]);
        var workspace = module.CreateWorkspace(4);

        module.ForwardInference(observations, 9, inputs, workspace);
        module.ComputeValues(observations, 9, values, workspace);

        for (var row = 0; row < 9; row++)
        {
            var expected = twin.Inputs(observations.AsSpan(row * 5, 5));
            Assert.Equal(4, expected.Length);
            for (var i = 0; i < 4; i++)
            {
                Assert.Equal(expected[i], inputs[(row * 4) + i], 1e-5);
            }

            Assert.Equal(twin.Value(observations.AsSpan(row * 5, 5)), values[row], 1e-5);
        }
    }

    [Theory]
    [InlineData(false, true, false, -0.5)]
    [InlineData(true, false, false, -2)]
    [InlineData(false, true, true, 0.7)]
    public void Forward_with_state_dependent_noise_equals_the_obvious_twin(bool shared, bool fullStd, bool useExpln, double log)
    {
        var module = Module(new()
        {
            HiddenLayers = [9, 17],
            ValueSharesLayers = shared,
            UseGsde = true,
            FullStandardDeviation = fullStd,
            UseExpln = useExpln,
            InitialLogStandardDeviation = log
        });
        var (twin, observations) = (new PpoTwin(module), Observations(9));

        var inputs = module.ForwardInference(observations);

        for (var row = 0; row < 9; row++)
        {
            Assert.Equal(twin.Inputs(observations.AsSpan(row * 5, 5)), inputs.Skip(row * 4).Take(4).Select(x => (double)x), (a, b) => Math.Abs(a - b) < 1e-5);
        }

        Assert.NotEqual(inputs[2], inputs[6]);
    }

    [Fact]
    public void State_dependent_noise_has_one_log_deviation_per_feature_and_action()
    {
        var full = Module(new() { HiddenLayers = [7], UseGsde = true, InitialLogStandardDeviation = -1 });
        var log = Assert.Single(full.GetState(), tensor => tensor.Name == "pi.log_std");
        Assert.Equal("[7, 2]", log.ShapeText);
        Assert.All(log.Data, x => Assert.Equal(-1, x));
        Assert.Equal(full.GetState().Sum(tensor => tensor.Count), full.ParameterCount);
        Assert.Contains(full.GetState(), tensor => tensor.Name == "pi.net.mlp.0.weight" && tensor.ShapeText == "[2, 7]");

        Assert.Contains(Module(new() { HiddenLayers = [7], UseGsde = true, FullStandardDeviation = false }).GetState(),
            tensor => tensor.Name == "pi.log_std" && tensor.ShapeText == "[7, 1]");
    }

    [Fact]
    public void State_dependent_noise_is_for_continuous_actions_and_not_beside_a_free_deviation()
    {
        var discrete = Assert.Throws<ArgumentException>(() =>
            new DefaultPpoModule(new(3, ActionDistribution.Categorical(2), new() { UseGsde = true }), new RandomStream(1)));
        Assert.Contains("use_gsde is for continuous actions; these are categorical(2)", discrete.Message);
        Assert.Contains("exclude each other",
            Assert.Throws<ArgumentException>(() => Module(new() { UseGsde = true, FreeLogStandardDeviation = true })).Message);
    }

    [Fact]
    public void Forward_a_row_gives_the_same_bits_in_every_batch()
    {
        var module = Module(new() { HiddenLayers = [64, 32] });
        var observations = Observations(11);
        var all = module.ForwardInference(observations);

        foreach (var batch in new[] { 1, 3, 4, 8, 64 })
        {
            var (result, values) = (new float[11 * 4], new float[11]);
            var workspace = module.CreateWorkspace(batch);
            module.ForwardExploration(observations, 11, result, workspace);
            Assert.Equal(all, result);
            module.ComputeValues(observations, 11, values, workspace);
            var single = new float[1];
            module.ComputeValues(observations.AsSpan(7 * 5), 1, single, workspace);
            Assert.Equal(values[7], single[0]);
        }
    }

    [Fact]
    public void Forward_with_a_workspace_allocates_nothing()
    {
        var module = Module(new() { HiddenLayers = [16] });
        var (observations, inputs, values, workspace) = (Observations(6), new float[24], new float[6], module.CreateWorkspace(4));
        module.ForwardInference(observations, 6, inputs, workspace);
        module.ComputeValues(observations, 6, values, workspace);

        Assert.Equal(0, Allocations.Least(() =>
        {
            module.ForwardInference(observations, 6, inputs, workspace);
            module.ComputeValues(observations, 6, values, workspace);
        }));
    }

    [Fact]
    public async Task Forward_from_several_threads_gives_what_one_gives()
    {
        var module = Module(new() { HiddenLayers = [32, 32] });
        var observations = Observations(40);
        var expected = module.ForwardInference(observations);

        var results = await Task.WhenAll(Enumerable.Range(0, 4)
            .Select(_ => Task.Run(() => Enumerable.Range(0, 50).Select(_ => module.ForwardInference(observations)).ToList())));

        Assert.All(results.SelectMany(list => list), result => Assert.Equal(expected, result));
    }

    [Fact]
    public void GetState_has_pytorch_names_and_shapes()
    {
        var separate = Module(new() { HiddenLayers = [7, 6], FreeLogStandardDeviation = true });
        Assert.Equal(
        [
            "encoder.actor_encoder.net.mlp.0.weight [7, 5]", "encoder.actor_encoder.net.mlp.0.bias [7]",
            "encoder.actor_encoder.net.mlp.2.weight [6, 7]", "encoder.actor_encoder.net.mlp.2.bias [6]",
            "pi.net.mlp.0.weight [2, 6]", "pi.net.mlp.0.bias [2]", "pi.log_std [2]",
            "encoder.critic_encoder.net.mlp.0.weight [7, 5]", "encoder.critic_encoder.net.mlp.0.bias [7]",
            "encoder.critic_encoder.net.mlp.2.weight [6, 7]", "encoder.critic_encoder.net.mlp.2.bias [6]",
            "vf.net.mlp.0.weight [1, 6]", "vf.net.mlp.0.bias [1]",
        ],
            separate.GetState().Select(tensor => $"{tensor.Name} {tensor.ShapeText}"));
        Assert.Equal(separate.GetState().Sum(tensor => tensor.Count), separate.ParameterCount);

        var shared = Module(new() { HiddenLayers = [7], ValueSharesLayers = true });
        Assert.Equal(
            ["encoder.encoder.net.mlp.0.weight [7, 5]", "encoder.encoder.net.mlp.0.bias [7]", "vf.net.mlp.0.weight [1, 7]", "vf.net.mlp.0.bias [1]",
                "pi.net.mlp.0.weight [4, 7]", "pi.net.mlp.0.bias [4]"],
            shared.GetState().Select(tensor => $"{tensor.Name} {tensor.ShapeText}"));
    }

    [Fact]
    public void SetState_makes_the_same_module_in_any_order_and_counts()
    {
        var (source, target) = (Module(new() { HiddenLayers = [19, 8] }, 1), Module(new() { HiddenLayers = [19, 8] }, 2));
        var observations = Observations(5);
        Assert.NotEqual(source.ForwardInference(observations), target.ForwardInference(observations));
        var sequence = target.WeightsSequenceNumber;

        target.SetState([.. source.GetState().Reverse()]);

        Assert.Equal(source.ForwardInference(observations), target.ForwardInference(observations));
        Assert.Equal(sequence + 1, target.WeightsSequenceNumber);
    }

    [Fact]
    public void SetState_that_does_not_fit_lists_all_faults_and_changes_nothing()
    {
        var module = Module(new() { HiddenLayers = [4] });
        var (before, state) = (module.ForwardInference(Observations(1)), module.GetState().ToList());
        state[0] = new(state[0].Name, [5, 4], new float[20]);
        state[1] = NamedTensor.Of(state[1].Name, state[1].Shape.AsSpan(), new double[state[1].Count]);
        state[2] = state[2].Rename("other");

        var error = Assert.Throws<ArgumentException>(() => module.SetState(state));

        Assert.Contains("'encoder.actor_encoder.net.mlp.0.weight' has shape [5, 4]; here it has [4, 5]", error.Message);
        Assert.Contains("'encoder.actor_encoder.net.mlp.0.bias' holds F64; here it holds floats", error.Message);
        Assert.Contains("'pi.net.mlp.0.weight' is missing", error.Message);
        Assert.Contains("'other' of shape [4, 4] is unknown", error.Message);
        Assert.Equal(before, module.ForwardInference(Observations(1)));
    }

    [Fact]
    public void Fresh_weights_depend_on_the_stream_only()
    {
        Assert.Equal(Module(new(), 4).GetState()[0].Data, Module(new(), 4).GetState()[0].Data);
        Assert.NotEqual(Module(new(), 4).GetState()[0].Data, Module(new(), 5).GetState()[0].Data);
    }

    [Fact]
    public void Faults_of_the_model_are_named()
    {
        Assert.Contains("fcnet_activation: is 7", Assert.Throws<ArgumentException>(() => Module(new() { Activation = (Activation)7 })).Message);
        Assert.Contains("fcnet_hiddens: is [8,0]; each must be from 1",
            Assert.Throws<ArgumentException>(() => Module(new() { HiddenLayers = [8, 0] })).Message);
        Assert.Contains("fcnet_kernel_initializer: is 7",
            Assert.Throws<ArgumentException>(() => Module(new() { KernelInitializer = (KernelInitializer)7 })).Message);
    }

    [Fact]
    public void Forward_refuses_what_does_not_fit()
    {
        var (module, other) = (Module(new() { HiddenLayers = [4] }), Module(new() { HiddenLayers = [4] }));

        Assert.Throws<ArgumentException>(() => module.ForwardInference(new float[7]));
        Assert.Throws<ArgumentException>(() => module.ForwardInference([]));
        Assert.Throws<ArgumentException>(() => module.ForwardInference(new float[5], 2, new float[8], module.CreateWorkspace(1)));
        Assert.Throws<ArgumentException>(() => module.ForwardInference(new float[5], 1, new float[3], module.CreateWorkspace(1)));
        Assert.Throws<ArgumentException>(() => module.ForwardInference(new float[5], 1, new float[4], other.CreateWorkspace(1)));
    }

    private static DefaultPpoModule Module(ModelOptions model, ulong seed = 3) =>
        new(new(5, ActionDistribution.DiagonalGaussian(2), model), new RandomStream(seed));

    private static float[] Observations(int count)
    {
        var (random, observations) = (new RandomStream(21), new float[count * 5]);
        foreach (ref var x in observations.AsSpan())
        {
            x = (4 * random.NextSingle()) - 2;
        }

        return observations;
    }
}
