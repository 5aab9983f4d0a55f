using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Tuning.Environments;
using Tuning.Modules;
using Tuning.Randomness;
using Tuning.Runners;

namespace Tuning.Tests.Algorithms;

public sealed class CallbackTests
{
    private sealed class Recorder
    {
        public ConcurrentQueue<string> Events { get; } = [];

        public int Instances;
    }

    private sealed class Recording : AlgorithmCallbacks
    {
        private readonly Recorder _recorder;

        public Recording(Recorder recorder)
        {
            _recorder = recorder;
            Interlocked.Increment(ref recorder.Instances);
        }

        public override void OnAlgorithmInit(Algorithm algorithm) => _recorder.Events.Enqueue("init");

        public override void OnTrainResult(Algorithm algorithm, Metrics result) => result["mine"] = result.Number("training_iteration")!.Value * 10;

        public override void OnCheckpointLoaded(Algorithm algorithm) => _recorder.Events.Enqueue("loaded");

        public override void OnEnvironmentCreated(EnvRunner runner, IEnvironment environment, EnvironmentContext context) =>
            _recorder.Events.Enqueue($"environment {context.RunnerIndex}.{context.EnvironmentIndex}");

        public override void OnEpisodeEnd(EnvRunner runner, Episode episode) => runner.Metrics.Log("last_reward", episode.Reward, MetricReduction.Sum);
    }

    private sealed class OnlyInit(Recorder recorder) : AlgorithmCallbacks
    {
        public override void OnAlgorithmInit(Algorithm algorithm) => Interlocked.Increment(ref recorder.Instances);
    }

    private static (IServiceProvider Services, Recorder Recorder) Host()
    {
        var recorder = new Recorder();
        return (new ServiceCollection().AddSingleton(recorder).BuildServiceProvider(), recorder);
    }

    [Fact]
    public void Class_callbacks_get_their_arguments_and_one_instance_per_runner()
    {
        var (services, recorder) = Host();

        using var algorithm = Some.Ppo().Callbacks<Recording>().Build(threads: 1, services);

        Assert.Equal(3, recorder.Instances);
        Assert.Equal("init", recorder.Events.Last());
        Assert.Equal(7, recorder.Events.Count);
    }

    [Fact]
    public void Results_can_be_changed_and_logged_values_appear_in_them()
    {
        var (services, _) = Host();
        using var algorithm = Some.Ppo().Callbacks<Recording>().Build(threads: 2, services);

        var results = Enumerable.Range(0, 8).Select(_ => algorithm.Train()).ToList();

        Assert.Equal(80, results[^1].Number("mine"));
        Assert.True(results[^1].Number("env_runners/last_reward") < 0);
    }

    private sealed class Closing(Recorder recorder) : AlgorithmCallbacks, IDisposable
    {
        public override void OnEpisodeStart(EnvRunner runner, Episode episode)
        {
        }

        public void Dispose() => recorder.Events.Enqueue("closed");
    }

    [Fact]
    public void Instances_of_a_class_are_disposed_of_with_the_algorithm_and_those_of_a_function_are_not()
    {
        var (services, recorder) = Host();
        using var shared = new Closing(recorder);
        var algorithm = Some.Ppo().Callbacks<Closing>().Callbacks(_ => shared).Build(threads: 1, services);
        Assert.Empty(recorder.Events);

        algorithm.Dispose();

        // One of the algorithm and one for each of the two runners.
        Assert.Equal(["closed", "closed", "closed"], recorder.Events);
    }

    private sealed class Refusing(Recorder recorder) : AlgorithmCallbacks, IDisposable
    {
        public override void OnEnvironmentCreated(EnvRunner runner, IEnvironment environment, EnvironmentContext context)
        {
            if (context.RunnerIndex == 1 || context.IsEvaluation)
            {
                throw new InvalidOperationException("not this one");
            }
        }

        public void Dispose() => recorder.Events.Enqueue("closed");
    }

    [Theory]
    [InlineData("runners", 3)]
    [InlineData("evaluation", 3)]
    [InlineData("options", 1)]
    [InlineData("callbacks", 1)]
    public void Instances_of_a_class_are_disposed_of_when_the_algorithm_cannot_be_made(string fault, int instances)
    {
        var (services, recorder) = Host();
        var config = Some.Ppo().Callbacks<Refusing>();
        _ = fault switch
        {
            "evaluation" => config.EnvRunners(numEnvRunners: 1).Evaluation(interval: 1),
            "options" => config.Training(gamma: -1),
            "callbacks" => config.Callbacks(_ => throw new InvalidOperationException("none today")),
            _ => config,
        };

        Assert.ThrowsAny<Exception>(() => config.Build(threads: 1, services));

        Assert.Equal(Enumerable.Repeat("closed", instances), recorder.Events);
    }

