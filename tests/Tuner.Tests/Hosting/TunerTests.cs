using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tuning.Control;
using Tuning.Running;
using Tuning.Search;
using Tuning.Specification;
using Tuning.Testing;
using Tuning.Trials;

namespace Tuning.Tests.Hosting;

public sealed class TunerTests : IDisposable
{
    private readonly string _storage = Directory.CreateTempSubdirectory("tuner").FullName;

    public sealed record Config
    {
        public double Lr { get; init; } = 0.1;

        public int Layers { get; init; } = 1;
    }

    public void Dispose() => Directory.Delete(_storage, recursive: true);

    [Fact]
    public async Task FitAsync_runs_the_experiment_and_hands_back_its_results()
    {
        var results = await NewTuner(samples: 6).FitAsync();

        Assert.Equal(6, results.Count);
        Assert.True(results.IsFinished);
        Assert.Equal(results.Min(r => r.Objective), results.Best("loss", Mode.Min)!.Objective);
        var directory = Path.Combine(_storage, "train");
        Assert.True(File.Exists(Path.Combine(directory, "experiment.yaml")));
        Assert.False(File.Exists(Path.Combine(directory, "tuner.log")), "The engine alone logs to the host's loggers, and to no file.");
    }

    [Fact]
    public async Task Notices_about_an_experiment_of_code_are_logged_when_it_begins()
    {
        var logger = new RecordingLogger();
        await using var services = new ServiceCollection().AddTuner(_ => { }).AddSingleton<Microsoft.Extensions.Logging.ILoggerFactory>(new OneLogger(logger))
            .BuildServiceProvider();
        await new Tuner(services, Train(), new SearchSpace<Config>().Add(c => c.Layers, Domain.Choice(1, 1, 2)),
            new TuneConfig { Metric = "loss", Mode = Mode.Min, SearchAlgorithm = new Tuning.Search.Tpe.TpeOptions() },
            new RunConfig { StoragePath = _storage }).FitAsync();

        Assert.Contains(logger.Lines, l => l.Level == Microsoft.Extensions.Logging.LogLevel.Warning
            && l.Text.Contains("layers: has 1 more than once", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_log_file_is_written_where_it_is_asked_for()
    {
        await using var services = new ServiceCollection().AddTuner(t => t.AddLogFile().AddLogFile()).BuildServiceProvider();
        await new Tuner(services, Train(), new SearchSpace<Config>().Add(c => c.Lr, 0.1), new TuneConfig { Metric = "loss", Mode = Mode.Min },
            new RunConfig { StoragePath = _storage }).FitAsync();

        var log = await File.ReadAllTextAsync(Path.Combine(_storage, "train", "tuner.log"));
        Assert.Single(log.Split('\n'), l => l.Contains("Experiment train begins", StringComparison.Ordinal));
        Assert.EndsWith("The experiment ends: its only trial ended\n", log.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_is_shown_where_it_is_asked_for()
    {
        var output = new StringWriter();
        await using var services = new ServiceCollection().AddTuner(t => t.AddProgress(new() { Output = output, IsLive = false })).BuildServiceProvider();
        await new Tuner(services, Train(), new SearchSpace<Config>().Add(c => c.Lr, 0.1), new TuneConfig { Metric = "loss", Mode = Mode.Min },
            new RunConfig { StoragePath = _storage }).FitAsync();

        Assert.Contains("00000 completed", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FitAsync_hands_back_what_LoadAsync_reads()
    {
        var train = Trainable.FromFunction<Config>("train", async (trial, cancel) =>
        {
            await trial.ReportAsync(new Metrics { ["loss"] = trial.Config.Lr });
            if (trial.Id.Number == 1)
            {
                throw new InvalidOperationException("boom");
            }

            await trial.ReportAsync(new Metrics { ["loss"] = trial.Config.Lr * 2 });
            await trial.ReportAsync(new Metrics { ["loss"] = trial.Config.Lr * 3 });
        });
        var fitted = await new Tuner(
            train,
            new SearchSpace<Config>().Add(c => c.Lr, Domain.Uniform(0, 1)),
            new TuneConfig { Samples = 4, Metric = "loss", Mode = Mode.Min },
            new RunConfig { StoragePath = _storage, Loggers = [], Stop = { ["training_iteration"] = 2 } }).FitAsync();
        var loaded = await ResultGrid.LoadAsync(fitted.Directory);

        Assert.Equal(await ResultText.OfAsync(loaded), await ResultText.OfAsync(fitted));
        Assert.Single(fitted.Errors);
    }

    [Fact]
    public async Task Experiment_that_could_not_go_on_says_so_live_and_loaded()
    {
        var fitted = await new Tuner(
            Trainable.FromFunction<ParameterSet>("train", async (trial, cancel) => await trial.ReportAsync(new() { ["loss"] = 1 })),
            new SearchSpace().Add("x", Domain.Uniform(0, 1)),
            new TuneConfig { Samples = 2, Metric = "loss", Mode = Mode.Min, SearchAlgorithm = new WaitingOptions() },
            new RunConfig { StoragePath = _storage, Loggers = [] }).FitAsync();

        Assert.True(fitted.IsFailed, fitted.EndReason);
        Assert.Equal(await ResultText.OfAsync(await ResultGrid.LoadAsync(fitted.Directory)), await ResultText.OfAsync(fitted));
    }

    [Fact]
    public async Task FitAsync_never_writes_into_an_existing_directory()
    {
        await NewTuner().FitAsync();
        var first = Snapshot("train");

        var second = await NewTuner().FitAsync();

        Assert.Equal(Path.Combine(_storage, "train-2"), second.Directory);
        Assert.Equal(first, Snapshot("train"));
    }

    [Fact]
    public async Task FitAsync_refuses_a_given_name_that_exists_and_names_resume()
    {
        await NewTuner(name: "mine").FitAsync();

        var error = await Assert.ThrowsAsync<SpecificationException>(() => NewTuner(name: "mine").FitAsync());

        Assert.Contains("resume " + Path.Combine(_storage, "mine"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FitAsync_writes_nothing_before_the_experiment_is_valid()
    {
        var tuner = new Tuner(Train(), new SearchSpace<Config>(), new TuneConfig { Samples = 0 }, new RunConfig { StoragePath = _storage });

        await Assert.ThrowsAsync<SpecificationException>(() => tuner.FitAsync());

        Assert.Empty(Directory.EnumerateFileSystemEntries(_storage));
    }

    [Fact]
    public async Task FitAsync_refuses_more_cores_than_there_are()
    {
        var tuner = new Tuner(Train(), new RunConfig { StoragePath = _storage, CpuPerTrial = 10_000 });

        var error = await Assert.ThrowsAsync<SpecificationException>(() => tuner.FitAsync());

        Assert.Contains("10000", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_storage));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_cancelled_run_is_aborted_when_the_applications_grace_has_passed()
    {
        using var source = new CancellationTokenSource();
        await using var services = new ServiceCollection().AddTuner(t => t.Grace = TimeSpan.FromMilliseconds(1)).BuildServiceProvider();
        var endless = Trainable.FromFunction<Config>("endless", (trial, cancel) =>
        {
            trial.Report(new() { ["loss"] = 1 });
            source.Cancel();
            cancel.WaitHandle.WaitOne();
            cancel.ThrowIfCancellationRequested();
        });

        await Assert.ThrowsAsync<OperationCanceledException>(() => new Tuner(services, endless, null, null, new RunConfig { StoragePath = _storage })
            .FitAsync(source.Token));

        Assert.Equal(1, (await ResultGrid.LoadAsync(Path.Combine(_storage, "endless"), TestContext.Current.CancellationToken)).Single().Reports);
    }

    [Fact]
    public async Task RestoreAsync_continues_after_a_cancelled_run_also_in_a_renamed_directory()
    {
        using var source = new CancellationTokenSource();
        var train = Train(epochs: 50, at: epoch =>
        {
            if (epoch == 5)
            {
                source.Cancel();
            }
        });
        await Assert.ThrowsAsync<OperationCanceledException>(() => NewTuner(train, samples: 1).FitAsync(source.Token));
        var renamed = Path.Combine(_storage, "renamed");
        Directory.Move(Path.Combine(_storage, "train"), renamed);

        var results = await Tuner.RestoreAsync(renamed, Train(epochs: 50));

        Assert.True(results.IsFinished);
        Assert.Equal(50, results[0].Reports);
        Assert.Equal(Enumerable.Range(1, 50), JournaledEpochs(renamed, 0));
    }

    [Fact]
    public async Task RestoreAsync_adds_samples_and_keeps_finished_trials()
    {
        await NewTuner(samples: 2).FitAsync();
        var runs = 0;

        var results = await Tuner.RestoreAsync(Path.Combine(_storage, "train"), Train(at: _ => Interlocked.Increment(ref runs)),
            new RestoreOptions { AddSamples = 3 });

        Assert.Equal(5, results.Count);
        Assert.Equal(9, runs);
    }

    [Fact]
    public async Task RestoreAsync_refuses_another_trainable_than_the_experiment_trains()
    {
        var finished = await NewTuner().FitAsync();
        var other = Trainable.FromFunction<Config>("other", c => c.Lr, "loss", Mode.Min);

        var error = await Assert.ThrowsAsync<SpecificationException>(() => Tuner.RestoreAsync(finished.Directory, other));

        Assert.Equal("The experiment 'train' trains 'train'; it was handed 'other'. Hand it 'train' again.", error.Message);
    }

    [Fact]
    public async Task RestoreAsync_of_a_finished_experiment_changes_nothing()
    {
        await NewTuner().FitAsync();
        var journal = await File.ReadAllBytesAsync(Path.Combine(_storage, "train", "journal.jsonl"));

        var results = await Tuner.RestoreAsync(Path.Combine(_storage, "train"), Train(at: _ => throw new InvalidOperationException()));

        Assert.True(results.IsFinished);
        Assert.Equal(journal, await File.ReadAllBytesAsync(Path.Combine(_storage, "train", "journal.jsonl")));
    }

    [Fact]
    public async Task VerifyAsync_agrees_with_what_was_decided_and_finds_what_was_not()
    {
        await NewTuner(samples: 4).FitAsync();

        var report = await Tuner.VerifyAsync(Path.Combine(_storage, "train"), Train());

        Assert.True(report.Agrees, string.Join('\n', report.Differences));
        Assert.True(report.Lines > 12);
    }

    [Fact]
    public async Task Host_that_stops_lets_trials_write_their_checkpoints()
    {
        using var reached = new SemaphoreSlim(0);
        using var host = new HostBuilder()
            .ConfigureServices(services => services.AddTuner(t => t.AddCallback<Counter>()).AddSingleton(new Count()))
            .Build();
        await host.StartAsync();
        var tuner = new Tuner(host.Services, Train(epochs: int.MaxValue, at: epoch => reached.Release()), new SearchSpace<Config>(), new TuneConfig(),
            new RunConfig { StoragePath = _storage });
        var running = tuner.FitAsync();
        await Task.WhenAny(running, reached.WaitAsync());

        await host.StopAsync();

        var results = await running;
        Assert.False(results.IsFinished);
        Assert.NotNull(results[0].Checkpoint);
        Assert.True(host.Services.GetRequiredService<Count>().Results > 0);
    }

    [Fact]
    public async Task Class_trainable_is_built_with_its_services_and_goes_on_from_its_checkpoint()
    {
        using var host = new HostBuilder()
            .ConfigureServices(services => services.AddTuner(t => t.AddTrainable<Stepper>("my")).AddSingleton(new Count { Limit = 4 }))
            .Build();
        var trainable = host.Services.GetRequiredService<ComponentCatalog>().FindTrainable("my")!;
        Assert.True(trainable.Checkpoints);
        var run = new RunConfig { StoragePath = _storage, Checkpoint = new() { CheckpointFrequency = 1 }, Failure = new() { MaxFailures = 1 } };

        var results = await new Tuner(host.Services, trainable, null, null, run).FitAsync();

        Assert.Equal(4, results[0].Reports);
        Assert.Equal([1, 2, 3, 4], JournaledEpochs(results.Directory, 0));
        Assert.Equal(2, host.Services.GetRequiredService<Count>().Cleaned);
    }

    private Tuner NewTuner(Tuning.Training.TrainableDefinition? train = null, int samples = 1, string? name = null) => new(
        train ?? Train(),
        new SearchSpace<Config>().Add(c => c.Lr, Domain.LogUniform(1e-5, 1e-2)).Add(c => c.Layers, Domain.RandInt(1, 5)),
        new TuneConfig { Metric = "loss", Mode = Mode.Min, Samples = samples, Seed = 7 },
        new RunConfig { StoragePath = _storage, Name = name });

    private static Tuning.Training.TrainableDefinition Train(int epochs = 3, Action<int>? at = null) =>
        Trainable.FromFunction<Config>("train", async (trial, cancel) =>
    {
        for (var epoch = trial.Checkpoint?.ReadJson<int>("epoch.json") ?? 1; epoch <= epochs; epoch++)
        {
            at?.Invoke(epoch);
            await Task.Yield();
            await trial.ReportAsync(new() { ["loss"] = trial.Config.Lr / epoch, ["epoch"] = epoch }, dir => dir.WriteJson("epoch.json", epoch + 1));
        }
    }, checkpoints: true);

    private static IEnumerable<int> JournaledEpochs(string directory, int trial)
    {
        using var reader = new JournalReader(directory);
        while (reader.Read() is { } entry)
        {
            if (entry.Event is ExperimentEvent.Reported { Report: var report } && report.Trial.Number == trial)
            {
                yield return (int)report.Metrics.Number("epoch")!.Value;
            }
        }
    }

    private Dictionary<string, string> Snapshot(string name) =>
        Directory.EnumerateFiles(Path.Combine(_storage, name), "*", SearchOption.AllDirectories)
            .ToDictionary(f => f, f => Convert.ToHexString(File.ReadAllBytes(f)));

    internal sealed class Count
    {
        public int Results;
        public int Cleaned;

        public int Limit { get; init; }
    }

    internal sealed class Counter(Count count) : TunerCallback
    {
        public override void OnTrialResult(TrialView trial, TrialReport report, string? stopReason) => Interlocked.Increment(ref count.Results);
    }

    internal sealed class Stepper(Count count) : Trainable<Config>
    {
        private int _epoch;
        private bool _restored;

        protected override Metrics Step()
        {
            if (_epoch == 2 && !_restored)
            {
                throw new InvalidOperationException("fails once");
            }

            return new() { ["epoch"] = ++_epoch, ["done"] = _epoch == count.Limit };
        }

        protected override void Save(CheckpointDirectory directory) => directory.WriteJson("s.json", _epoch);

        protected override void Load(CheckpointDirectory directory) => (_epoch, _restored) = (directory.ReadJson<int>("s.json"), true);

        protected override void Cleanup() => Interlocked.Increment(ref count.Cleaned);
    }

    /// <summary>A search algorithm that waits for a result after its first suggestion, and never has enough of them.</summary>
    private sealed record WaitingOptions : SearcherOptions
    {
        public override ISearcher Create(SearcherContext context) => new ScriptedSearcher
        {
            IsImmediate = false,
            Answer = (_, number, _) => number == 0 ? new Suggestion.Configure(ParameterSet.Empty.With("x", 0.5), "the first") : new Suggestion.Wait(),
        };
    }
}
