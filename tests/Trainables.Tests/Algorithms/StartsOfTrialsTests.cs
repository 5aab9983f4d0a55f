using System.Collections.Concurrent;
using Tuning.Schedulers;
using Tuning.Testing;

namespace Tuning.Tests.Algorithms;

/// <summary>What PPO does at every start of a trial: first, retry, resume, exploit. Hooks run each time; the trial's own checkpoint wins over what they
/// restored.</summary>
[Trait("Lane", "Slow")]
public sealed class StartsOfTrialsTests : IDisposable
{
    private const string LearningRate = "learners/default_policy/default_optimizer_learning_rate";

    private readonly TemporaryDirectory _directory = new();
    private readonly ConcurrentQueue<string> _events = [];

    public void Dispose() => _directory.Dispose();

    private sealed record Scripted : SchedulerOptions
    {
        public string Parameter { get; init; } = "lr";

        public double Value { get; init; } = 0.75;

        public override ITrialScheduler Create(SchedulerContext context) => new ScriptedScheduler
        {
            // At its second report trial 1 goes on from trial 0 with another learning rate.
            OnReport = (report, board) => report is { Trial.Number: 1, Number: 2 }
                ? [new SchedulerDecision.Exploit(report.Trial, new TrialId(0), board[report.Trial].Config.With(Parameter, Value), "scripted")] : [],
        };
    }

    private PpoConfig Recorded() => Some.Ppo().Callbacks(
        onAlgorithmInit: a => _events.Enqueue($"init at {a.TrainingIteration}"),
        onCheckpointLoaded: a => _events.Enqueue($"loaded at {a.TrainingIteration}"));

    private RunConfig Until(int iterations) => new()
    {
        Name = "run",
        StoragePath = _directory.Path,
        Stop = { ["training_iteration"] = iterations },
        Failure = new() { MaxFailures = 1 },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_exploiting_trial_trains_the_sources_weights_with_the_new_learning_rate()
    {
        var ppo = Recorded();
        var space = ppo.Space().Add(c => c.LearningRate, Domain.GridSearch(0.25, 0.5));

        var results = await new Tuner(ppo, space, new TuneConfig { Scheduler = new Scripted(), MaxConcurrentTrials = 1 }, Until(4)).FitAsync(Cancellation);

        var history = await results[1].ReadHistoryAsync(LearningRate, "training_iteration", "num_env_steps_sampled_lifetime");
        Assert.All(results, r => Assert.Null(r.Error));

        // Trial 0 ended at iteration 4, of which trial 1 takes over weights, counters and all.
        Assert.Equal([0.5, 0.5, 0.75], history.Select(h => h.Metrics.Number(LearningRate)!.Value));
        Assert.Equal([300.0, 600.0, 1500.0], history.Select(h => h.Metrics.Number("num_env_steps_sampled_lifetime")!.Value));
        Assert.Equal(["init at 0", "init at 0", "init at 0", "loaded at 4"], _events);
        using var source = Algorithm.FromCheckpoint(results[0].Checkpoint!.Path, config => ((PpoConfig)config).Training(lr: 0.75));
        using var taker = Algorithm.FromCheckpoint(results[1].Checkpoint!.Path);
        source.Train();
        Assert.Equal(source.Module.ForwardInference([1f, 0f, 0.5f]), taker.Module.ForwardInference([1f, 0f, 0.5f]));
    }

    // Ray's issue #62173: the restored checkpoint brings the old values back, and PBT on PPO changes nothing. One minibatch is the whole batch here; the
    // clip acts from the second pass over it.
    [Theory]
    [InlineData("lr", 0.01, 0.02)]
    [InlineData("clip_param", 0.3, 0.001)]
    [InlineData("lambda", 0.9, 0.2)]
    public async Task A_value_that_an_exploit_changed_acts_on_the_next_weight_step(string parameter, double before, double after)
    {
        var ppo = Some.Ppo().Training(lr: 0.01, minibatchSize: 300, numEpochs: 2);
        var space = ppo.Space().Set(parameter, before);

        var results = await new Tuner(ppo, space, new TuneConfig
        {
            Samples = 2,
            Scheduler = new Scripted { Parameter = parameter, Value = after },
            MaxConcurrentTrials = 1
        }, Until(4)).FitAsync(Cancellation);

        // Trial 0 ended at iteration 4; trial 1 took its state over and made one training step more.
        var (expected, unchanged) = (Step(after), Step(before));
        using var taker = Algorithm.FromCheckpoint(results[1].Checkpoint!.Path);
        Assert.Equal(after, results[1].Config.Get<double>(parameter));
        Assert.Equal(5, taker.TrainingIteration);
        Assert.Equal(expected, Outputs(taker));
        Assert.NotEqual(unchanged, Outputs(taker));

        float[] Step(double value)
        {
            using var source = Algorithm.FromCheckpoint(results[0].Checkpoint!.Path, config => _ = parameter switch
            {
                "lr" => ((PpoConfig)config).Training(lr: value),
                "clip_param" => ((PpoConfig)config).Training(clipParam: value),
                _ => ((PpoConfig)config).Training(lambda: value),
            });
            source.Train();
            return Outputs(source);
        }

        static float[] Outputs(Algorithm algorithm) => [.. algorithm.Module.ForwardInference([1f, 0f, 0.5f])];
    }

    [Fact]
    public async Task A_retry_runs_the_hooks_again_and_goes_on_from_the_trials_checkpoint()
    {
        var failed = false;
        var before = Recorded().Build(threads: 1);
        before.Train();
        var path = before.SaveToPath(_directory["before"]);
        before.Dispose();
        _events.Clear();
        var ppo = Recorded().Callbacks(
            onAlgorithmInit: a => a.RestoreFromPath(path),
            onTrainResult: (a, _) => { if (a.TrainingIteration == 4 && !failed) { failed = true; throw new InvalidOperationException("once"); } });

        var results = await new Tuner(ppo, Until(5) with { Checkpoint = new() { CheckpointFrequency = 2 } }).FitAsync(Cancellation);

        Assert.Null(results[0].Error);
        Assert.Equal((4, 1500.0), (results[0].Reports, results[0].Metrics.Number("num_env_steps_sampled_lifetime")));
        Assert.Equal(["init at 0", "loaded at 1", "init at 0", "loaded at 1", "loaded at 3"], _events);
    }

    [Fact]
    public async Task A_resumed_trial_runs_the_hooks_again_and_ends_as_one_that_was_never_stopped()
    {
        var whole = await new Tuner(Some.Ppo(), Until(5) with { Name = "whole" }).FitAsync(Cancellation);
        using var stop = new CancellationTokenSource();
        var ppo = Recorded().Callbacks(onTrainResult: (a, _) => { if (a.TrainingIteration == 3) { stop.Cancel(); } });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new Tuner(ppo, Until(5)).FitAsync(stop.Token));

        var results = await Tuner.RestoreAsync(Path.Combine(_directory.Path, "run"), ppo, cancellationToken: Cancellation);

        Assert.Equal(5, results[0].Reports);
        Assert.Equal("init at 0", _events.First());
        Assert.Equal(2, _events.Count(e => e == "init at 0"));
        Assert.Equal(Some.Lines(whole[0].Metrics), Some.Lines(results[0].Metrics));
    }
}