    private sealed class Counted(Action disposed) : IEnvironment
    {
        private readonly Pendulum _inner = new();

        public Space ObservationSpace => _inner.ObservationSpace;

        public Space ActionSpace => _inner.ActionSpace;

        public void Reset(RandomStream random, Span<float> observation) => _inner.Reset(random, observation);

        public StepResult Step(EnvironmentAction action, Span<float> observation) => _inner.Step(action, observation);

        public void Dispose() => disposed();
    }

    [Fact]
    public void An_algorithm_that_cannot_begin_leaves_nothing_open()
    {
        var open = 0;
        EnvironmentRegistry.Register("counted", _ =>
        {
            Interlocked.Increment(ref open);
            return new Counted(() => Interlocked.Decrement(ref open));
        });
        ModuleRegistry.Register("impossible", (_, _) => throw new NotSupportedException("no such hardware"));

        Assert.Throws<HookException>(() => Some.Ppo("counted").Callbacks(onAlgorithmInit: _ => throw new InvalidOperationException("not today"))
            .Build(threads: 2));
        Assert.Equal(0, open);
        var config = Some.Ppo("counted");
        config.Options = config.Options with { Module = "impossible" };
        Assert.Throws<NotSupportedException>(() => config.Build(threads: 2));
        Assert.Equal(0, open);
    }

    [Fact]
    public void A_class_without_episode_hooks_costs_the_runners_nothing()
    {
        var (services, recorder) = Host();

        using var algorithm = Some.Ppo().Callbacks<OnlyInit>().Build(threads: 1, services);

        Assert.Equal(1, recorder.Instances);
    }

    [Fact]
    public void Several_callbacks_are_called_in_order()
    {
        var events = new List<string>();

        using var algorithm = Some.Ppo()
            .Callbacks(onAlgorithmInit: _ => events.Add("first"))
            .Callbacks(onAlgorithmInit: _ => events.Add("second"), onEpisodeStart: (_, _) => { })
            .Build(threads: 1);

        Assert.Equal(["first", "second"], events);
    }

    [Fact]
    public void OnCheckpointLoaded_comes_after_every_restore()
    {
        var (services, recorder) = Host();
        using var directory = new TemporaryDirectory();
        using var algorithm = Some.Ppo().Callbacks<Recording>().Build(threads: 1, services);
        algorithm.SaveToPath(directory["c"]);

        algorithm.RestoreFromPath(directory["c"]);
        algorithm.RestoreFromPath(directory["c"], component: "env_runner");

        Assert.Equal(2, recorder.Events.Count(e => e == "loaded"));
    }

    [Fact]
    public void An_exception_carries_the_hooks_name()
    {
        using var algorithm = Some.Ppo("CartPole-v1").Callbacks(onEpisodeEnd: (_, _) => throw new InvalidDataException("too short")).Build(threads: 1);

        var e = Assert.Throws<HookException>(() => { for (var i = 0; i < 10; i++) { algorithm.Train(); } });
        Assert.Equal("The hook on_episode_end of a function failed: too short", e.Message);
    }

    [Fact]
    public void A_cancellation_of_the_hooks_own_carries_the_hooks_name_too()
    {
        using var algorithm = Some.Ppo().Callbacks(onSampleEnd: (_, _) => throw new TaskCanceledException("the request timed out")).Build(threads: 1);

        Assert.Equal("The hook on_sample_end of a function failed: the request timed out", Assert.Throws<HookException>(algorithm.Train).Message);
    }

    [Fact]
    public void A_hook_may_refuse_the_configuration()
    {
        var config = Some.Ppo().Callbacks(onAlgorithmInit: _ => throw new TrialConfigurationException("not with this seed"));

        Assert.Equal("The hook on_algorithm_init of a function failed: not with this seed",
            Assert.Throws<TrialConfigurationException>(() => config.Build(threads: 1)).Message);
    }

    [Fact]
    public void A_missing_path_in_on_algorithm_init_is_an_error_of_configuration()
    {
        var config = Some.Ppo().Callbacks(onAlgorithmInit: a => a.RestoreFromPath("/nowhere/checkpoint"));

        var e = Assert.Throws<TrialConfigurationException>(() => config.Build(threads: 1));
        Assert.Contains("/nowhere/checkpoint does not exist", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sample_end_hooks_change_what_is_learnt_from()
    {
        using var plain = Some.Ppo().Build(threads: 1);
        using var shaped = Some.Ppo().Callbacks(onSampleEnd: (_, samples) => samples.Rewards(0).Fill(100)).Build(threads: 1);

        Assert.NotEqual(plain.Train().Number("learners/default_policy/vf_loss_unclipped"), shaped.Train().Number("learners/default_policy/vf_loss_unclipped"));
    }
}
