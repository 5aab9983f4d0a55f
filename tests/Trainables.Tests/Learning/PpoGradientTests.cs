using Tuning.Distributions;
using Tuning.Learning;
using Tuning.Modules;
using Tuning.Randomness;

namespace Tuning.Tests.Learning;

/// <summary>The gradient of the whole loss by every parameter, against central differences of its double-precision twin.</summary>
[Trait("Lane", "Slow")]
public sealed class PpoGradientTests
{
    private const double Mean = 0.1;
    private const double Scale = 1.3;

    public static TheoryData<string, bool, bool, double, int> Cases()
    {
        var cases = new TheoryData<string, bool, bool, double, int>();
        foreach (var distribution in new[] { "gaussian", "categorical", "multi" })
        {
            foreach (var shared in new[] { false, true })
            {
                cases.Add(distribution, shared, false, 0, 13);
                cases.Add(distribution, shared, false, 0.7, 16);
            }
        }

        cases.Add("gaussian", false, true, 0.3, 20);
        cases.Add("gaussian", true, true, 0.3, 150);
        cases.Add("categorical", false, false, 0.2, 200);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradient_of_the_loss_equals_central_differences(string distribution, bool shared, bool freeLogStd, double klCoeff, int rows) =>
        Check(distribution, new() { HiddenLayers = [9, 6], ValueSharesLayers = shared, FreeLogStandardDeviation = freeLogStd }, klCoeff, rows);

    [Theory]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Swish)]
    [InlineData(Activation.Linear)]
    public void Gradient_through_other_activations_equals_central_differences(Activation activation) =>
        Check("gaussian", new() { HiddenLayers = [8, 5], Activation = activation }, 0.2, 17);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradient_without_hidden_layers_equals_central_differences(bool shared) =>
        Check("categorical", new() { HiddenLayers = [], ValueSharesLayers = shared }, 0.2, 17);

    [Theory]
    [InlineData(false, true, false, 0.3, 20)]
    [InlineData(true, true, false, 0, 70)]
    [InlineData(false, false, false, 0.3, 16)]
    [InlineData(false, true, true, 0.3, 37)]
    [InlineData(true, false, true, 0.3, 37)]
    public void Gradient_with_state_dependent_noise_equals_central_differences(bool shared, bool fullStd, bool useExpln, double klCoeff, int rows) =>
        Check("gaussian", new() { HiddenLayers = [9, 18], ValueSharesLayers = shared, UseGsde = true, FullStandardDeviation = fullStd, UseExpln = useExpln },
            klCoeff, rows);

    [Fact]
    public void Gradient_with_state_dependent_noise_on_the_observation_equals_central_differences() =>
        Check("gaussian", new() { HiddenLayers = [], UseGsde = true, InitialLogStandardDeviation = 0.5 }, 0.2, 21);

    private static void Check(string distribution, ModelOptions model, double klCoeff, int count)
    {
        var actions = distribution switch
        {
            "gaussian" => ActionDistribution.DiagonalGaussian(2),
            "categorical" => ActionDistribution.Categorical(4),
            _ => ActionDistribution.MultiCategorical(3, 2),
        };
        var random = new RandomStream(11);
        var module = new DefaultPpoModule(new(3, actions, model), random);
        Perturb(module, random, 0.3f);
        var rows = PpoData.Rows(module, count + 5, random);
        Perturb(module, random, 0.1f);
        int[] order = [.. Enumerable.Range(0, count + 5)];
        random.Shuffle<int>(order);
        order = order[..count];
        var twin = new PpoTwin(module) { NoiseFrom = new PpoTwin(module) };
        var options = new PpoOptions
        {
            EntropyCoefficient = 0.05,
            ValueLossCoefficient = 0.6,
            ValueClipParameter = 2.5,
            ClipParameter = AmidTheChanges(twin, rows, order),
            MinibatchSize = count,
            KlCoefficient = klCoeff
        };
        using var learner = (ManagedPpoLearner)module.CreatePpoLearner(options, random, 1);
        var settings = new LossSettings(new((float)options.ClipParameter.At(0), (float)klCoeff, (float)options.EntropyCoefficient.At(0), 1f / count),
            (float)options.ValueLossCoefficient, (float)options.ValueClipParameter, (float)Mean, (float)Scale);

        var nonzero = 0;
        var squares = 0.0;
        foreach (var trainer in learner.Trainers)
        {
            trainer.Refresh();
            squares += trainer.Gradient(0, rows, order, settings);
            foreach (var tensor in trainer.Update.Parameters.Read(trainer.Update.Gradient))
            {
                var parameters = twin.Parameters[tensor.Name];
                for (var i = 0; i < parameters.Length; i++)
                {
                    var (kept, step) = (parameters[i], 1e-5);
                    parameters[i] = kept + step;
                    var above = twin.Loss(rows, order, options, Mean, Scale, klCoeff);
                    parameters[i] = kept - step;
                    var below = twin.Loss(rows, order, options, Mean, Scale, klCoeff);
                    parameters[i] = kept;
                    var expected = (above - below) / (2 * step);
                    Assert.True(Math.Abs(expected - tensor.Data[i]) < 2e-5 + (2e-4 * Math.Abs(expected)),
                        $"{tensor.Name}[{i}]: {tensor.Data[i]} is not {expected}");
                    squares -= expected * expected;
                    nonzero += Math.Abs(expected) > 1e-4 ? 1 : 0;
                }
            }
        }

        Assert.Equal(0, squares, 1e-2);
        Assert.True(nonzero > 12, "the test must test something");
    }

    /// <summary>As the clip parameter, this puts about half of the rows beyond it, and none near the kink.</summary>
    private static double AmidTheChanges(PpoTwin twin, PpoRows rows, int[] order)
    {
        var size = rows.Actions.Length / rows.Count;
        var changes = order.Select(row =>
        {
            var inputs = twin.Inputs(rows.Observations.AsSpan(row * 3, 3));
            double[] action = [.. rows.Actions.AsSpan(row * size, size).ToArray().Select(x => (double)x)];
            double[] old = [.. rows.Inputs.AsSpan(row * inputs.Length, inputs.Length).ToArray().Select(x => (double)x)];
            return Math.Abs(Math.Exp(twin.LogProbability(inputs, action) - twin.LogProbability(old, action)) - 1);
        }).Order().ToList();
        var widest = Enumerable.Range(changes.Count / 4, changes.Count / 2).MaxBy(i => changes[i + 1] - changes[i]);
        return (changes[widest] + changes[widest + 1]) / 2;
    }

    private static void Perturb(DefaultPpoModule module, RandomStream random, float size) => module.SetState(
        [.. module.GetState().Select(tensor =>
            new NamedTensor(tensor.Name, tensor.Shape.AsSpan(), [.. tensor.Data.Select(x => x + (size * (float)random.NextGaussian()))]))]);
}
