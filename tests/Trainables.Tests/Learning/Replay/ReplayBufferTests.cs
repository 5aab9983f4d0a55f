using FsCheck;
using FsCheck.Fluent;
using Tuning.Learning;
using Tuning.Randomness;
using Tuning.Runners;
using Tuning.Testing;

namespace Tuning.Tests.Learning.Replay;

public sealed class ReplayBufferTests
{
    private const int Draws = 64;

    [Fact]
    public void Draws_agree_with_the_slow_twin() => Prop.ForAll(
        Gen.Choose(0, 1_000_000).Zip(Gen.Choose(1, 60)).Zip(Gen.Choose(1, 5)).ToArbitrary(),
        arguments =>
        {
            var ((seed, capacity), steps) = arguments;
            var random = new RandomStream((ulong)seed);
            var (data, twin) = (new ReplayData(3, 2, random), new ReplayTwin(capacity, steps, 0.9));
            var buffer = new ReplayBuffer(new() { Capacity = capacity, NStep = steps, Gamma = 0.9 }, 3, 2);
            for (var call = 0; call < 6; call++)
            {
                // A buffer of its own joins after some calls; episodes may be broken off between calls.
                if (random.NextInt32(6) == 0)
                {
                    data.Restart();
                    twin.Restart();
                }

                var batch = data.Next(call < 3 ? [2, 1] : [2, 1, 3], 7);
                buffer.Add(batch);
                twin.Add(batch);
                AssertSame(twin, buffer, random);
            }
        }).Check(Config.QuickThrowOnFailure.WithReplay(11, 3));

    [Fact]
    public void Sums_of_rewards_go_on_over_calls_and_stop_at_ends()
    {
        var buffer = new ReplayBuffer(new() { Capacity = 10, NStep = 3, Gamma = 0.5 }, 1, 1);
        buffer.Add([Rollout(first: 0, rewards: [1, 2])]);
        Assert.Equal((1 + 1f, 2f, 0.25f), Only(buffer, 0));

        var second = Rollout(first: 2, rewards: [4, 8, 16]);
        second.MarkTerminated(1, 0);
        buffer.Add([second]);
        Assert.Equal((1 + 1 + 1f, 3f, 0.125f), Only(buffer, 0));
        Assert.Equal((2 + 2 + 2f, 0f, 0f), Only(buffer, 1));
        Assert.Equal((4 + 4f, 0f, 0f), Only(buffer, 2));
        Assert.Equal((16f, 5f, 0.5f), Only(buffer, 4));

        var third = Rollout(first: 5, rewards: [32, 64]);
        third.MarkTruncated(0, 0, [77]);
        buffer.Add([third]);
        Assert.Equal((16 + 16f, 77f, 0.25f), Only(buffer, 4));
    }

    [Fact]
    public void A_draw_of_several_numbers_of_steps_uses_each()
    {
        var buffer = new ReplayBuffer(new() { Capacity = 10, NStep = 2, MaxNStep = 4, Gamma = 0.5 }, 1, 1);
        buffer.Add([Rollout(first: 0, rewards: [1, 1, 1, 1, 1, 1])]);
        var batch = new ReplayBatch(200, 1, 1);
        buffer.Sample(200, new RandomStream(1), batch);
        var seen = Enumerable.Range(0, 200).Where(i => batch.Indices[i] == 0).Select(i => batch.NextObservations[i]).Distinct().Order();
        Assert.Equal([2f, 3f, 4f], seen);
    }

    [Fact]
    public void Uniform_draws_are_uniform()
    {
        var buffer = new ReplayBuffer(new() { Capacity = 50, Gamma = 0.9 }, 1, 1);
        buffer.Add(new ReplayData(1, 1, new(3)).Next([4], 20));
        buffer.Add(new ReplayData(1, 1, new(4)).Next([4], 40));
        var counts = CountDraws(buffer, 40_000);

        // 99.99 % of chi-square with 49 degrees of freedom stay below 95.
        var expected = 40_000.0 / buffer.Count;
        Assert.InRange(counts.Take(buffer.Count).Sum(n => (n - expected) * (n - expected) / expected), 0, 95);
    }

