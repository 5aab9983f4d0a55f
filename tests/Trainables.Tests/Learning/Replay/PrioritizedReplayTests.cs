using FsCheck;
using FsCheck.Fluent;
using Tuning.Learning;
using Tuning.Randomness;

namespace Tuning.Tests.Learning.Replay;

public sealed class PrioritizedReplayTests
{
    [Fact]
    public void Tree_agrees_with_a_list() => Prop.ForAll(
        Gen.Choose(0, 1_000_000).Zip(Gen.Choose(1, 70)).ToArbitrary(),
        arguments =>
        {
            var random = new RandomStream((ulong)arguments.Item1);
            var (tree, list) = (new PriorityTree(), new List<double>());
            for (var i = 0; i < 200; i++)
            {
                var place = random.NextInt32(Math.Min(arguments.Item2, list.Count + 1));
                var value = 0.01 + random.NextDouble();
                if (place == list.Count)
                {
                    list.Add(0);
                }

                (tree[place], list[place]) = (value, value);
                Assert.Equal(list.Sum(), tree.Sum, 1e-9);
                Assert.Equal(list.Min(), tree.Least);
                var (share, rest, found) = (random.NextDouble() * tree.Sum, 0.0, 0);
                for (rest = share; found < list.Count - 1 && rest >= list[found]; found++)
                {
                    rest -= list[found];
                }

                Assert.True(tree.Find(share) == found || Math.Min(rest, list[found] - rest) < 1e-9);
            }

            Assert.Equal(list.Count - 1, tree.Find(tree.Sum));
        }).Check(Config.QuickThrowOnFailure.WithReplay(11, 3));

    [Fact]
    public void Draws_are_in_proportion_to_priorities_and_weights_make_up_for_it()
    {
        const double Alpha = 0.7, Beta = 0.5, Epsilon = 0.01;
        var buffer = new ReplayBuffer(new() { Capacity = 8, Gamma = 0.9, Priorities = new(Alpha, Beta, Epsilon) }, 1, 1);
        buffer.Add([ReplayBufferTests.Rollout(0, [1, 2, 3, 4, 5, 6, 7, 8])]);
        float[] errors = [0, 0.1f, -0.2f, 0.5f, -1, 2, 4, 8];
        SetErrors(buffer, errors);

        var priorities = errors.Select(e => Math.Pow(Math.Abs(e) + Epsilon, Alpha)).ToArray();
        var counts = ReplayBufferTests.CountDraws(buffer, 40_000);
        var chi = counts.Select((n, i) => Square(n - (40_000 * priorities[i] / priorities.Sum())) / (40_000 * priorities[i] / priorities.Sum())).Sum();

        // 99.99 % of chi-square with 7 degrees of freedom stay below 30.
        Assert.InRange(chi, 0, 30);

        var batch = new ReplayBatch(100, 1, 1);
        buffer.Sample(100, new RandomStream(4), batch);
        var largest = priorities.Max(p => Math.Pow(8 * p / priorities.Sum(), -Beta));
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(Math.Pow(8 * priorities[batch.Indices[i]] / priorities.Sum(), -Beta) / largest, batch.Weights[i], 1e-5);
        }
    }

    [Fact]
    public void New_transitions_have_the_largest_priority_that_any_ever_had()
    {
        var buffer = new ReplayBuffer(new() { Capacity = 8, Gamma = 0.9, Priorities = new(1, 1, 1e-6) }, 1, 1);
        buffer.Add([ReplayBufferTests.Rollout(0, [1, 2, 3, 4])]);
        Assert.Equal([1f, 1, 1, 1], WeightsByRow(buffer));
        SetErrors(buffer, [1, 1, 1, 9]);
        SetErrors(buffer, [1, 1, 1, 1]);
        buffer.Add([ReplayBufferTests.Rollout(4, [5])]);
        Assert.Equal([1f, 1, 1, 1, 1 / 9f], WeightsByRow(buffer), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void Alpha_0_draws_uniformly_with_weights_of_1()
    {
        var buffer = new ReplayBuffer(new() { Capacity = 8, Gamma = 0.9, Priorities = new(0, 0.4, 1e-6) }, 1, 1);
        buffer.Add([ReplayBufferTests.Rollout(0, [1, 2, 3, 4])]);
        SetErrors(buffer, [1, 2, 3, 100]);
        Assert.Equal([1f, 1, 1, 1], WeightsByRow(buffer));
        Assert.All(ReplayBufferTests.CountDraws(buffer, 4000), n => Assert.InRange(n, 880, 1120));
    }

    [Fact]
    public void An_error_that_is_no_number_is_refused()
    {
        var buffer = new ReplayBuffer(new() { Capacity = 8, Gamma = 0.9, Priorities = new(0.6, 0.4, 1e-6) }, 1, 1);
        buffer.Add([ReplayBufferTests.Rollout(0, [1])]);
        Assert.Contains("diverged", Assert.Throws<InvalidOperationException>(() => SetErrors(buffer, [float.NaN])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-0.1, 0.4, 1e-6, "alpha is -0.1")]
    [InlineData(0.6, double.NaN, 1e-6, "beta is NaN")]
    [InlineData(0.6, 0.4, 0, "prioritized_replay_eps is 0")]
    public void Options_out_of_range_are_refused(double alpha, double beta, double epsilon, string message) => Assert.Contains(
        message,
        Assert.Throws<ArgumentException>(() => new ReplayBuffer(new() { Capacity = 8, Gamma = 0.9, Priorities = new(alpha, beta, epsilon) }, 1, 1)).Message,
        StringComparison.Ordinal);

    private static void SetErrors(ReplayBuffer buffer, float[] errors)
    {
        var batch = new ReplayBatch(errors.Length, 1, 1) { Count = errors.Length };
        for (var i = 0; i < errors.Length; i++)
        {
            batch.Indices[i] = i;
        }

        buffer.UpdatePriorities(batch, errors);
    }

    private static float[] WeightsByRow(ReplayBuffer buffer)
    {
        var (batch, weights) = (new ReplayBatch(500, 1, 1), new float[buffer.Count]);
        buffer.Sample(500, new RandomStream(7), batch);
        for (var i = 0; i < 500; i++)
        {
            weights[batch.Indices[i]] = batch.Weights[i];
        }

        return weights;
    }

    private static double Square(double x) => x * x;
}
