using Tuning.Checkpointing;
using Tuning.Distributions;
using Tuning.Learning;
using Tuning.Modules;
using Tuning.Randomness;

namespace Tuning.Tests.Learning;

public sealed class ModuleTrainerTests
{
    private const int Rows = 21;

    public static TheoryData<string> Modules => ["separate", "shared", "free", "noise", "none", "own"];

    /// <summary>The first moment of the first step is a tenth of the gradient. With state-dependent noise it is not the slope: features do not learn from the
    /// noise.</summary>
    [Theory]
    [InlineData("separate")]
    [InlineData("shared")]
    [InlineData("free")]
    [InlineData("none")]
    [InlineData("own")]
    public void Gradient_equals_central_differences(string kind)
    {
        var (module, observations, target) = (Module(kind), Observations(), Observations());
        var trainer = new ModuleTrainer(module, new AdamOptions { LearningRate = 0 });

        var norm = trainer.Step(observations, Rows, 0, rows =>
        {
            Assert.Equal(Rows, rows.Count);
            for (var i = 0; i < rows.Inputs.Length; i++)
            {
                rows.InputGradients[i] = rows.Inputs[i] - target[i % target.Length];
            }

            for (var i = 0; i < Rows; i++)
            {
                rows.ValueGradients[i] = rows.Values[i] - target[i];
            }
        });

        var gradient = trainer.AddTo(ComponentState.Empty).Tensors.Values.Where(t => t.Name.StartsWith("exp_avg.", StringComparison.Ordinal))
            .ToDictionary(t => t.Name["exp_avg.".Length..], t => t.Data);
        Assert.Equal(norm, Math.Sqrt(gradient.Values.Sum(g => g.Sum(x => 100.0 * x * x))), 1e-3 * norm);
        var state = module.GetState();
        foreach (var tensor in state)
        {
            var data = tensor.Data;
            for (var i = 0; i < data.Length; i++)
            {
                const float Step = 3e-3f;
                var kept = data[i];
                double Loss(float value)
                {
                    data[i] = value;
                    module.SetState([.. state.Select(t => t == tensor ? new NamedTensor(t.Name, t.Shape.AsSpan(), data) : t)]);
                    return Squares();
                }

                var slope = (Loss(kept + Step) - Loss(kept - Step)) / (2 * Step);
                data[i] = kept;
                Assert.Equal(slope, 10 * gradient[tensor.Name][i], 0.02 + (0.02 * Math.Abs(slope)));
            }
        }

        double Squares()
        {
            var (inputs, values) = (new float[Rows * module.ActionDistribution.InputSize], new float[Rows]);
            module.ForwardInference(observations, Rows, inputs, module.CreateWorkspace(Rows));
            module.ComputeValues(observations, Rows, values, module.CreateWorkspace(Rows));
            return inputs.Select((x, i) => 0.5 * Math.Pow(x - target[i % target.Length], 2)).Sum() + values.Select((x, i) => 0.5 * Math.Pow(x - target[i], 2))
                .Sum();
        }
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void Going_on_from_a_state_gives_the_same_bits_and_larger_batches_leave_no_trace(string kind)
    {
        var options = new AdamOptions { LearningRate = Schedule.Linear([new(0, 0.01), new(100, 0)]), GradientClip = 0.5 };
        var (one, two) = (Module(kind), Module(kind));
        var (first, second) = (new ModuleTrainer(one, options), new ModuleTrainer(two, options));
        Train(first, 60, 1);
        Train(first, 3, 2);
        second.ApplyState(first.AddTo(ComponentState.Empty));
        two.SetState(one.GetState());

        Assert.Equal(Train(first, 20, 50), Train(second, 20, 50));
        Assert.Equal(one.GetState().SelectMany(t => t.Data), two.GetState().SelectMany(t => t.Data));
        Assert.Equal(3, second.Steps);
    }

    [Fact]
    public void What_it_cannot_train_or_read_is_named()
    {
        var sac = ModuleRegistry.Create(ModuleRegistry.DefaultSacName, new(3, ActionDistribution.SquashedGaussian(1), new()), new RandomStream(1));
        Assert.Contains("DefaultSacModule", Assert.Throws<ArgumentException>(() => new ModuleTrainer(sac, new())).Message);
        var trainer = new ModuleTrainer(Module("shared"), new());
        Assert.Contains("30", Assert.Throws<ArgumentException>(() => trainer.Step(new float[29], 10, 0, _ => { })).Message);
        var state = trainer.AddTo(ComponentState.Empty);
        Assert.Throws<CheckpointException>(() => new ModuleTrainer(Module("separate"), new()).ApplyState(state));
    }

    private static double Train(ModuleTrainer trainer, int rows, long steps) => trainer.Step(Observations(rows), rows, steps, batch =>
    {
        batch.InputGradients.Fill(0.1f);
        for (var i = 0; i < batch.Count; i++)
        {
            batch.ValueGradients[i] = batch.Values[i] - 1;
        }
    });

    private static float[] Observations(int rows = Rows)
    {
        var random = new RandomStream((ulong)rows);
        return [.. Enumerable.Range(0, 3 * rows).Select(_ => (float)random.NextGaussian())];
    }

    private static RlModule Module(string kind)
    {
        var actions = kind is "separate" or "none" ? ActionDistribution.Categorical(3) : ActionDistribution.DiagonalGaussian(2);
        ModelOptions model = kind switch
        {
            "shared" => new() { HiddenLayers = [7, 5], ValueSharesLayers = true },
            "free" => new() { HiddenLayers = [6], FreeLogStandardDeviation = true, Activation = Activation.Swish },
            "noise" => new() { HiddenLayers = [6], UseGsde = true, ValueSharesLayers = true },
            "none" => new() { HiddenLayers = [] },
            _ => new() { HiddenLayers = [6, 4] },
        };
        var spec = new ModuleSpec(3, actions, model);
        return kind == "own" ? new DifferentiablePpoLearnerTests.Affine(spec, new RandomStream(1))
            : ModuleRegistry.Create(ModuleRegistry.DefaultName, spec, new RandomStream(1));
    }
}
