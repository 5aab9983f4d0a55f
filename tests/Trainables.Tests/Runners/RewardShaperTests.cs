using Tuning.Runners;
using Tuning.Tests.Environments;

namespace Tuning.Tests.Runners;

/// <summary>Rewards as learners see them, and as everybody else does.</summary>
public sealed class RewardShaperTests
{
    [Theory]
    [InlineData("{clip_rewards: 2}", false, new float[] { 1, 2, 2, 2, 1, 2 })]
    [InlineData("{clip_rewards: true}", false, new float[] { 1, 1, 1, 1, 1, 1 })]
    [InlineData("{clip_rewards: 2}", true, new float[] { 1, 2, 2, 2, 1, 2, 2, 2 })]
    [InlineData("{clip_rewards: false}", false, new float[] { 1, 2, 3, 4, 1, 2 })]
    public void Clipped_rewards_are_learnt_from_and_returns_are_as_they_were(string wrappers, bool whole, float[] expected)
    {
        using var group = new EnvRunnerGroup(Options(wrappers, steps: 6) with { CompleteEpisodes = whole });
        var buffer = group.Sample(EnvRunnerGroupTests.Module(group))[0];

        Assert.Equal(expected, Enumerable.Range(0, buffer.Steps).Select(t => buffer.Rewards(t)[0]));
        var metrics = new Metrics();
        group.WriteTo(metrics);
        Assert.Equal(1 + 2 + 3 + 4, metrics.Number("env_runners/episode_return_mean"));
    }

    [Fact]
    public void Normalised_rewards_are_those_of_a_slow_twin()
    {
        using var group = new EnvRunnerGroup(Options("{normalize_rewards: {gamma: 0.5, clip: 1.5}, clip_rewards: 3}", steps: 11));
        var module = EnvRunnerGroupTests.Module(group);
        var (count, mean, variance, discounted) = (1e-4, 0.0, 1.0, 0.0);
        for (var round = 0; round < 2; round++)
        {
            var buffer = group.Sample(module)[0];
            for (var t = 0; t < buffer.Steps; t++)
            {
                // Of Stable-Baselines3: a batch of one value taken into the mean and variance of those before.
                var step = (((round * 11) + t) % 4) + 1;
                var reward = Math.Min(3.0, step);
                discounted = (0.5 * discounted) + reward;
                var (delta, total) = (discounted - mean, count + 1);
                variance = ((variance * count) + (delta * delta * count * 1 / total)) / total;
                (mean, count) = (mean + (delta * 1 / total), total);
                Assert.Equal(Math.Min(1.5, reward / Math.Sqrt(variance + 1e-8)), buffer.Rewards(t)[0], 1e-5);
                discounted = step == 4 ? 0 : discounted;
            }
        }
    }

    [Fact]
    public void Evaluations_have_rewards_as_they_are()
    {
        using var group = new EnvRunnerGroup(Options("{clip_rewards: 1, normalize_rewards: true}", steps: 6) with { IsEvaluation = true });
        Assert.All(group.Runners, r => Assert.Null(r.Rewards));
    }

    [Fact]
    public void What_was_learnt_of_rewards_is_kept_where_episodes_begin_anew()
    {
        using var one = new EnvRunnerGroup(Options("{normalize_rewards: true}", steps: 7, canSave: false));
        using var two = new EnvRunnerGroup(Options("{normalize_rewards: true}", steps: 7, canSave: false));
        one.Sample(EnvRunnerGroupTests.Module(one));
        two.SetState(one.GetState());

        Assert.NotNull(two.RestoreNotice);
        var (expected, found) = (one.Runners[0].Rewards!.GetState(), two.Runners[0].Rewards!.GetState());
        Assert.Equal((expected["count"], expected["mean"], expected["variance"]), (found["count"], found["mean"], found["variance"]));
        Assert.True(found.Get<double>("count") > 7 && found.Get<double[]>("returns") is [0]);
    }

    private static EnvRunnerOptions Options(string wrappers, int steps, bool canSave = true) =>
        EnvRunnerGroupTests.Options("Pendulum-v1", ObservationFilter.NoFilter, 3, steps) with
        {
            Environment = new("counting", _ => new CountingEnvironment(4, canSave), null, null),
            EnvironmentConfig = WrapperTests.Config(wrappers),
            NumEnvRunners = 1,
            NumEnvsPerEnvRunner = 1,
        };
}
