using Tuning.Environments;
using Tuning.Runners;

namespace Tuning.Tests.Runners;

public sealed class EpisodeHooksTests
{
    [Fact]
    public void Events_come_in_the_order_of_RLlib()
    {
        var hooks = new Recorder();
        using var group = Group(() => hooks, runners: 0, length: 2, steps: 3);
        group.Sample(EnvRunnerGroupTests.Module(group));

        Assert.Equal(
            [
                "environment 0/0", "created 0", "start 0 [0]",
                "step 1 [1]", "step 2 [2]", "end 0 length 2 return 3 terminated",
                "created 1", "start 1 [0]", "step 1 [1]",
                "sample 3",
            ],
            hooks.Events);
    }

    [Fact]
    public void Each_runner_has_an_instance_of_its_own()
    {
        var made = new List<Recorder>();
        using var group = Group(
            () =>
            {
                var hooks = new Recorder();
                made.Add(hooks);
                return hooks;
            },
            runners: 3,
            length: 5,
            steps: 12);
        group.Sample(EnvRunnerGroupTests.Module(group));

        Assert.Equal(3, made.Count);
        Assert.All(made, (hooks, i) =>
        {
            Assert.Equal($"environment {i}/0", hooks.Events[0]);
            Assert.Equal(12, hooks.Events.Count(e => e.StartsWith("step")));
        });
    }

    [Fact]
    public void Logged_values_are_merged_in_the_order_of_runners_for_any_number_of_threads()
    {
        foreach (var threads in new[] { 1, 2, 3 })
        {
            using var group = Group(() => new LastRunner(), runners: 3, length: 5, steps: 12, threads);
            group.Sample(EnvRunnerGroupTests.Module(group));
            var metrics = new Metrics();
            group.WriteTo(metrics);

            Assert.Equal(2, metrics.Number("env_runners/last_runner"));
            Assert.Equal(3 * 12, metrics.Number("env_runners/steps_seen"));
        }
    }

    [Fact]
    public void Numbers_kept_with_an_episode_are_its_own_and_survive_a_restore()
    {
        using var one = Group(() => new Collector(), runners: 0, length: 7, steps: 10);
        using var two = Group(() => new Collector(), runners: 0, length: 7, steps: 10);
        var module = EnvRunnerGroupTests.Module(one);
        one.Sample(module);
        two.SetState(one.GetState());
        two.Sample(module);
        var metrics = new Metrics();
        two.WriteTo(metrics);

        // Episodes end at steps 7, 14; both with the sum of their seven observations.
        Assert.Equal(28, metrics.Number("env_runners/observed"));
        Assert.Equal(2, metrics.Number("env_runners/ended"));
        Assert.Equal(1, metrics.Number("env_runners/number"));
    }

