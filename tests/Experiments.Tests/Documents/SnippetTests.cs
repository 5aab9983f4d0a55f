using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tuning.CommandLine;
using Tuning.Testing;

namespace Tuning.Tests.Documents;

/// <summary>Runs what the documents show.</summary>
public sealed class SnippetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_kind_of_function_trains()
    {
        foreach (var trainable in FunctionSnippets.Kinds())
        {
            var run = new RunConfig { Stop = { ["training_iteration"] = 3 }, StoragePath = _folder.Path };

            var results = await new Tuner(trainable, run).FitAsync(TestContext.Current.CancellationToken);

            Assert.Equal(trainable.Name is "bowl" or "sized" ? 1 : 3, results.Single().Reports);
            Assert.True(results.Single().Metrics.TryGet("loss", out _));
        }
    }

    [Fact]
    public async Task Studies_ask_and_tell()
    {
        var directory = await StudySnippets.BowlAsync(_folder.Path);
        await StudySnippets.OpenAsync(directory);
        var results = await ResultGrid.LoadAsync(directory, TestContext.Current.CancellationToken);
        Assert.Equal(50, results.Count);
        Assert.InRange(results.Best().Objective!.Value, 0, 10);

        await using var study = Study.InMemory(new SearchSpace().Add("rate", Domain.Uniform(0.5, 1)),
            new StudyConfig { Samples = 20, Scheduler = new Tuning.Schedulers.AshaOptions { MaxTime = 27 } });
        StudySnippets.Stopped(study);
        Assert.Contains(study.Results(), t => t.Reports < 27);
    }

    [Fact]
    public async Task A_run_is_watched_and_continued()
    {
        var (space, tune) = (new SearchSpace().Add("rate", Domain.Uniform(0.5, 1)), new TuneConfig { Samples = 2, Seed = 1 });
        var count = Trainable.FromFunction<ParameterSet>("count", async (trial, cancel) =>
        {
            for (var step = trial.Checkpoint?.ReadJson<int>("step.json") ?? 1; ; step++)
            {
                await trial.ReportAsync(new() { ["loss"] = 1.0 / step }, dir => dir.WriteJson("step.json", step + 1));
            }
        }, checkpoints: true);

        Assert.Equal(2, await ResultSnippets.WatchAsync(new Tuner(count, space, tune, new RunConfig { StoragePath = _folder.Path })));
        var first = await ResultSnippets.StartOrContinueAsync(_folder.Path, count, space, tune);
        var again = await ResultSnippets.StartOrContinueAsync(_folder.Path, count, space, tune);
        Assert.Equal(first.Directory, again.Directory);
        Assert.All(again, trial => Assert.Equal(10, trial.Reports));
    }

    [Fact]
    public async Task A_function_with_checkpoints_is_read_resumed_and_verified()
    {
        var results = await FunctionSnippets.DescendAsync(_folder.Path);

        Assert.Equal(4, results.Count);
        Assert.All(results, r => Assert.InRange(r.Checkpoints().Count, 1, 2));
        Assert.True(await ResultSnippets.ReadAsync(results.Directory) > 0);
        ResultSnippets.Csv(results, _folder.Path);
        Assert.Equal(5, File.ReadAllLines(Path.Combine(_folder.Path, "trials.csv")).Length);
        Assert.Equal(1 + results.Sum(r => r.Reports), File.ReadAllLines(Path.Combine(_folder.Path, "reports.csv")).Length);

        var again = Trainable.FromFunction<FunctionSnippets.Config>("descend",
            (trial, cancel) => trial.Report(new() { ["loss"] = 1 }, dir => dir.WriteJson("state.json", 0)), checkpoints: true);
        Assert.Equal(6, (await ResultSnippets.ResumeAsync(results.Directory, again)).Count);
        Assert.True((await ResultSnippets.VerifyAsync(results.Directory, again)).Agrees);
    }

    [Fact]
    public void An_algorithm_is_evaluated() =>
        Assert.Equal(20, EvaluationSnippets.Evaluate(EvaluationSnippets.Configure().Training(trainBatchSize: 200, minibatchSize: 100, numEpochs: 1)));

    [Fact]
    public async Task A_class_is_made_by_dependency_injection() => Assert.Equal(2, (await FunctionSnippets.ClassAsync(_folder.Path)).Count);

    [Fact]
    public async Task Policies_are_served_and_exported_and_commands_added()
    {
        using var algorithm = CheckpointSnippets.Quick().Build();
        var checkpoint = algorithm.SaveToPath(Path.Combine(_folder.Path, "served"));
        var policy = algorithm.GetPolicy();

        Assert.True(ServingSnippets.Serve(checkpoint));
        Assert.Equal(2, ServingSnippets.Batch(policy, [0.5f, 0.25f, -0.3f, 1, 0, 0], 2).Actions.Length);
        ServingSnippets.Export(policy, _folder.Path);
        Assert.True(File.Exists(Path.Combine(_folder.Path, "policy.onnx")) && File.Exists(Path.Combine(_folder.Path, "policy.safetensors")));

        Modules.ModuleRegistry.Register("slope", (spec, _) => new ServingSnippets.Slope(spec.ObservationSize));
        var slope = new Policy(new("slope", new(3, Distributions.ActionDistribution.Categorical(2), new())),
            new(new Environments.Box(-1, 1, 3), new Environments.Discrete(2), ObservationFilter.NoFilter, true, false));
        slope.ExportModel(Path.Combine(_folder.Path, "slope.onnx"));

        var output = new StringWriter();
        var context = new CommandContext { Host = () => new ExperimentHost(ServingSnippets.Command, TimeProvider.System), Output = output };
        Assert.Equal(0, await TunerCommandLine.RunAsync(["greet", "Ray"], context));
        Assert.Equal("Hello, Ray" + Environment.NewLine, output.ToString());
    }

    [Fact]
    public async Task Checkpoints_are_saved_restored_injected_and_served()
    {
        var checkpoint = CheckpointSnippets.SaveAndRestore(CheckpointSnippets.Quick(), Path.Combine(_folder.Path, "own"));
        Assert.Equal(2, CheckpointSnippets.Module(checkpoint).Length);
        Assert.Single(CheckpointSnippets.Serve(checkpoint));
        using (var other = CheckpointSnippets.Quick().Build())
        {
            Assert.Equal(3, ServingSnippets.ByName(other, checkpoint, Path.Combine(_folder.Path, "policy")));
            CheckpointSnippets.Part(other, checkpoint);
        }

        using (var hooked = CheckpointSnippets.WithCallbacks(checkpoint))
        {
            Assert.True(hooked.Train().TryGet("env_runners/mean_abs_sine", out _));
        }

        var results = await CheckpointSnippets.InjectAsync(CheckpointSnippets.Quick(), checkpoint, _folder.Path);
        Assert.Equal(8000, results.Single().Metrics.Number("num_env_steps_sampled_lifetime"));
        Assert.Equal(1, results.Single().Reports);

        var byName = CheckpointSnippets.ByName(checkpoint) with { StoragePath = _folder.Path, Stop = new() { ["training_iteration"] = 2 } };
        Assert.Equal(8000, (await new Tuner(CheckpointSnippets.Quick(), byName).FitAsync(TestContext.Current.CancellationToken))
            .Single().Metrics.Number("num_env_steps_sampled_lifetime"));
        Directory.Delete(checkpoint, recursive: true);
    }

    [Fact]
    public void Dqn_is_configured_and_trained()
    {
        using var algorithm = DqnSnippets.Configure().Build();
        Assert.Equal(1000, algorithm.Train().Number("num_env_steps_sampled_lifetime"));
    }

    [Fact]
    public async Task Ppo_is_configured_trained_and_searched()
    {
        var quick = PpoSnippets.Hooks(PpoSnippets.Schedules(PpoSnippets.Configure().Training(trainBatchSize: 4000, minibatchSize: 1000, numEpochs: 1)));
        var result = PpoSnippets.Train(quick);
        Assert.Equal(16.0, result.Number("steps_in_thousands"));
        Assert.InRange(result.Number("env_runners/mean_abs_sine")!.Value, 0, 1);

        var results = await PpoSnippets.SearchAsync(
            new PpoConfig().Environment("CartPole-v1").Training(trainBatchSize: 200, minibatchSize: 100, numEpochs: 1),
            new RunConfig { Stop = { ["training_iteration"] = 1 }, StoragePath = _folder.Path });
        Assert.Equal(4, results.Count);
    }

    [Fact]
    public void An_environment_of_ones_own_passes_the_checker()
    {
        Assert.Empty(PpoSnippets.Register());

        using var algorithm = new PpoConfig().Environment("corridor", ParameterSet.Empty.With("length", 3))
            .Training(trainBatchSize: 200, minibatchSize: 50, numEpochs: 2).Build();
        Assert.InRange(algorithm.Train().Number("env_runners/episode_return_max")!.Value, -10, 0.8);
    }

    [Fact]
    public async Task Observers_and_loggers_of_ones_own_see_every_trial()
    {
        var output = new StringWriter();
        var run = CallbackSnippets.Observe(_folder.Path) with { Callbacks = [new CallbackSnippets.Announcer(output), new CallbackSnippets.LineLogger()] };

        var results = await new Tuner(FunctionSnippets.Kinds()[0], new SearchSpace().Add("x", Domain.GridSearch(1, 2, 3)), run: run)
            .FitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(3, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.All(results, r => Assert.Single(File.ReadAllLines(Path.Combine(r.Directory, "lines.txt"))));
    }

    [Fact]
    public async Task A_logger_of_ones_own_recovers_from_a_torn_line()
    {
        var run = new RunConfig { StoragePath = _folder.Path, Callbacks = [new CallbackSnippets.LineLogger()], Stop = { ["training_iteration"] = 3 } };
        var loop = FunctionSnippets.Kinds()[2];
        var results = await new Tuner(loop, run).FitAsync(TestContext.Current.CancellationToken);
        var file = Path.Combine(results[0].Directory, "lines.txt");
        var lines = File.ReadAllLines(file);
        File.WriteAllText(file, lines[0] + "\n" + lines[1][..3]);

        await Tuner.RestoreAsync(results.Directory, loop, new RestoreOptions { Run = new RunConfig { Callbacks = [new CallbackSnippets.LineLogger()] } },
            TestContext.Current.CancellationToken);

        Assert.Equal(["1", "2", "3"], File.ReadAllLines(file).Select(l => l.Split(' ')[0]));
    }

    [Fact]
    public async Task An_application_runs_a_search_and_stops()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddTuner(tuner => tuner.AddLoggers().AddTrainables());
        builder.Services.AddSingleton(new HostingSnippets.SearchSettings(_folder.Path));
        builder.Services.AddHostedService<HostingSnippets.Search>();

        await builder.Build().RunAsync(TestContext.Current.CancellationToken);

        var results = await ResultGrid.LoadAsync(Path.Combine(_folder.Path, "PPO"), TestContext.Current.CancellationToken);
        Assert.True(results.IsFinished);
        Assert.True(File.Exists(Path.Combine(results[1].Directory, "progress.csv")));
    }

    [Fact]
    public async Task Studies_are_planned_by_simulation_also_on_curves_of_a_real_one()
    {
        var output = new StringWriter();
        var planned = SimulationSnippets.Plan(output);
        Assert.Equal((500, 0), (planned.TrialCount, planned.FailedTrials));
        Assert.InRange(planned.Utilisation, 0.5, 1);

        var results = await FunctionSnippets.DescendAsync(_folder.Path);
        SimulationSnippets.Compare(results.Directory, new SearchSpace().Add("lr", Domain.Uniform(0.001, 1)), output);
        Assert.Equal(2 + 4, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void Spaces_by_type_and_by_name_are_drawn_from()
    {
        Assert.Empty(SpaceSnippets.Typed().Validate(SpaceSnippets.Tune().Constraints));
        Assert.Equal(["lr", "model.hidden", "warmup"], SpaceSnippets.ByName().SearchedPaths.Order());
        Assert.Equal(2, SpaceSnippets.Stop().Stop.Count);
    }
}
