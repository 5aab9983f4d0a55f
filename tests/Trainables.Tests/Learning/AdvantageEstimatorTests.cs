using Tuning.Runners;
using Tuning.Learning;

namespace Tuning.Tests.Learning;

public sealed class AdvantageEstimatorTests
{
    [Fact]
    public void Compute_truncated_goes_on_from_the_final_value()
    {
        var buffer = Rewards(1, 1, 1);
        buffer.MarkTruncated(2, 0, [7]);

        var (advantages, targets) = Compute(buffer, [0.5f, 0.4f, 0.3f, 99f], [0.2f], 0.9f, 0.8f);

        Equal([2.442592, 1.9036, 1.18], targets);
        Equal([1.942592, 1.5036, 0.88], advantages);
    }

    [Fact]
    public void Compute_unfinished_goes_on_from_the_next_observation()
    {
        var (_, targets) = Compute(Rewards(1, 1, 1), [0.5f, 0.4f, 0.3f, 0.2f], [], 0.9f, 0.8f);

        Equal([2.442592, 1.9036, 1.18], targets);
    }

    [Fact]
    public void Compute_terminated_expects_nothing()
    {
        var buffer = Rewards(1, 1, 1);
        buffer.MarkTerminated(2, 0);

        var (_, targets) = Compute(buffer, [0.5f, 0.4f, 0.3f, 99f], [], 0.9f, 0.8f);

        Equal([2.34928, 1.774, 1.0], targets);
    }

    [Fact]
    public void Compute_an_end_in_the_middle_cuts_the_sum()
    {
        var buffer = Rewards(1, 1, 1, 5, 5);
        buffer.MarkTruncated(2, 0, [7]);

        var (_, targets) = Compute(buffer, [0.5f, 0.4f, 0.3f, 8f, 9f, 10f], [0.2f], 0.9f, 0.8f);

        Equal([2.442592, 1.9036, 1.18], targets[..3]);
    }

    [Fact]
    public void Without_it_discounted_rewards_end_with_the_episode_and_with_the_buffer()
    {
        var buffer = Rewards(1, 2, 4, 8, 16);
        buffer.MarkTruncated(1, 0, [7]);
        buffer.MarkTerminated(2, 0);
        float[] values = [0.5f, 0.25f, 1, 2, 3, 99];
        var (advantages, targets) = (new float[5], new float[5]);

        AdvantageEstimator.Compute(buffer, 0, values, [5f], new PpoOptions { UseGae = false, Gamma = 0.5, Lambda = 0.3 }, advantages, targets);

        Equal([2, 2, 4, 16, 16], targets);
        Equal([1.5, 1.75, 3, 14, 13], advantages);
    }

    // Stable-Baselines3's closed form: with a constant value v and reward r, A = Σ(γλ)^k (r + γv − v).
    [Fact]
    public void Compute_constant_value_follows_the_geometric_sum()
    {
        const float gamma = 0.98f, lambda = 0.93f, value = 3f;
        var rewards = Enumerable.Repeat(1f, 40).ToArray();

        var (advantages, _) = Compute(Rewards(rewards), [.. Enumerable.Repeat(value, 41)], [], gamma, lambda);

        for (var t = 0; t < 40; t++)
        {
            var ratio = (double)gamma * lambda;
            var expected = (1 + (gamma * value) - value) * (1 - Math.Pow(ratio, 40 - t)) / (1 - ratio);
            Assert.Equal(expected, advantages[t], 1e-4);
        }
    }

    [Fact]
    public void Compute_lambda_one_gives_the_discounted_return()
    {
        var buffer = Rewards(1, 2, 4);
        buffer.MarkTerminated(2, 0);

        var (_, targets) = Compute(buffer, [5f, 6f, 7f, 8f], [], 0.5f, 1f);

        Equal([3, 4, 4], targets);
    }

    private static RolloutBuffer Rewards(params float[] rewards)
    {
        var buffer = new RolloutBuffer(rewards.Length, 1, 1, 1, 1);
        for (var t = 0; t < rewards.Length; t++)
        {
            buffer.Rewards(t)[0] = rewards[t];
        }

        return buffer;
    }

    private static (float[] Advantages, float[] Targets) Compute(RolloutBuffer buffer, float[] values, float[] finalValues, float gamma, float lambda)
    {
        var (advantages, targets) = (new float[buffer.Steps], new float[buffer.Steps]);
        AdvantageEstimator.Compute(buffer, 0, values, finalValues, gamma, lambda, advantages, targets);
        return (advantages, targets);
    }

    private static void Equal(double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-6);
        }
    }
}
