using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tuning.Testing;

namespace Tuning.Tests.Hosting;

/// <summary>What <c>AddTuner</c> does in an application, and what it leaves alone.</summary>
public sealed class ApplicationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Options_of_the_host_stay_as_they_are()
    {
        using var host = NewHost(_ => { });
        using var without = new HostBuilder().Build();

        Assert.Equal(without.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout,
            host.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
    }

    [Theory]
    [InlineData(30.0, null, "trials have 25 s")]
    [InlineData(2.0, null, "trials have 1.6 s")]
    [InlineData(30.0, 60.0, "Grace is 60 s and HostOptions.ShutdownTimeout 30 s")]
    [InlineData(30.0, 10.0, null)]
    [InlineData(null, null, null)]
    public async Task Start_warns_of_the_hosts_limit_and_says_how_to_raise_it(double? limit, double? grace, string? warning)
    {
        var logger = new RecordingLogger();
        using var host = NewHost(
            t => t.Grace = grace is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            services => services.Configure<HostOptions>(o => o.ShutdownTimeout = limit is { } seconds ? TimeSpan.FromSeconds(seconds)
                : Timeout.InfiniteTimeSpan),
            logger);

        await host.StartAsync(Cancellation);
        await host.StopAsync(Cancellation);

        var said = logger.Lines.Where(l => l.Level == LogLevel.Warning).Select(l => l.Text).ToList();
        Assert.Equal(warning is null ? 0 : 1, said.Count);
        Assert.All(said, text =>
            Assert.True(text.Contains(warning!, StringComparison.Ordinal) && text.Contains("o.ShutdownTimeout = ", StringComparison.Ordinal), text));
    }

    [Fact(Timeout = 60_000)]
    public async Task Trial_that_never_ends_its_step_is_left_when_the_hosts_limit_is_near_and_the_journal_is_closed()
    {
        var (logger, reported) = (new RecordingLogger(), new TaskCompletionSource());
        using var never = new ManualResetEventSlim();
        using var host = NewHost(_ => { }, services => services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(1)), logger);
        await host.StartAsync(TestContext.Current.CancellationToken);
        var stuck = Trainable.FromFunction<ParameterSet>("stuck", (trial, cancel) =>
        {
            trial.Report(new() { ["loss"] = 1 });
            reported.SetResult();
            never.Wait(CancellationToken.None);
        });
        var run = await new Tuner(host.Services, stuck, null, null, new RunConfig { StoragePath = _folder.Path, Loggers = [] }).StartAsync(Cancellation);
        await reported.Task;

        await host.StopAsync(Cancellation);

        Assert.False((await run.Completion).IsFinished);
        Assert.Contains(logger.Lines, l => l.Text.Contains("To go on with it: resume " + run.Directory, StringComparison.Ordinal));
        Assert.True(Tuner.CanRestore(run.Directory));
        File.Open(Path.Combine(run.Directory, ".lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
        never.Set();
    }

    [Fact]
    public async Task Experiments_of_an_application_share_its_slots()
    {
        var (running, most) = (0, 0);
        var train = Trainable.FromFunction<ParameterSet>("train", async (trial, cancel) =>
        {
            for (var now = Interlocked.Increment(ref running); now > most;)
            {
                most = now;
            }

            await Task.Yield();
            await trial.ReportAsync(new() { ["loss"] = 1 });
            Interlocked.Decrement(ref running);
        });
        await using var services = new ServiceCollection().AddTuner(t => t.MaxConcurrentTrials = 1).BuildServiceProvider();

        var results = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => new Tuner(
            services, train, new SearchSpace().Add("x", Domain.Uniform(0, 1)), new TuneConfig { Samples = 6, MaxConcurrentTrials = 4 },
                new RunConfig { StoragePath = _folder.Path, Name = $"e{i}" }).FitAsync(Cancellation)));

        Assert.All(results, grid => Assert.All(grid, trial => Assert.Equal(TrialStatus.Terminated, trial.Status)));
        Assert.Equal(1, most);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Experiment_inside_a_trial_borrows_its_slot(bool blocks)
    {
        await using var services = new ServiceCollection().AddTuner(t => t.MaxConcurrentTrials = 1).BuildServiceProvider();
        var (running, most) = (0, 0);
        var leaf = Trainable.FromFunction<ParameterSet>("leaf", async (trial, cancel) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            await Task.Yield();
            await trial.ReportAsync(new() { ["loss"] = 1 });
            Interlocked.Decrement(ref running);
        });
        var middle = Nesting("middle", leaf, blocks);
        var outer = Nesting("outer", middle, blocks);

        var results = await new Tuner(services, outer, null, new TuneConfig { Samples = 2 }, new RunConfig { StoragePath = _folder.Path })
            .FitAsync(TestContext.Current.CancellationToken);

        Assert.True(results.IsFinished);
        Assert.All(results, trial => Assert.Equal(TrialStatus.Terminated, trial.Status));
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task Configuration_sets_limits_and_what_an_experiment_does_not_say()
    {
        await using var services = Configured(new()
        {
            ["Tuner:Grace"] = "00:00:07",
            ["Tuner:MaxConcurrentTrials"] = "3",
            ["Tuner:Run:StoragePath"] = _folder.Path,
            ["Tuner:Run:Checkpoint:CheckpointFrequency"] = "1",
            ["Tuner:Run:Failure:MaxFailures"] = "1",
        });
        var failures = 0;
        var train = Trainable.FromFunction<ParameterSet>("train", async (trial, cancel) =>
        {
            await trial.ReportAsync(new() { ["loss"] = 1 }, dir => dir.WriteJson("x.json", 1));
            if (failures++ == 0)
            {
                throw new InvalidOperationException("once");
            }
        }, checkpoints: true);

        var results = await new Tuner(services, train, null, null, null).FitAsync(Cancellation);

        Assert.Equal(Path.Combine(_folder.Path, "train"), results.Directory);
        Assert.Equal(TrialStatus.Terminated, results[0].Status);
        Assert.NotNull(results[0].Checkpoint);
        var running = services.GetRequiredService<Tuning.Experiments.RunningExperiments>();
        Assert.Equal((TimeSpan.FromSeconds(7), true), (running.Grace, running.Slots is not null));
        var own = await new Tuner(services, train, null, null, new RunConfig { StoragePath = Path.Combine(_folder.Path, "own") }).FitAsync(Cancellation);
        Assert.Equal(Path.Combine(_folder.Path, "own", "train"), own.Directory);
    }

    [Theory]
    [InlineData("Tuner:Grce", "00:00:07", "Grce")]
    [InlineData("Tuner:Run:Storage", "x", "Storage")]
    [InlineData("Tuner:MaxConcurrentTrials", "0", "must be at least 1")]
    [InlineData("Tuner:MaxConcurrentTrials", "many", "many")]
    public async Task Configuration_that_means_nothing_is_an_error(string key, string value, string said)
    {
        await using var services = Configured(new() { [key] = value });
        var train = Trainable.FromFunction<ParameterSet>("train", async (trial, cancel) => await trial.ReportAsync(new() { ["loss"] = 1 }));

        var error = await Assert.ThrowsAsync<SpecificationException>(() => new Tuner(services, train, null, null, new RunConfig { StoragePath = _folder.Path })
            .FitAsync(Cancellation));

        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Configured(Dictionary<string, string?> settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
        .AddTuner().BuildServiceProvider();

    private Tuning.Training.TrainableDefinition Nesting(string name, Tuning.Training.TrainableDefinition inner, bool blocks) =>
        Trainable.FromFunction<ParameterSet>(name, async (trial, cancel) =>
    {
        var fit = Task.Run(() => new Tuner(null, inner, null, new TuneConfig { Samples = 2 },
            new RunConfig { StoragePath = Path.Combine(trial.Directory, "inner"), Name = "n" }).FitAsync(cancel), cancel);
        var results = blocks ? fit.GetAwaiter().GetResult() : await fit;
        await trial.ReportAsync(new() { ["loss"] = results.Count(t => t.Status == TrialStatus.Terminated) });
    });

    private static IHost NewHost(Action<Tuning.Hosting.TunerBuilder> configure, Action<IServiceCollection>? more = null, RecordingLogger? logger = null) =>
        new HostBuilder()
        .ConfigureServices(services =>
        {
            services.AddTuner(configure);
            more?.Invoke(services);
            if (logger is not null)
            {
                services.AddSingleton<ILoggerFactory>(new OneLogger(logger));
            }
        })
        .Build();
}
