using Tuning.Checkpointing;
using Tuning.Learning;
using Tuning.Randomness;

namespace Tuning.Tests.Learning.Replay;

public sealed class ReplayStateTests
{
    private static readonly ReplayPriorities _priorities = new(0.6, 0.4, 1e-6);

    [Theory]
    [InlineData(40, false)]
    [InlineData(40, true)]
    [InlineData(5000, true)]
    public void A_restored_buffer_goes_on_as_the_undisturbed_one(int capacity, bool prioritized)
    {
        ReplayBuffer Make() => new(new() { Capacity = capacity, NStep = 3, Gamma = 0.9, Priorities = prioritized ? _priorities : null }, 3, 2);
        var (data, undisturbed) = (new ReplayData(3, 2, new(1)), Make());
        for (var i = 0; i < 10; i++)
        {
            undisturbed.Add(data.Next([2, 1], 7));
            Work(undisturbed, new RandomStream((ulong)i));
        }

        var restored = Make();
        restored.ApplyState(undisturbed.CaptureState());
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(Work(undisturbed, new((ulong)i)), Work(restored, new((ulong)i)));
            AssertEqual(undisturbed.CaptureState(), restored.CaptureState());
            var batch = data.Next(i < 5 ? [2, 1] : [2, 1, 1], 7);
            undisturbed.Add(batch);
            restored.Add(batch);
        }
    }

    [Theory]
    [InlineData(25)]
    [InlineData(39)]
    [InlineData(60)]
    public void Another_capacity_takes_the_newest(int capacity)
    {
        var (data, random) = (new ReplayData(3, 2, new(1)), new RandomStream(2));
        var saved = new ReplayBuffer(new() { Capacity = 40, NStep = 3, Gamma = 0.9 }, 3, 2);
        var rollouts = Enumerable.Range(0, 20).Select(_ => data.Next([2, 1], 7)).ToList();
        rollouts.ForEach(saved.Add);
        var restored = new ReplayBuffer(new() { Capacity = capacity, NStep = 3, Gamma = 0.9 }, 3, 2);
        restored.ApplyState(saved.CaptureState());
        Assert.Equal(Math.Min(capacity, 40), restored.Count);

        // The same transitions as a buffer that had the smaller capacity all along, wherever they stand.
        var like = new ReplayBuffer(new() { Capacity = Math.Min(capacity, 40), NStep = 3, Gamma = 0.9 }, 3, 2);
        rollouts.ForEach(like.Add);
        Assert.Equal(Content(like, random), Content(restored, random));

        var more = data.Next([2, 1], 3);
        like.Add(more);
        restored.Add(more);
        Assert.Subset(Content(restored, random), Content(like, random));
    }

    [Fact]
    public void A_checkpoint_holds_no_unused_capacity()
    {
        var buffer = new ReplayBuffer(new() { Capacity = 1_000_000, Gamma = 0.9, Priorities = _priorities }, 1, 1);
        buffer.Add([ReplayBufferTests.Rollout(0, [1, 2, 3])]);
        Assert.InRange(buffer.CaptureState().Tensors.Sum(t => t.Value.Bytes.Length), 1, 200);
    }

    [Fact]
    public void Priorities_start_alike_when_the_state_has_none()
    {
        var saved = new ReplayBuffer(new() { Capacity = 10, Gamma = 0.9 }, 1, 1);
        saved.Add([ReplayBufferTests.Rollout(0, [1, 2, 3])]);
        var restored = new ReplayBuffer(new() { Capacity = 10, Gamma = 0.9, Priorities = _priorities }, 1, 1);
        restored.ApplyState(saved.CaptureState());
        Assert.Equal(3, ReplayBufferTests.CountDraws(restored, 300).Count(n => n is > 60 and < 140));
    }

    [Fact]
    public void Damaged_states_are_refused_and_change_nothing()
    {
        var buffer = new ReplayBuffer(new() { Capacity = 10, Gamma = 0.9, Priorities = _priorities }, 1, 1);
        buffer.Add([ReplayBufferTests.Rollout(0, [1, 2, 3])]);
        var good = buffer.CaptureState();
        ComponentState[] damaged =
        [
            With(NamedTensor.Of("next", [3], [1L, 0, -2])),
            With(NamedTensor.Of("next", [3], [1L, 5, -2])),
            With(NamedTensor.Of("next", [3], [1L, 2, -3])),
            With(NamedTensor.Of("next", [2], [1L, 2])),
            With(NamedTensor.Of("observations", [2, 1], [1f, 2])),
            With(NamedTensor.Of("actions", [1, 3], [1f, 2, 3])),
            With(NamedTensor.Of("lanes", [1, 3], [0L, 0, 0])),
            With(NamedTensor.Of("lanes", [1, 3], [7L, 0, 2])),
            With(NamedTensor.Of("priorities", [3], [1.0, 1, 0])),
            good with { Tensors = good.Tensors.Remove("rewards") },
            good with { Values = good.Values!.With("head", 7) },
            good with { Values = good.Values!.With("capacity", 2) },
        ];
        foreach (var state in damaged)
        {
            Assert.Throws<CheckpointException>(() => buffer.ApplyState(state));
            AssertEqual(good, buffer.CaptureState());
        }

        ComponentState With(NamedTensor tensor) => good.With(tensor);
    }

    /// <summary>Draws, and sets priorities by what was drawn; returns all of it.</summary>
    private static float[] Work(ReplayBuffer buffer, RandomStream random)
    {
        var batch = new ReplayBatch(16, 3, 2);
        buffer.Sample(16, random, batch);
        buffer.UpdatePriorities(batch, batch.Rewards);
        return [.. batch.Observations, .. batch.Actions, .. batch.Rewards, .. batch.NextObservations, .. batch.Discounts, .. batch.Weights, .. batch.Indices];
    }

    private static HashSet<string> Content(ReplayBuffer buffer, RandomStream random)
    {
        var (content, batch) = (new HashSet<string>(), new ReplayBatch(2000, 3, 2));
        buffer.Sample(2000, random, batch);
        for (var i = 0; i < 2000; i++)
        {
            content.Add(string.Join(" ", [.. batch.Observations[(3 * i)..(3 * i + 3)], .. batch.Actions[(2 * i)..(2 * i + 2)], batch.Rewards[i],
                .. batch.NextObservations[(3 * i)..(3 * i + 3)], batch.Discounts[i]]));
        }

        return content;
    }

    private static void AssertEqual(ComponentState expected, ComponentState actual)
    {
        Assert.Equal(expected.Values, actual.Values);
        Assert.Equal(expected.Tensors.Keys, actual.Tensors.Keys);
        foreach (var (name, tensor) in expected.Tensors)
        {
            Assert.Equal(tensor.Shape.AsSpan().ToArray(), actual.Tensors[name].Shape.AsSpan().ToArray());
            Assert.True(tensor.Bytes.SequenceEqual(actual.Tensors[name].Bytes), name);
        }
    }
}
