using Tuning.Networks;
using Tuning.Distributions;
using Tuning.Learning;
using Tuning.Randomness;
using static Tuning.Tests.Learning.PpoLearnerTests;

namespace Tuning.Tests.Learning;

public sealed class PpoLearnerStateTests
{
    [Fact]
    public void SetState_continues_to_the_same_bits()
    {
        var source = Module(ActionDistribution.DiagonalGaussian(1), false);
        using var learner = source.CreatePpoLearner(Settings, new RandomStream(5), 1);
        learner.Update(PpoData.Collect(source, 50, [4], 1), 200);
        var (weights, state) = (source.GetState(), learner.GetState());
        var expected = learner.Update(PpoData.Collect(source, 50, [4], 2), 400);

        var copy = Module(ActionDistribution.DiagonalGaussian(1), false, seed: 99);
        using var resumed = copy.CreatePpoLearner(Settings, new RandomStream(77), 2);
        resumed.SetState(state);
        copy.SetState(weights);
        var metrics = resumed.Update(PpoData.Collect(copy, 50, [4], 2), 400);

        Assert.Equal(expected, metrics);
        Equal(source.GetState(), copy.GetState());
        Assert.Equal(learner.GetState().Shuffle, resumed.GetState().Shuffle);
        Assert.Equal(learner.GetState().OptimizerSteps, resumed.GetState().OptimizerSteps);
        Equal(learner.GetState().OptimizerState, resumed.GetState().OptimizerState);
    }

    [Theory]
    [InlineData("moments")]
    [InlineData("steps")]
    [InlineData("shuffle")]
    [InlineData("kl")]
    public void SetState_every_part_matters(string dropped)
    {
        var source = Module(ActionDistribution.DiagonalGaussian(1), false);
        using var learner = source.CreatePpoLearner(Settings, new RandomStream(5), 1);
        learner.Update(PpoData.Collect(source, 50, [4], 1), 200);
        var (weights, state) = (source.GetState(), learner.GetState());
        learner.Update(PpoData.Collect(source, 50, [4], 2), 400);
        state = dropped switch
        {
            "moments" => state with { OptimizerState = [.. state.OptimizerState.Select(tensor => tensor with { Data = new float[tensor.Data.Length] })] },
            "steps" => state with { OptimizerSteps = 0 },
            "shuffle" => state with { Shuffle = new RandomStream(6).Save() },
            _ => state with { KlCoeff = 17 },
        };

        var copy = Module(ActionDistribution.DiagonalGaussian(1), false);
        using var resumed = copy.CreatePpoLearner(Settings, new RandomStream(5), 1);
        copy.SetState(weights);
        resumed.SetState(state);
        resumed.Update(PpoData.Collect(copy, 50, [4], 2), 400);

        Assert.NotEqual(source.GetState()[0].Data, copy.GetState()[0].Data);
    }

    [Fact]
    public void SetState_another_configured_start_begins_from_that()
    {
        var module = Module(ActionDistribution.Categorical(2), false);
        using var learner = module.CreatePpoLearner(Settings with { KlCoeff = 0.7 }, new RandomStream(5), 1);
        var state = learner.GetState();

        learner.SetState(state with { KlCoeff = 3, ConfiguredKlCoeff = 0.7 });
        Assert.Equal(3, learner.GetState().KlCoeff);

        learner.SetState(state with { KlCoeff = 3, ConfiguredKlCoeff = 0.2 });
        Assert.Equal(0.7, learner.GetState().KlCoeff);
    }

    [Fact]
    public void SetState_that_does_not_fit_lists_all_faults_and_changes_nothing()
    {
        var module = Module(ActionDistribution.Categorical(2), false);
        using var learner = module.CreatePpoLearner(Settings, new RandomStream(5), 1);
        var state = learner.GetState();
        var tensors = state.OptimizerState.Skip(1).Append(new NamedTensor("stranger", [1], [1f])).ToList();

        var error = Assert.Throws<ArgumentException>(() => learner.SetState(state with { OptimizerState = tensors, OptimizerSteps = 9 }));

        Assert.Contains("'exp_avg.encoder.actor_encoder.net.mlp.0.weight' is missing", error.Message);
        Assert.Contains("'stranger' is unknown", error.Message);
        Assert.Equal(0, learner.GetState().OptimizerSteps);
    }
}
