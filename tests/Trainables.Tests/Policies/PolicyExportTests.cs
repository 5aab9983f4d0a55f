using Tuning.Checkpointing;
using Tuning.Environments;
using Tuning.Modules;
using Tuning.Tests.Algorithms;

namespace Tuning.Tests.Policies;

[Trait("Lane", "Slow")]
public sealed class PolicyExportTests : IDisposable
{
    private const int Count = 1_000;
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Exported_models_compute_what_the_policies_compute()
    {
        var policies = Kinds();
        var questions = new List<OnnxRuntime.Question>();
        foreach (var (name, policy) in policies)
        {
            policy.ExportModel(_directory[name + ".onnx"]);
            var space = policy.Spaces.Observations;

            // Without bounds on activations, sums of large terms differ by more than their last digits.
            var far = policy.Module.Identity!.Spec.Model.Activation == Activation.Tanh ? 100 : 4;
            questions.Add(new(_directory[name + ".onnx"], space.IsDiscrete, SomePolicy.Observations(space, Count, far: far),
                [Count, .. space switch { Box box => (int[])[.. box.Shape], Discrete => [], _ => [space.Size] }]));
        }

        var answers = OnnxRuntime.Run(questions, _directory.Path);

        for (var i = 0; i < policies.Count; i++)
        {
            var (name, policy) = policies[i];
            var (actions, inputs) = (new float[Count * policy.ActionSize], new float[Count * policy.Module.ActionDistribution.InputSize]);
            policy.ComputeActions(questions[i].Observations, Count, actions, actionDistributionInputs: inputs);
            var answer = answers[i];
            Assert.Equal(["obs"], answer.Inputs);
            Assert.Equal(["actions", "action_dist_inputs"], answer.Outputs);
            Assert.Equal([Count, .. policy.Spaces.Actions switch { Box box => (int[])[.. box.Shape], Discrete => [], _ => [policy.ActionSize] }],
                answer.Actions.Shape);
            Assert.Equal(policy.Spaces.Actions.IsDiscrete ? "int64" : "float32", answer.Actions.Type);
            Assert.Equal([Count, policy.Module.ActionDistribution.InputSize], answer.ActionDistInputs.Shape);
            AssertNear(name, inputs, answer.ActionDistInputs.Data);
            AssertNear(name, actions, answer.Actions.Data);
        }
    }

    [Fact]
    public void An_exported_model_says_what_it_is_for()
    {
        SomePolicy.Of(new Box(-1, 1, 3), new Discrete(2), filter: true).ExportModel(_directory["deep/model.onnx"]);

        var text = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(_directory["deep/model.onnx"]));

