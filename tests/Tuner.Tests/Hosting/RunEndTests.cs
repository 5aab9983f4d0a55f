using Tuning.Schedulers;
using Tuning.Testing;
using Tuning.Training;

namespace Tuning.Tests.Hosting;

/// <summary>How experiments and trials end, which trial is the best then, and what trains on.</summary>
public sealed class RunEndTests : IDisposable
{
    private readonly TemporaryFolder _storage = new();

    public void Dispose() => _storage.Dispose();

    [Fact]
    public async Task Failure_that_stops_the_experiment_is_thrown_with_the_results()
    {
        var train = Trainable.FromFunction<ParameterSet>("t", config => config.Get<int>("x") == 1 ? throw new InvalidDataException("no data") : 1, "loss",
            Mode.Min);
        var failed = await Assert.ThrowsAsync<ExperimentFailedException>(() => new Tuner(
            train,
            new SearchSpace().Add("x", Domain.GridSearch(0, 1, 2)),
            new() { MaxConcurrentTrials = 1 },
            new() { StoragePath = _storage.Path, Failure = new() { FailFast = true } }).FitAsync(TestContext.Current.CancellationToken));

        Assert.Contains("Trial 00001 failed and FailFast is set: no data", failed.Message, StringComparison.Ordinal);
        Assert.Equal((2, 1), (failed.Results.Count, failed.Results.Errors.Count));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Trials_that_came_to_the_old_stop_criterion_train_longer(bool checkpoints)
    {
        var first = await FitAsync(Counting(checkpoints), new() { ["training_iteration"] = 3 }, trials: 2);
        Assert.All(first, t => Assert.True(t.IsCompleted));

        var restore = new RestoreOptions { Run = new() { Stop = { ["training_iteration"] = 5 } } };
        var second = await Tuner.RestoreAsync(first.Directory, Counting(checkpoints), restore, TestContext.Current.CancellationToken);

        Assert.Equal([5, 5], second.Select(t => t.Reports));
        Assert.All(second, t => Assert.True(t.IsCompleted));
        Assert.All(second, t => Assert.Equal([1, 2, 3, 4, 5], t.ReadHistoryAsync("loss").Result.Select(r => r["loss"])));
        var again = await Tuner.RestoreAsync(first.Directory, Counting(checkpoints), restore, TestContext.Current.CancellationToken);
        Assert.Equal([5, 5], again.Select(t => t.Reports));
        Assert.True((await Tuner.VerifyAsync(first.Directory, Counting(checkpoints))).Agrees);
        var loaded = await ResultGrid.LoadAsync(first.Directory, TestContext.Current.CancellationToken);
        Assert.Equal(await ResultText.OfAsync(again), await ResultText.OfAsync(loaded));
    }

    [Fact]
    public async Task Property_of_the_configuration_that_was_renamed_is_an_error_on_resume()
    {
        static TrainableDefinition Of<T>() => Trainable.FromFunction<T>("t", _ => 1, "loss", Mode.Min);
        var grid = await new Tuner(Of<Before>(), new SearchSpace().Add("rate", Domain.Uniform(0, 1)), null, new() { StoragePath = _storage.Path })
            .FitAsync(TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<SpecificationException>(
            () => Tuner.RestoreAsync(grid.Directory, Of<After>(), new() { AddSamples = 1 }, TestContext.Current.CancellationToken));

        Assert.Contains("'rate' is no parameter of 't'", error.Message, StringComparison.Ordinal);
        Assert.Contains("call it as it was called then", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await Tuner.RestoreAsync(grid.Directory, Of<Before>(), new() { AddSamples = 1 }, TestContext.Current.CancellationToken)).Count);
    }

    [Fact]
    public async Task Best_goes_by_the_scope_of_the_experiment_and_leaves_failures_and_infinities_out()
    {
        double[][] values = [[1, 5], [3, 3], [4, 2.5], [0, double.PositiveInfinity], [0, 0]];
        var train = Trainable.FromFunction<ParameterSet>("t", (trial, cancel) =>
        {
            var own = values[trial.Parameters.Get<int>("x")];
            foreach (var value in own)
            {
                trial.Report(new() { ["loss"] = value });
            }

            if (own[1] == 0)
            {
                throw new InvalidOperationException("failed at its end");
            }
        }, objective: new("loss", Mode.Min));
        async Task<ResultGrid> RunAsync(ResultScope scope) => await new Tuner(train, new SearchSpace().Add("x", Domain.GridSearch(0, 1, 2, 3, 4)),
            new() { Scope = scope }, new() { StoragePath = _storage.Path }).FitAsync(TestContext.Current.CancellationToken);

        var grid = await RunAsync(ResultScope.Last);
        Assert.Equal(2, grid.Best().Id.Number);
        Assert.Equal(3, grid.Best(scope: ResultScope.Min).Id.Number);
        Assert.Equal(4, grid.Best(includeFailed: true).Id.Number);
        Assert.Equal(3, grid.Best(mode: Mode.Max, includeInfinite: true).Id.Number);
        Assert.Equal(3, grid.InScope(ResultScope.Min).Best().Id.Number);
        var least = await RunAsync(ResultScope.Min);
        Assert.Equal(3, least.Best(scope: ResultScope.Min, includeInfinite: true).Id.Number);
        Assert.Equal((ResultScope.Min, 3), (least.Scope, least.Best().Id.Number));
        Assert.Equal(ResultScope.Min, (await ResultGrid.LoadAsync(least.Directory, TestContext.Current.CancellationToken)).Scope);
    }

    [Fact]
    public async Task Best_checkpoint_of_a_minimised_objective_is_kept()
    {
        double[] losses = [3, 1, 2];
        var train = Trainable.FromFunction<ParameterSet>("t", (trial, cancel) =>
        {
            foreach (var loss in losses)
            {
                trial.Report(new() { ["loss"] = loss }, save: dir => dir.WriteJson("loss.json", loss));
            }
        }, checkpoints: true, new("loss", Mode.Min));
        var grid = await new Tuner(train, new()
        {
            StoragePath = _storage.Path,
            Checkpoint = new() { CheckpointFrequency = 1, MaxToKeep = 1, CheckpointScoreAttribute = "loss" },
        }).FitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, grid[0].BestCheckpoint()!.ReadJson<double>("loss.json"));
        Assert.Equal([1.0, 2.0], grid[0].Checkpoints().Select(c => c.ReadJson<double>("loss.json")));
    }