    [Fact]
    public void Samples_can_be_changed()
    {
        using var group = Group(() => new RewardShaper(), runners: 0, length: 5, steps: 4);
        var buffer = group.Sample(EnvRunnerGroupTests.Module(group))[0];

        Assert.Equal([2f], buffer.Rewards(0).ToArray());
        Assert.Equal([8f], buffer.Rewards(3).ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Exception_of_a_hook_reaches_the_caller(int threads)
    {
        using var group = Group(() => new Thrower(), runners: 3, length: 5, steps: 4, threads);

        var error = Assert.Throws<NotFiniteNumberException>(() => group.Sample(EnvRunnerGroupTests.Module(group)));
        Assert.Equal("runner 1", error.Message);
    }

    [Fact]
    public void Episode_shows_what_the_environment_got()
    {
        var hooks = new ActionWatcher();
        using var group = new EnvRunnerGroup(EnvRunnerGroupTests.Options("Pendulum-v1", ObservationFilter.MeanStdFilter) with
        {
            NumEnvRunners = 0,
            NumEnvsPerEnvRunner = 1,
            Hooks = () => hooks
        });
        var buffer = group.Sample(EnvRunnerGroupTests.Module(group))[0];

        for (var step = 0; step < buffer.Steps; step++)
        {
            Assert.Equal(Math.Clamp(2 * buffer.Actions(step)[0], -2, 2), hooks.Actions[step], 1e-6f);
        }

        Assert.All(hooks.Observations, o => Assert.Equal(1, (o[0] * o[0]) + (o[1] * o[1]), 1e-5));
    }

    [Fact]
    public void Environments_are_closed_when_a_hook_refuses_them()
    {
        var closed = 0;
        var options = EnvRunnerGroupTests.Options("closing", ObservationFilter.NoFilter) with
        {
            Environment = new("closing", _ => new Closing(() => closed++), null, null),
            NumEnvRunners = 2,
            NumEnvsPerEnvRunner = 3,
            Hooks = () => new Refuser(),
        };

        Assert.Throws<NotFiniteNumberException>(() => new EnvRunnerGroup(options));
        Assert.Equal(6, closed);
    }

    private static EnvRunnerGroup Group(Func<IEpisodeHooks> hooks, int runners, int length, int steps, int threads = 1) =>
        new(EnvRunnerGroupTests.Options("counting", ObservationFilter.NoFilter, steps: steps, threads: threads) with
        {
            Environment = new("counting", _ => new CountingEnvironment(length), null, null),
            NumEnvRunners = runners,
            NumEnvsPerEnvRunner = 1,
            Hooks = hooks,
        });

    private sealed class Recorder : IEpisodeHooks
    {
        public List<string> Events { get; } = [];

        public void OnEnvironmentCreated(EnvRunner runner, IEnvironment environment, EnvironmentContext context) =>
            Events.Add($"environment {context.RunnerIndex}/{context.EnvironmentIndex}");

        public void OnEpisodeCreated(EnvRunner runner, Episode episode) => Events.Add($"created {episode.Number}");

        public void OnEpisodeStart(EnvRunner runner, Episode episode) => Events.Add($"start {episode.Number} [{episode.Observation[0]}]");

        public void OnEpisodeStep(EnvRunner runner, Episode episode) => Events.Add($"step {episode.Length} [{episode.Observation[0]}]");

        public void OnEpisodeEnd(EnvRunner runner, Episode episode) =>
            Events.Add($"end {episode.Number} length {episode.Length} return " +
                $"{episode.Return}{(episode.Terminated ? " terminated" : "")}{(episode.Truncated ? " truncated" : "")}");

        public void OnSampleEnd(EnvRunner runner, RolloutBuffer samples) => Events.Add($"sample {samples.Rows}");
    }

    private sealed class LastRunner : IEpisodeHooks
    {
        public void OnEpisodeStep(EnvRunner runner, Episode episode)
        {
            runner.Metrics.Log("last_runner", runner.Index, window: 1);
            runner.Metrics.Log("steps_seen", 1, MetricReduction.Sum);
        }
    }

    private sealed class Collector : IEpisodeHooks
    {
        public void OnEpisodeStep(EnvRunner runner, Episode episode) => episode.Data("observed").Add(episode.Observation[0]);

        public void OnEpisodeEnd(EnvRunner runner, Episode episode)
        {
            runner.Metrics.Log("observed", episode.Data("observed").Sum(), window: 1);
            runner.Metrics.Log("ended", 1, MetricReduction.Sum);
            runner.Metrics.Log("number", episode.Number, window: 1);
        }
    }

    private sealed class RewardShaper : IEpisodeHooks
    {
        public void OnSampleEnd(EnvRunner runner, RolloutBuffer samples)
        {
            for (var step = 0; step < samples.Steps; step++)
            {
                samples.Rewards(step)[0] *= 2;
            }
        }
    }

    private sealed class Thrower : IEpisodeHooks
    {
        public void OnEpisodeStep(EnvRunner runner, Episode episode)
        {
            if (runner.Index > 0)
            {
                throw new NotFiniteNumberException($"runner {runner.Index}");
            }
        }
    }

    private sealed class ActionWatcher : IEpisodeHooks
    {
        public List<float> Actions { get; } = [];

        public List<float[]> Observations { get; } = [];

        public void OnEpisodeStep(EnvRunner runner, Episode episode)
        {
            Actions.Add(episode.Action[0]);
            Observations.Add(episode.Observation.ToArray());
        }
    }

    private sealed class Refuser : IEpisodeHooks
    {
        public void OnEnvironmentCreated(EnvRunner runner, IEnvironment environment, EnvironmentContext context)
        {
            if (context is { RunnerIndex: 1, EnvironmentIndex: 2 })
            {
                throw new NotFiniteNumberException("refused");
            }
        }
    }

    private sealed class Closing(Action close) : IEnvironment
    {
        private readonly CountingEnvironment _inner = new(5);

        public Space ObservationSpace => _inner.ObservationSpace;

        public Space ActionSpace => _inner.ActionSpace;

        public void Reset(Tuning.Randomness.RandomStream random, Span<float> observation) => _inner.Reset(random, observation);

        public StepResult Step(EnvironmentAction action, Span<float> observation) => _inner.Step(action, observation);

        public void Dispose() => close();
    }
}
