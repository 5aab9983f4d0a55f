using Tuning.Checkpointing;
using Tuning.Learning;
using Tuning.Modules;
using Tuning.Randomness;

namespace Tuning.Tests.Learning.Dqn;

public sealed class DqnLearnerStateTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_restored_learner_goes_on_as_the_undisturbed_one(bool prioritized)
    {
        var (undisturbed, restored) = (Learner(prioritized), Learner(prioritized, seed: 77));
        var random = new RandomStream(2);
        Train(undisturbed, random, 1, 15);
        restored.Module.SetState(undisturbed.Module.GetState());
        restored.ApplyState(undisturbed.CaptureState());
        DqnSome.Report(undisturbed);
        for (var i = 16; i < 25; i++)
        {
            var rollout = DqnSome.Rollout(20, random);
            undisturbed.Train([rollout], 20 * i);
            restored.Train([rollout], 20 * i);
        }

        Assert.Equal(DqnSome.Weights(undisturbed.Module), DqnSome.Weights(restored.Module));
        Assert.Equal(DqnSome.Report(undisturbed), DqnSome.Report(restored));
    }

    [Fact]
    public void Without_its_replay_a_learner_first_samples_anew()
    {
        var learner = Learner(options: DqnSome.Options() with { StoreBufferInCheckpoints = false });
        var random = new RandomStream(2);
        Train(learner, random, 1, 5);
        var state = learner.CaptureState();
        Assert.DoesNotContain(state.Tensors.Keys, name => name.StartsWith("replay_buffer", StringComparison.Ordinal));
        learner.ApplyState(state);
        Assert.Equal(0, learner.Replay.Count);

        // learning_starts is 20: ten steps do nothing, ten more do.
        var before = DqnSome.Weights(learner.Module);
        learner.Train([DqnSome.Rollout(10, random)], 110);
        Assert.Equal(before, DqnSome.Weights(learner.Module));
        learner.Train([DqnSome.Rollout(10, random)], 120);
        Assert.NotEqual(before, DqnSome.Weights(learner.Module));
    }

    [Fact]
    public void A_state_that_does_not_fit_changes_nothing()
    {
        var learner = Learner();
        var random = new RandomStream(2);
        Train(learner, random, 1, 5);
        var good = learner.CaptureState();
        var (wide, _) = (Learner(module: DqnSome.Module(hidden: [9, 7])), 0);
        ComponentState[] bad =
        [
            wide.CaptureState(),
            good with { Values = good.Values!.With("random", "x") },
            good with { Values = ParameterSet.Empty },
            good with { Tensors = good.Tensors.Remove("replay_buffer.next") },
            good.With(new NamedTensor("more", [1], [1f])),
        ];
        foreach (var state in bad)
        {
            Assert.Throws<CheckpointException>(() => learner.ApplyState(state));
        }

        var after = learner.CaptureState();
        Assert.Equal(good.Values, after.Values);
        Assert.All(good.Tensors, tensor => Assert.True(tensor.Value.Bytes.SequenceEqual(after.Tensors[tensor.Key].Bytes), tensor.Key));
    }

    private static ManagedDqnLearner Learner(bool prioritized = false, ulong seed = 1, DqnOptions? options = null, DefaultDqnModule? module = null) =>
        new(module ?? DqnSome.Module(dueling: true), options ?? DqnSome.Options(prioritized), new RandomStream(seed));

    private static void Train(ManagedDqnLearner learner, RandomStream random, int first, int last)
    {
        for (var i = first; i <= last; i++)
        {
            learner.Train([DqnSome.Rollout(20, random)], 20 * i);
        }
    }
}