    [Fact]
    public void Memory_is_taken_as_the_buffer_fills()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var buffer = new ReplayBuffer(new() { Capacity = 20_000_000, Gamma = 0.9 }, 10, 1);
        buffer.Add([Rollout(10, 0, [1, 2])]);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void A_full_buffer_allocates_nothing()
    {
        var buffer = new ReplayBuffer(new() { Capacity = 100, NStep = 3, Gamma = 0.9, Priorities = new(0.6, 0.4, 1e-6) }, 3, 2);
        var data = new ReplayData(3, 2, new(1));
        for (var i = 0; i < 20; i++)
        {
            buffer.Add(data.Next([4], 10));
        }

        var (batch, random, added) = (new ReplayBatch(32, 3, 2), new RandomStream(2), data.Next([4], 10));
        buffer.Sample(32, random, batch);
        Assert.Equal(0, Allocations.Least(() =>
        {
            buffer.Add(added);
            buffer.Sample(32, random, batch);
            buffer.UpdatePriorities(batch, batch.Rewards);
        }));
    }

    [Theory]
    [InlineData(0, 1, 0.9, "capacity is 0")]
    [InlineData(10, 0, 0.9, "n_step is 0")]
    [InlineData(10, 1, 1.1, "gamma is 1.1")]
    [InlineData(int.MaxValue, 1, 0.9, "choose a capacity of at most")]
    public void Options_out_of_range_are_refused(int capacity, int steps, double gamma, string message)
    {
        var error = Assert.Throws<ArgumentException>(() => new ReplayBuffer(new() { Capacity = capacity, NStep = steps, Gamma = gamma }, 100, 1));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_buffer_and_buffers_that_do_not_fit_are_refused()
    {
        var buffer = new ReplayBuffer(new() { Capacity = 10, Gamma = 0.9 }, 1, 1);
        Assert.Contains("empty", Assert.Throws<InvalidOperationException>(() => buffer.Sample(1, new(1), new(1, 1, 1))).Message, StringComparison.Ordinal);
        Assert.Contains("observations of 2", Assert.Throws<ArgumentException>(() => buffer.Add([new RolloutBuffer(1, 1, 2, 1, 1)])).Message,
            StringComparison.Ordinal);
        buffer.Add([new RolloutBuffer(1, 1, 1, 1, 1)]);
        Assert.Contains("had 1 before", Assert.Throws<ArgumentException>(() => buffer.Add([new RolloutBuffer(1, 2, 1, 1, 1)])).Message,
            StringComparison.Ordinal);
    }

    internal static void AssertSame(ReplayTwin twin, ReplayBuffer buffer, RandomStream random)
    {
        Assert.Equal(twin.Count, buffer.Count);
        Assert.Equal(twin.Added, buffer.AddedLifetime);
        var batch = new ReplayBatch(Draws, 3, 2);
        buffer.Sample(Draws, random, batch);
        for (var i = 0; i < Draws; i++)
        {
            var expected = twin.At(batch.Indices[i]);
            Assert.Equal(expected.Observation, batch.Observations.AsSpan(3 * i, 3).ToArray());
            Assert.Equal(expected.Action, batch.Actions.AsSpan(2 * i, 2).ToArray());
            Assert.Equal(expected.Reward, batch.Rewards[i], 1e-5f);
            Assert.Equal(expected.Next, batch.NextObservations.AsSpan(3 * i, 3).ToArray());
            Assert.Equal(expected.Discount, batch.Discounts[i], 1e-6f);
            Assert.Equal(1, batch.Weights[i]);
        }
    }

    internal static int[] CountDraws(ReplayBuffer buffer, int draws)
    {
        var (batch, random, counts) = (new ReplayBatch(draws, 1, 1), new RandomStream(11), new int[buffer.Count]);
        buffer.Sample(draws, random, batch);
        foreach (var row in batch.Indices)
        {
            counts[row]++;
        }

        return counts;
    }

    /// <summary>One environment whose observations count up.</summary>
    internal static RolloutBuffer Rollout(int first, float[] rewards) => Rollout(1, first, rewards);

    private static RolloutBuffer Rollout(int size, int first, float[] rewards)
    {
        var buffer = new RolloutBuffer(rewards.Length, 1, size, 1, 1);
        buffer.Clear();
        for (var t = 0; t <= rewards.Length; t++)
        {
            buffer.Observations(t).Fill(first + t);
            if (t < rewards.Length)
            {
                buffer.Rewards(t)[0] = rewards[t];
            }
        }

        return buffer;
    }

    private static (float Reward, float Next, float Discount) Only(ReplayBuffer buffer, int row)
    {
        var (batch, random) = (new ReplayBatch(1, 1, 1), new RandomStream(5));
        do
        {
            buffer.Sample(1, random, batch);
        }
        while (batch.Indices[0] != row);

        return (batch.Rewards[0], batch.NextObservations[0], batch.Discounts[0]);
    }
}