    [Fact]
    public async Task Trial_that_is_raced_has_the_mean_of_its_instances_as_objective()
    {
        double[][] folds = [[1, 1, 4], [3, 3, 0.5]];
        var train = Trainable.FromFunction<ParameterSet>("t", (trial, cancel) =>
        {
            foreach (var value in folds[trial.Parameters.Get<int>("x")])
            {
                trial.Report(new() { ["loss"] = value });
            }
        }, objective: new("loss", Mode.Min));
        var grid = await new Tuner(train, new SearchSpace().Add("x", Domain.GridSearch(0, 1)), new() { Scheduler = new WilcoxonOptions { StartupSteps = 9 } },
            new() { StoragePath = _storage.Path }).FitAsync(TestContext.Current.CancellationToken);

        Assert.Equal([2.0, 6.5 / 3], grid.Select(t => t.Objective!.Value));
        Assert.Equal(0, grid.Best().Id.Number);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Told_value_is_no_instance_of_a_race(bool inMemory)
    {
        var space = new SearchSpace().Add("x", Domain.Uniform(0, 1));
        var config = new StudyConfig { StoragePath = _storage.Path, Scheduler = new WilcoxonOptions { PValueThreshold = 0.3, StartupSteps = 1 } };
        await using var study = inMemory ? Study.InMemory(space, config) : await Study.CreateAsync(space, config, TestContext.Current.CancellationToken);
        Assert.False(Race(study, [0.5, 0.5, 0.5], told: 0.1));

        // Better in every instance; what was told of the first one is no instance of it.
        Assert.False(Race(study, [0.4, 0.4, 0.4], told: 0.4));
        var results = study.Results();
        Assert.Equal([0.1, 0.4], results.Select(t => t.Objective!.Value));
        Assert.All(results, t => Assert.True(t.IsCompleted));
        if (!inMemory)
        {
            var loaded = await ResultGrid.LoadAsync(study.Directory!, TestContext.Current.CancellationToken);
            Assert.Equal([0.1, 0.4], loaded.Select(t => t.Objective!.Value));
        }
    }

    internal sealed record Before
    {
        public double Rate { get; init; }
    }

    internal sealed record After
    {
        public double Speed { get; init; }
    }

    private static bool Race(Study study, double[] values, double told)
    {
        var trial = study.Ask(TestContext.Current.CancellationToken)!;
        var stopped = values.Select((v, i) => study.Report(trial, i, v)).ToList().Contains(true);
        study.Tell(trial, told);
        return stopped;
    }

    private static TrainableDefinition Counting(bool checkpoints) => Trainable.FromFunction<ParameterSet>("t", (trial, cancel) =>
    {
        for (var i = trial.Checkpoint?.ReadJson<int>("i.json") + 1 ?? 1; ; i++)
        {
            trial.Report(new() { ["loss"] = i }, save: dir => dir.WriteJson("i.json", i));
        }
    }, checkpoints, new("loss", Mode.Min));

    private Task<ResultGrid> FitAsync(TrainableDefinition trainable, OrderedDictionary<string, StopAt> stop, int trials) => new Tuner(
        trainable,
        new SearchSpace().Add("x", Domain.GridSearch(Enumerable.Range(0, trials))),
        null,
        new() { StoragePath = _storage.Path, Stop = stop }).FitAsync(TestContext.Current.CancellationToken);
}
