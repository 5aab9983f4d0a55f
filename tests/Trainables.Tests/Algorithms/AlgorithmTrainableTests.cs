using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tuning.Checkpointing;
using Tuning.Randomness;
using Tuning.Training;

namespace Tuning.Tests.Algorithms;

[Trait("Lane", "Slow")]
public sealed class AlgorithmTrainableTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private sealed class FakeTrial(Func<Metrics, bool> goesOn, string? saveAtEnd = null) : TrialContext
    {
        public List<Metrics> Reports { get; } = [];

        public ImmutableArray<HookSpec> GivenHooks { get; init; } = [];

        public string? From { get; init; }

        public ParameterSet Given { get; init; } = ParameterSet.Empty;

        public ulong Root { get; init; } = 5;

        public Func<Metrics, bool> Over { get; init; } = _ => false;

        public override bool IsOver(Metrics metrics) => Over(metrics);

        public override TrialId Id => new(0);

        public override ParameterSet Parameters => Given;

        public override CheckpointDirectory? Checkpoint => From is null ? null : CheckpointStore.Open(From);

        public override int Cpus => 1;

        public override SeedPath Seed => SeedPath.Of(Root) / "trial" / 0;

        public override string Directory => Path.GetTempPath();

        public override IServiceProvider Services { get; } = new ServiceCollection().BuildServiceProvider();

        public override ILogger Logger => NullLogger.Instance;

        public override ImmutableArray<HookSpec> Hooks => GivenHooks;

        public override ValueTask ReportAsync(Metrics metrics, Action<CheckpointDirectory>? save = null)
        {
            Reports.Add(metrics);
            if (!goesOn(metrics))
            {
                if (saveAtEnd is not null)
                {
                    CheckpointStore.Write(saveAtEnd, save!);
                }

                throw new TrialEndedException("enough");
            }

            return ValueTask.CompletedTask;
        }

        public override void Report(Metrics metrics, Action<CheckpointDirectory>? save = null) => throw new NotSupportedException();
    }

    private static HookSpec RestoreHook(string path, string? component = null) => new(
        "on_algorithm_init",
        "restore_from_path",
        component is null ? ParameterSet.Empty.With("path", path) : ParameterSet.Empty.With("path", path).With("component", component));

    private static async Task Run(TrainableDefinition definition, FakeTrial trial)
    {
        var trainable = definition.Create(trial.Services);
        try
        {
            await trainable.RunAsync(trial, TestContext.Current.CancellationToken);
        }
        catch (TrialEndedException)
        {
        }
        finally
        {
            (trainable as IDisposable)?.Dispose();
        }
    }

    private static Func<Metrics, bool> Until(long steps) => m => m.Number("num_env_steps_sampled_lifetime") < steps;

    [Fact]
    public async Task A_checkpoint_of_600_steps_continues_to_1200_in_another_experiment_by_the_hook_of_the_file()
    {
        await Run(Some.Ppo(), new FakeTrial(Until(600), _directory["c"]));
        var trial = new FakeTrial(Until(1200)) { GivenHooks = [RestoreHook(_directory["c"])], Given = ParameterSet.Empty.With("lr", 0.5) };

        await Run(Some.Ppo(), trial);

        Assert.Equal([900.0, 1200.0], trial.Reports.Select(r => r.Number("num_env_steps_sampled_lifetime")!.Value));
        Assert.Equal([3.0, 4.0], trial.Reports.Select(r => r.Number("training_iteration")!.Value));
        Assert.All(trial.Reports, r => Assert.Equal(0.5, r.Number("learners/default_policy/default_optimizer_learning_rate")));
    }

    [Fact]
    public async Task A_checkpoint_of_600_steps_continues_to_1200_by_a_hook_in_code()
    {
        await Run(Some.Ppo(), new FakeTrial(Until(600), _directory["c"]));
        var trial = new FakeTrial(Until(1200));

        await Run(Some.Ppo().Callbacks(onAlgorithmInit: a => a.RestoreFromPath(_directory["c"])), trial);

        Assert.Equal([900.0, 1200.0], trial.Reports.Select(r => r.Number("num_env_steps_sampled_lifetime")!.Value));
    }

    [Fact]
    public async Task A_checkpoint_beyond_the_stop_is_reported_and_trained_no_further()
    {
        await Run(Some.Ppo(), new FakeTrial(Until(600), _directory["c"]));
        foreach (var steps in (int[])[300, 600])
        {
            var trial = new FakeTrial(Until(steps), _directory["again"]) { GivenHooks = [RestoreHook(_directory["c"])], Over = m => !Until(steps)(m) };

            await Run(Some.Ppo(), trial);

            var report = Assert.Single(trial.Reports);
            Assert.Equal((600, 2, 0),
                (report.Number("num_env_steps_sampled_lifetime"), report.Number("training_iteration"), report.Number("iterations_since_restore")));
            using var before = Algorithm.FromCheckpoint(_directory["c"]);
            using var after = Algorithm.FromCheckpoint(_directory["again"]);
            Assert.Equal(before.Module.GetState().SelectMany(t => t.Data), after.Module.GetState().SelectMany(t => t.Data));
            Assert.Equal(Some.Train(before, 1), Some.Train(after, 1));
        }
    }

    [Fact]
    public async Task An_experiment_ends_at_once_with_a_checkpoint_beyond_its_stop()
    {
        await Run(Some.Ppo(), new FakeTrial(Until(600), _directory["c"]));

        var results = await new Tuner(
            Some.Ppo().Callbacks(onAlgorithmInit: a => a.RestoreFromPath(_directory["c"])),
            new RunConfig { Name = "beyond", StoragePath = _directory["runs"], Loggers = [], Stop = { ["num_env_steps_sampled_lifetime"] = 500 } })
                .FitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, results[0].Reports);
        Assert.Equal(600, results[0].Metrics!.Number("num_env_steps_sampled_lifetime"));
    }

    [Fact]
    public async Task The_hook_of_the_file_restores_a_part()
    {
        await Run(Some.Ppo(), new FakeTrial(Until(600), _directory["c"]));
        var trial = new FakeTrial(Until(300))
        {
            GivenHooks = [RestoreHook(Path.Combine(_directory["c"], "learner_group/learner/rl_module/default_policy"),
                "learner_group/learner/rl_module/default_policy")],
        };

        await Run(Some.Ppo(), trial);

        Assert.Equal(1, Assert.Single(trial.Reports).Number("training_iteration"));
    }

    [Fact]
    public async Task The_trials_own_checkpoint_wins_and_the_hook_of_the_file_is_skipped()
    {
        await Run(Some.Ppo(), new FakeTrial(Until(900), _directory["own"]));
        var trial = new FakeTrial(_ => false) { From = _directory["own"], GivenHooks = [RestoreHook("/nowhere")] };
        var inits = 0;

        await Run(Some.Ppo().Callbacks(onAlgorithmInit: a => { inits++; Assert.Equal(0, a.TrainingIteration); }), trial);

        Assert.Equal(4, Assert.Single(trial.Reports).Number("training_iteration"));
        Assert.Equal(1, inits);
    }

    [Fact]
    public async Task A_missing_path_fails_with_the_message_and_never_trains()
    {
        var trial = new FakeTrial(Until(600)) { GivenHooks = [RestoreHook(_directory["nothing"])] };

        var e = await Assert.ThrowsAsync<TrialConfigurationException>(() => Run(Some.Ppo(), trial));
        Assert.Contains(_directory["nothing"] + " does not exist", e.Message, StringComparison.Ordinal);
        Assert.Empty(trial.Reports);
    }

    [Fact]
    public async Task Without_a_seed_the_trials_place_is_the_seed()
    {
        async Task<IReadOnlyList<string>> First(ulong root, long? seed = null)
        {
            var trial = new FakeTrial(_ => false) { Root = root };
            await Run(Some.Ppo().Debugging(seed), trial);
            return Some.Lines(Assert.Single(trial.Reports));
        }

        Assert.Equal(await First(1), await First(1));
        Assert.NotEqual(await First(1), await First(2));
        Assert.Equal(await First(1, seed: 3), await First(2, seed: 3));
    }

    [Fact]
    public async Task Impossible_parameters_fail_as_configuration()
    {
        var trial = new FakeTrial(_ => false) { Given = ParameterSet.Empty.With("gamma", 2.0) };

        var e = await Assert.ThrowsAsync<TrialConfigurationException>(() => Run(Some.Ppo(), trial));
        Assert.Contains("gamma is 2; it must be from 0 to 1", e.Message, StringComparison.Ordinal);
    }
}
