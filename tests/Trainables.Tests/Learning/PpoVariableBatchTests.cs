using Tuning.Distributions;
using Tuning.Learning;
using Tuning.Modules;
using Tuning.Randomness;
using Tuning.Runners;

namespace Tuning.Tests.Learning;

/// <summary>Batches whose size changes from iteration to iteration: what agents that act in turn, come and go give.</summary>
public sealed class PpoVariableBatchTests
{
    private static readonly PpoOptions _options =
        new() { LearningRate = 3e-3, MinibatchSize = 64, Epochs = 3, Gamma = 0.9, Lambda = 0.8, EntropyCoefficient = 0.001, GradientClip = 0.5 };

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Buffers_of_single_agents_give_the_same_bits_as_one_buffer_of_all(int threads)
    {
        var (one, two) = (Module(), Module());
        using var together = one.CreatePpoLearner(_options, new RandomStream(5), 1);
        using var apart = two.CreatePpoLearner(_options, new RandomStream(5), threads);
        for (var i = 1ul; i < 4; i++)
        {
            var buffer = PpoData.Collect(one, 20 * (int)i, [5], i)[0];
            var metrics = together.Update([buffer], 100);

            // Lanes without a step stand between the others.
            Assert.Equal(metrics, apart.Update([Empty(), .. Enumerable.Range(0, 5).Select(e => Lane(buffer, e)), Empty()], 100));
            Equal(one.GetState(), two.GetState());
        }
    }

    [Fact]
    public void Fewer_rows_than_a_minibatch_are_one()
    {
        var module = Module();
        using var learner = module.CreatePpoLearner(_options, new RandomStream(5), 2);
        var metrics = learner.Update(PpoData.Collect(module, 9, [1], 1), 9);

        Assert.Equal(3, metrics.GradientSteps);
        Assert.Equal(27, metrics.StepsTrained);
        Assert.True(double.IsFinite(metrics.TotalLoss) && metrics.GradientNorm > 0);
        metrics = learner.Update([Lane(PpoData.Collect(module, 1, [1], 2)[0], 0)], 10);
        Assert.Equal(3, metrics.GradientSteps);
        Assert.True(double.IsFinite(metrics.TotalLoss));
    }

    [Fact]
    public void No_row_changes_nothing()
    {
        var module = Module();
        using var learner = module.CreatePpoLearner(_options, new RandomStream(5), 2);
        learner.Update(PpoData.Collect(module, 50, [2], 1), 100);
        var (weights, sequence, state) = (module.GetState(), module.WeightsSequenceNumber, learner.CaptureState());
        learner.Train([Empty(), Empty()], 200);
        var reported = new List<string>();
        learner.WriteTo((name, _) => reported.Add(name));

        Equal(weights, module.GetState());
        Assert.Equal(sequence, module.WeightsSequenceNumber);
        Equal([.. state.Tensors.Values], [.. learner.CaptureState().Tensors.Values]);
        Assert.Equal(state.Values, learner.CaptureState().Values);
        Assert.DoesNotContain("policy_loss", reported);
        Assert.Contains("num_module_steps_trained", reported);
        learner.Train([], 200);
        Equal(weights, module.GetState());
    }

    [Fact]
    public void Larger_batches_before_leave_no_trace()
    {
        var (one, two) = (Module(), Module());
        using var used = one.CreatePpoLearner(_options, new RandomStream(5), 2);
        using var fresh = two.CreatePpoLearner(_options, new RandomStream(9), 1);
        used.Update(PpoData.Collect(one, 100, [4], 1), 400);
        used.Update(PpoData.Collect(one, 10, [1], 2), 410);
        two.SetState(one.GetState());
        fresh.ApplyState(used.CaptureState());
        var batch = PpoData.Collect(one, 30, [3], 3);

        Assert.Equal(used.Update(batch, 500), fresh.Update(batch, 500));
        Equal(one.GetState(), two.GetState());
    }

    private static RlModule Module() => ModuleRegistry.Create(ModuleRegistry.DefaultName,
        new ModuleSpec(3, ActionDistribution.Categorical(2), new ModelOptions { HiddenLayers = [16] }), new RandomStream(1));

    private static RolloutBuffer Empty() => new(3, 1, 2, "p", "nobody");

    private static RolloutBuffer Lane(RolloutBuffer source, int environment)
    {
        var lane = new RolloutBuffer(source.ObservationSize, source.ActionSize, source.InputSize, "p", $"{environment}");
        Part(source.Observations(0), source.ObservationSize).CopyTo(lane.Pending);
        for (var t = 0; t < source.Steps; t++)
        {
            Part(source.ActionDistributionInputs(t), source.InputSize).CopyTo(lane.PendingInputs);
            Part(source.Actions(t), source.ActionSize).CopyTo(lane.PendingAction);
            lane.Complete(source.Rewards(t)[environment]);
            Part(source.Observations(t + 1), source.ObservationSize).CopyTo(lane.Pending);
            var row = (t * source.Environments) + environment;
            if (source.IsTerminated(row))
            {
                lane.MarkTerminated(t, 0);
            }

            if (source.IsTruncated(row))
            {
                lane.MarkTruncated(t, 0, source.FinalObservations.Slice(source.FinalIndex(row) * source.ObservationSize, source.ObservationSize));
            }
        }

        return lane;

        Span<float> Part(Span<float> all, int size) => all.Slice(environment * size, size);
    }

    private static void Equal(IReadOnlyList<NamedTensor> expected, IReadOnlyList<NamedTensor> actual)
    {
        Assert.Equal(expected.Select(t => t.Name), actual.Select(t => t.Name));
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First.Data, pair.Second.Data));
    }
}
