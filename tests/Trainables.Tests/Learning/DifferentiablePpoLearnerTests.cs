using Tuning.Distributions;
using Tuning.Learning;
using Tuning.Modules;
using Tuning.Randomness;
using Tuning.Tests.Algorithms;

namespace Tuning.Tests.Learning;

public sealed class DifferentiablePpoLearnerTests
{
    private static readonly Lazy<bool> _registered = new(() =>
    {
        ModuleRegistry.Register("test-affine", (spec, random) => new Affine(spec, random));
        return true;
    });

    [Theory]
    [InlineData(0, GradientClipping.GlobalNorm)]
    [InlineData(0.7, GradientClipping.GlobalNorm)]
    [InlineData(0.7, GradientClipping.Value, false)]
    public void Learns_what_the_default_module_without_hidden_layers_learns(double klCoeff, GradientClipping clipBy, bool useGae = true)
    {
        var spec = new ModuleSpec(3, ActionDistribution.DiagonalGaussian(2), new() { HiddenLayers = [] });
        var (own, known) = (new Affine(spec, new RandomStream(1)), new DefaultPpoModule(spec, new RandomStream(2)));
        var state = known.GetState().ToDictionary(t => t.Name, t => t.Data);
        own.SetState([new("weight", [5, 3], [.. state["pi.net.mlp.0.weight"], .. state["vf.net.mlp.0.weight"]]),
            new("bias", [5], [.. state["pi.net.mlp.0.bias"], .. state["vf.net.mlp.0.bias"]])]);
        var options = new PpoOptions
        {
            LearningRate = 1e-2,
            MinibatchSize = 24,
            Epochs = 3,
            EntropyCoefficient = 0.01,
            KlCoefficient = klCoeff,
            GradientClip = clipBy == GradientClipping.Value ? 0.05 : 0.4,
            GradientClipBy = clipBy,
            UseGae = useGae,
            ValueClipParameter = 2
        };
        using var first = own.CreatePpoLearner(options, new RandomStream(5), 2);
        using var second = known.CreatePpoLearner(options, new RandomStream(5), 1);

        for (var i = 0; i < 3; i++)
        {
            var batch = PpoData.Collect(known, 20, [2, 3], (ulong)(9 + i));
            var (mine, theirs) = (first.Update(batch, 100), second.Update(batch, 100));
            Assert.Equal(theirs.TotalLoss, mine.TotalLoss, 1e-4);
            Assert.Equal(theirs.GradientNorm, mine.GradientNorm, 1e-3);
            Assert.Equal(theirs.CurrKlCoeff, mine.CurrKlCoeff);
            Assert.Equal(theirs.VfExplainedVar, mine.VfExplainedVar, 1e-3);
        }

        float[] observation = [0.3f, -0.2f, 0.9f];
        Assert.Equal(known.ForwardInference(observation), own.ForwardInference(observation), (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Fact]
    public void Three_iterations_saved_restored_and_three_more_equal_six()
    {
        _ = _registered.Value;
        using var directory = new TemporaryDirectory();
        using var whole = Config().Build(threads: 1);
        var expected = Some.Train(whole, 6);

        using var first = Config().Build(threads: 2);
        Some.Train(first, 3);
        using var second = Algorithm.FromCheckpoint(first.SaveToPath(directory["c"]));

        Assert.Equal(expected.SkipWhile(l => !l.StartsWith("3:", StringComparison.Ordinal)).Select(l => l[3..]), Some.Train(second, 3).Select(l => l[3..]));
    }

    [Fact]
    public void A_state_that_does_not_fit_is_named()
    {
        var module = new Affine(new ModuleSpec(3, ActionDistribution.Categorical(2), new()), new RandomStream(1));
        Assert.Equal(["weight [3, 3]", "bias [3]"], module.GetState().Select(t => $"{t.Name} {t.ShapeText}"));
        Assert.Contains("'bias' is missing", Assert.Throws<ArgumentException>(() => module.SetState([module.GetState()[0]])).Message);
    }

    private static PpoConfig Config()
    {
        var config = Some.Ppo();
        config.Options = config.Options with { Module = "test-affine" };
        return config;
    }

    /// <summary>A linear layer for inputs and value.</summary>
    internal sealed class Affine : DifferentiableModule
    {
        private readonly int _outputs;

        public Affine(ModuleSpec spec, RandomStream random)
            : base(spec, 0, ("weight", [spec.ActionDistribution.InputSize + 1, spec.ObservationSize]), ("bias", [spec.ActionDistribution.InputSize + 1]))
        {
            _outputs = spec.ActionDistribution.InputSize + 1;
            foreach (ref var x in Parameters)
            {
                x = 0.1f * (float)random.NextGaussian();
            }
        }

        public override float Forward(ReadOnlySpan<float> parameters, ReadOnlySpan<float> observation, Span<float> actionDistributionInputs,
            Span<float> scratch)
        {
            var value = 0f;
            for (var n = 0; n < _outputs; n++)
            {
                var sum = parameters[(_outputs * observation.Length) + n];
                for (var i = 0; i < observation.Length; i++)
                {
                    sum += parameters[(n * observation.Length) + i] * observation[i];
                }

                if (n < actionDistributionInputs.Length)
                {
                    actionDistributionInputs[n] = sum;
                }

                value = sum;
            }

            return value;
        }

        public override void Backward(ReadOnlySpan<float> parameters, ReadOnlySpan<float> observation, ReadOnlySpan<float> inputGradients, float valueGradient,
            Span<float> scratch, Span<float> gradients)
        {
            for (var n = 0; n < _outputs; n++)
            {
                var byOutput = n < inputGradients.Length ? inputGradients[n] : valueGradient;
                gradients[(_outputs * observation.Length) + n] += byOutput;
                for (var i = 0; i < observation.Length; i++)
                {
                    gradients[(n * observation.Length) + i] += byOutput * observation[i];
                }
            }
        }
    }
}
