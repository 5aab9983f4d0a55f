using Tuning.Runners;

namespace Tuning.Tests.Runners;

public sealed class EpisodeStatisticsTests
{
    [Fact]
    public void Nothing_is_said_of_returns_before_the_first_episode_ends()
    {
        using var group = Counting(length: 10, steps: 9);
        group.Sample(EnvRunnerGroupTests.Module(group));
        var metrics = Report(group);

        Assert.DoesNotContain(metrics, m => m.Key.Contains("return") || m.Key.Contains("len_") || m.Key.Contains("duration"));
        Assert.Equal(0, metrics.Number("env_runners/num_episodes"));
        Assert.Equal(9, metrics.Number("env_runners/num_env_steps_sampled"));
    }

    [Fact]
    public void Returns_and_lengths_span_iterations()
    {
        // Rewards are 1 to 10, so an episode of ten steps returns 55 though an iteration has nine.
        using var group = Counting(length: 10, steps: 9);
        var module = EnvRunnerGroupTests.Module(group);
        group.Sample(module);
        Report(group);
        group.Sample(module);
        var metrics = Report(group);

        Assert.Equal(55, metrics.Number("env_runners/episode_return_mean"));
        Assert.Equal(10, metrics.Number("env_runners/episode_len_mean"));
        Assert.Equal(55, metrics.Number("env_runners/agent_episode_returns_mean/default_agent"));
        Assert.Equal(55, metrics.Number("env_runners/module_episode_returns_mean/default_policy"));
        Assert.Equal(1, metrics.Number("env_runners/num_episodes"));
        Assert.Equal(18, metrics.Number("env_runners/num_env_steps_sampled_lifetime"));
        Assert.Equal(18, metrics.Number("env_runners/num_agent_steps_sampled_lifetime/default_agent"));
        Assert.Equal(9, metrics.Number("env_runners/num_module_steps_sampled/default_policy"));
        Assert.Equal(0, metrics.Number("env_runners/weights_seq_no"));
        Assert.True(metrics.Number("env_runners/episode_duration_sec_mean") >= 0);
    }

    [Fact]
    public void Smoothing_is_over_the_last_finished_episodes_in_the_order_of_their_ends()
    {
        // Copies end episodes of 2, 3 and 5 steps, with returns 3, 6 and 15. Ends by step: 2,4,6,8,10 and 3,6,9 and 5,10.
        var lengths = new Queue<int>([2, 3, 5]);
        using var group = new EnvRunnerGroup(EnvRunnerGroupTests.Options("lengths", ObservationFilter.NoFilter, steps: 10) with
        {
            Environment = new("lengths", _ => new CountingEnvironment(lengths.Dequeue()), null, null),
            NumEnvRunners = 3,
            NumEnvsPerEnvRunner = 1,
            SmoothingEpisodes = 4,
            Threads = 2,
        });
        group.Sample(EnvRunnerGroupTests.Module(group));
        var metrics = Report(group);

        // The last four by step, then runner: 8→3, 9→6, 10→3, 10→15.
        Assert.Equal((3 + 6 + 3 + 15) / 4.0, metrics.Number("env_runners/episode_return_mean"));
        Assert.Equal(3, metrics.Number("env_runners/episode_return_min"));
        Assert.Equal(15, metrics.Number("env_runners/episode_return_max"));
        Assert.Equal((2 + 3 + 2 + 5) / 4.0, metrics.Number("env_runners/episode_len_mean"));
        Assert.Equal(2, metrics.Number("env_runners/episode_len_min"));
        Assert.Equal(5, metrics.Number("env_runners/episode_len_max"));
        Assert.Equal(10, metrics.Number("env_runners/num_episodes"));
        Assert.Equal(10, metrics.Number("env_runners/num_episodes_lifetime"));
    }

    [Fact]
    public void Iteration_without_an_end_keeps_the_smoothed_values_and_counts_none()
    {
        using var group = Counting(length: 10, steps: 5);
        var module = EnvRunnerGroupTests.Module(group);
        for (var i = 0; i < 2; i++)
        {
            group.Sample(module);
        }

        Assert.Equal(1, Report(group).Number("env_runners/num_episodes"));
        group.Sample(module);
        var metrics = Report(group);
        Assert.Equal(55, metrics.Number("env_runners/episode_return_mean"));
        Assert.Equal(0, metrics.Number("env_runners/num_episodes"));
        Assert.Equal(1, metrics.Number("env_runners/num_episodes_lifetime"));
    }

    private static EnvRunnerGroup Counting(int length, int steps) => new(EnvRunnerGroupTests.Options("counting", ObservationFilter.NoFilter, steps: steps) with
    {
        Environment = new("counting", _ => new CountingEnvironment(length), null, null),
        NumEnvRunners = 0,
        NumEnvsPerEnvRunner = 1,
    });

    private static Metrics Report(EnvRunnerGroup group)
    {
        var metrics = new Metrics();
        group.WriteTo(metrics);
        return metrics;
    }
}
