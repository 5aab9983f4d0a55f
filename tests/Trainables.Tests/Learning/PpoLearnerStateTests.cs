using Tuning.Checkpointing;
using Tuning.Distributions;
using Tuning.Learning;
using Tuning.Randomness;
using static Tuning.Tests.Learning.PpoLearnerTests;

namespace Tuning.Tests.Learning;

public sealed class PpoLearnerStateTests
{
    [Fact]
    public void ApplyState_continues_to_the_same_bits()
    {
        var source = Module(ActionDistribution.DiagonalGaussian(1), false);
        using var learner = source.CreatePpoLearner(Settings, new RandomStream(5), 1);
        learner.Update(PpoData.Collect(source, 50, [4], 1), 200);
        var (weights, state) = (source.GetState(), learner.CaptureState());
        var expected = learner.Update(PpoData.Collect(source, 50, [4], 2), 400);

        var copy = Module(ActionDistribution.DiagonalGaussian(1), false, seed: 99);
        using var resumed = copy.CreatePpoLearner(Settings, new RandomStream(77), 2);
        resumed.ApplyState(state);
        copy.SetState(weights);
        var metrics = resumed.Update(PpoData.Collect(copy, 50, [4], 2), 400);

        Assert.Equal(expected, metrics);
        Equal(source.GetState(), copy.GetState());
        Assert.Equal(learner.CaptureState().Values, resumed.CaptureState().Values);
        Equal([.. learner.CaptureState().Tensors.Values], [.. resumed.CaptureState().Tensors.Values]);
    }

    [Theory]
    [InlineData("moments")]
    [InlineData("steps")]
    [InlineData("shuffle")]
    [InlineData("kl")]
    public void ApplyState_every_part_matters(string dropped)
    {
        var source = Module(ActionDistribution.DiagonalGaussian(1), false);
        using var learner = source.CreatePpoLearner(Settings, new RandomStream(5), 1);
        learner.Update(PpoData.Collect(source, 50, [4], 1), 200);
        var (weights, state) = (source.GetState(), learner.CaptureState());
        learner.Update(PpoData.Collect(source, 50, [4], 2), 400);
        state = dropped switch
        {
            "moments" => state.With(state.Tensors.Values.Select(t => new NamedTensor(t.Name, t.Shape.AsSpan(), new float[t.Count]))),
            "steps" => With(state, "optimizer_steps", 0L),
            "shuffle" => With(state, "shuffle", new RandomStream(6).Save().ToString()),
            _ => With(state, "kl_coeff", 17.0),
        };

        var copy = Module(ActionDistribution.DiagonalGaussian(1), false);
        using var resumed = copy.CreatePpoLearner(Settings, new RandomStream(5), 1);
        copy.SetState(weights);
        resumed.ApplyState(state);
        resumed.Update(PpoData.Collect(copy, 50, [4], 2), 400);

        Assert.NotEqual(source.GetState()[0].Data, copy.GetState()[0].Data);
    }

    [Fact]
    public void ApplyState_another_configured_start_begins_from_that()
    {
        var module = Module(ActionDistribution.Categorical(2), false);
        using var learner = module.CreatePpoLearner(Settings with { KlCoefficient = 0.7 }, new RandomStream(5), 1);
        var adapted = With(learner.CaptureState(), "kl_coeff", 3.0);

        learner.ApplyState(adapted);
        Assert.Equal(3, learner.CaptureState().Value<double>("kl_coeff"));

        learner.ApplyState(With(adapted, "configured_kl_coeff", 0.2));
        Assert.Equal(0.7, learner.CaptureState().Value<double>("kl_coeff"));
    }

    [Fact]
    public void ApplyState_that_does_not_fit_lists_all_faults_and_changes_nothing()
    {
        var module = Module(ActionDistribution.Categorical(2), false);
        using var learner = module.CreatePpoLearner(Settings, new RandomStream(5), 1);
        var state = With(learner.CaptureState(), "optimizer_steps", 9L);
        state = (state with { Tensors = state.Tensors.Remove("exp_avg.encoder.actor_encoder.net.mlp.0.weight") }).With(new NamedTensor("stranger", [1], [1f]));

        var error = Assert.Throws<CheckpointException>(() => learner.ApplyState(state));

        Assert.Contains("'exp_avg.encoder.actor_encoder.net.mlp.0.weight' is missing", error.Message);
        Assert.Contains("'stranger' of shape [1] is unknown", error.Message);
        Assert.Equal(0, learner.CaptureState().Value<long>("optimizer_steps"));
    }

    private static ComponentState With(ComponentState state, string name, object value) => state with { Values = state.Values!.With(name, value) };
}