        foreach (var expected in new[] { "environment", "action_space", "\"kind\":\"discrete\"", "categorical(2)", "MeanStdFilter", "product_version",
            "encoder.actor_encoder.net.mlp.0.weight", "batch" })
        {
            Assert.Contains(expected, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Weights_are_exported_with_the_names_and_shapes_of_PyTorch()
    {
        var policy = SomePolicy.Of(new Box(-1, 1, 3), new Box(-1, 1, 2), model: new() { HiddenLayers = [5, 4] });
        policy.ExportWeights(_directory["weights.safetensors"]);

        var read = Safetensors.Read(_directory["weights.safetensors"]);

        Assert.Equal([5, 3], read["encoder.actor_encoder.net.mlp.0.weight"].Shape);
        Assert.Equal([5], read["encoder.actor_encoder.net.mlp.0.bias"].Shape);
        Assert.Equal([4, 5], read["encoder.actor_encoder.net.mlp.2.weight"].Shape);
        Assert.Equal([4, 4], read["pi.net.mlp.0.weight"].Shape);
        foreach (var tensor in policy.Module.GetState())
        {
            Assert.Equal(tensor.Data, read[tensor.Name].Floats.ToArray());
        }
    }

    [Fact]
    public void A_module_that_does_not_say_how_is_not_exported()
    {
        ModuleRegistry.Register("silent", (spec, _) => new Runners.LinearModule(spec.ObservationSize, spec.ActionDistribution));
        var policy = new Policy(new("silent", new(3, Tuning.Distributions.ActionDistribution.Categorical(2), new())),
            new(new Box(-1, 1, 3), new Discrete(2), ObservationFilter.NoFilter, true, false));

        var e = Assert.Throws<NotSupportedException>(() => policy.ExportModel(_directory["model.onnx"]));

        Assert.Equal("LinearModule cannot be exported: it does not override Export. Its weights can.", e.Message);
        Assert.False(File.Exists(_directory["model.onnx"]));
    }

    private static List<(string Name, Policy Policy)> Kinds()
    {
        using var trained = Some.Ppo().Build(threads: 1);
        trained.Train();
        trained.Train();
        using var noisy = Some.Ppo().RlModule(new ModelOptions { HiddenLayers = [8, 8], UseGsde = true }).Build(threads: 1);
        noisy.Train();
        using var cart = Some.Ppo("CartPole-v1").Build(threads: 1);
        cart.Train();
        using var squashed = new SacConfig().Debugging(seed: 11).Environment("Pendulum-v1").EnvRunners(observationFilter: ObservationFilter.MeanStdFilter)
            .Networks(policy: new() { HiddenLayers = [8] }).Build(threads: 1);
        squashed.Train();
        using var squashedNoisy = new SacConfig().Debugging(seed: 11).Environment("Pendulum-v1").Networks(policy: new() { HiddenLayers = [8], UseGsde = true })
            .Build(threads: 1);
        using var soft = new SacConfig().Debugging(seed: 11).Environment("CartPole-v1").Networks(policy: new() { HiddenLayers = [8] }).Build(threads: 1);
        return
        [
            ("squashed", squashed.GetPolicy()),
            ("squashed_noisy", squashedNoisy.GetPolicy()),
            ("soft", soft.GetPolicy()),
            ("trained", trained.GetPolicy()),
            ("noisy", noisy.GetPolicy()),
            ("cart", cart.GetPolicy()),
            ("dqn", Fresh(new DqnConfig().Debugging(seed: 11).Environment("CartPole-v1").Model(fcnetHiddens: [16, 16]).Training(dueling: false))),
            ("dqn_dueling", Fresh(new DqnConfig().Debugging(seed: 11).Environment("Acrobot-v1").Model(fcnetHiddens: [16], fcnetActivation: Activation.Relu)
                .Training(dueling: true))),
            ("sac", Fresh(new SacConfig().Debugging(seed: 11).Environment("Pendulum-v1")
                .Networks(policy: new() { HiddenLayers = [16, 16] }, q: new() { HiddenLayers = [8] }))),
            ("sac_noisy", Fresh(new SacConfig().Debugging(seed: 11).Environment("MountainCarContinuous-v0")
                .Networks(policy: new() { HiddenLayers = [16], UseGsde = true, UseExpln = true }, q: new() { HiddenLayers = [8] }))),
            ("sac_choices", Fresh(new SacConfig().Debugging(seed: 11).Environment("CartPole-v1")
                .Networks(policy: new() { HiddenLayers = [16] }, q: new() { HiddenLayers = [8] }))),
            ("several", SomePolicy.Of(new Box(-1, 1, 2, 3), new MultiDiscrete(3, 2, 4),
                model: new() { HiddenLayers = [8], Activation = Activation.Relu, ValueSharesLayers = true })),
            ("one_of", SomePolicy.Of(new Discrete(5), new Discrete(4), model: new() { HiddenLayers = [8], Activation = Activation.Swish })),
            ("some_of", SomePolicy.Of(new MultiDiscrete(3, 2), new Discrete(4), model: new() { HiddenLayers = [] })),
            ("clipped", SomePolicy.Of(new Box(-1, 1, 3), new Box([-0.01f, -0.02f], [0.01f, 0.03f]), filter: true, normalize: false, clip: true,
                model: new() { HiddenLayers = [8], FreeLogStandardDeviation = true })),
            ("raw", SomePolicy.Of(new Box(float.NegativeInfinity, float.PositiveInfinity, 3), new Box(float.NegativeInfinity, float.PositiveInfinity, 2, 2),
                model: new() { HiddenLayers = [8], FreeLogStandardDeviation = true, ValueSharesLayers = true })),
        ];
    }

    private static Policy Fresh(AlgorithmConfig config)
    {
        using var algorithm = config.Build(threads: 1);
        return algorithm.GetPolicy();
    }

    private static void AssertNear(string name, float[] expected, double[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - found[i]) <= 1e-5 * Math.Max(1, Math.Abs(expected[i])),
                $"{name}, number {i}: {expected[i]} here, {found[i]} there");
        }
    }
}
