using Tuning.Testing;

namespace Tuning.Tests.Hosting;

/// <summary>An experiment that is started and watched while it runs.</summary>
public sealed class TunerRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_has_name_directory_and_results()
    {
        await using var run = await NewTuner(epochs: 3).StartAsync(Cancellation);

        Assert.Equal(("mine", Path.Combine(_folder.Path, "mine")), (run.Name, run.Directory));
        var results = await run.Completion;
        Assert.True(results.IsFinished);
        Assert.Equal(2, results.Count);
    }

    [Fact]
    public async Task Every_reader_of_events_gets_all_of_them_in_the_order_of_the_record()
    {
        await using var run = await NewTuner(epochs: 3).StartAsync(Cancellation);

        var first = ReadAsync(run);
        var second = ReadAsync(run);
        await run.Completion;
        var late = await ReadAsync(run);

        Assert.Equal(late, await first);
        Assert.Equal(late, await second);
        Assert.Equal([1, 2, 3], late.OfType<RunEvent.TrialReported>().Where(r => r.Report.Trial.Number == 1).Select(r => r.Report.Number));
        Assert.Equal(2, late.OfType<RunEvent.TrialCreated>().Count());
        Assert.Equal(2, late.OfType<RunEvent.TrialStarted>().Count());
        Assert.Equal(2, late.OfType<RunEvent.TrialEnded>().Count(e => e.Status == TrialStatus.Terminated));
        Assert.Equal(2, late.OfType<RunEvent.Decided>().Count(e => e.Decision.Kind == DecisionKind.Suggest));
        Assert.Equal(2, late.OfType<RunEvent.CheckpointSaved>().Count());
        Assert.True(Assert.IsType<RunEvent.Ended>(late[^1]).Finished);
    }

    [Fact]
    public async Task Events_come_while_trials_run()
    {
        using var go = new SemaphoreSlim(0);
        await using var run = await NewTuner(epochs: 2, at: epoch => _ = epoch == 2 && go.Wait(Timeout.Infinite)).StartAsync(Cancellation);

        await foreach (var happened in run.Events)
        {
            if (happened is RunEvent.TrialReported { Report.Number: 1 })
            {
                Assert.False(run.Completion.IsCompleted);
                go.Release();
            }
        }

        Assert.True((await run.Completion).IsFinished);
    }

    [Fact]
    public async Task Reader_may_leave_and_be_cancelled()
    {
        using var go = new ManualResetEventSlim();
        await using var run = await NewTuner(epochs: 1, at: _ => go.Wait(Cancellation)).StartAsync(Cancellation);
        using var cancel = new CancellationTokenSource();
        await foreach (var _ in run.Events)
        {
            break;
        }

        var reading = ReadAsync(run, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        go.Set();
        Assert.True((await run.Completion).IsFinished);
    }

    [Fact]
    public async Task Disposing_stops_gracefully_and_waits()
    {
        using var reported = new SemaphoreSlim(0);
        var run = await NewTuner(epochs: int.MaxValue, at: epoch => reported.Release()).StartAsync(Cancellation);
        await reported.WaitAsync(Cancellation);

        await run.DisposeAsync();
        await run.DisposeAsync();

        var results = await run.Completion;
        Assert.False(results.IsFinished);
        Assert.NotNull(results[0].Checkpoint);
        Assert.Contains("disposed", results.EndReason, StringComparison.Ordinal);
        Assert.Contains(await ReadAsync(run), e => e is RunEvent.Ended { Finished: false });
    }

    [Fact]
    public async Task RequestStop_leaves_an_experiment_that_the_next_start_continues()
    {
        TunerRun? run = null;
        using var started = new ManualResetEventSlim();
        run = await NewTuner(epochs: 6, resume: Resume.IfExists, at: epoch =>
        {
            started.Wait(Cancellation);
            if (epoch == 3)
            {
                run!.RequestStop("enough for today");
            }
        }).StartAsync(Cancellation);
        started.Set();
        Assert.False((await run.Completion).IsFinished);

        await using var next = await NewTuner(epochs: 6, resume: Resume.IfExists).StartAsync(Cancellation);

        var results = await next.Completion;
        Assert.Equal(run.Directory, next.Directory);
        Assert.True(results.IsFinished);
        Assert.All(results, trial => Assert.Equal(6, trial.Reports));
        Assert.DoesNotContain(await ReadAsync(next), e => e is RunEvent.TrialReported { Report: { Trial.Number: 0, Number: < 3 } });
    }

    [Fact]
    public async Task Cancelled_start_is_a_cancelled_completion()
    {
        using var source = new CancellationTokenSource();
        await using var run = await NewTuner(epochs: 6, at: epoch => _ = epoch == 3 ? source.CancelAsync() : null).StartAsync(source.Token);

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.Completion);

        Assert.Contains("RestoreAsync", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finished_experiment_is_returned_and_nothing_of_it_changes()
    {
        await NewTuner(epochs: 3).FitAsync(Cancellation);
        var journal = await File.ReadAllBytesAsync(Path.Combine(_folder.Path, "mine", "journal.jsonl"), Cancellation);

        var results = await NewTuner(epochs: 3, resume: Resume.IfExists, at: _ => throw new InvalidOperationException("it runs again")).FitAsync(Cancellation);

        Assert.True(results.IsFinished);
        Assert.All(results, trial => Assert.Equal(3, trial.Reports));
        Assert.Equal(journal, await File.ReadAllBytesAsync(Path.Combine(_folder.Path, "mine", "journal.jsonl"), Cancellation));
    }

    [Fact]
    public async Task Experiment_in_use_is_refused()
    {
        using var go = new ManualResetEventSlim();
        await using var run = await NewTuner(epochs: 1, at: _ => go.Wait(Cancellation)).StartAsync(Cancellation);

        var error = await Assert.ThrowsAsync<Tuning.Running.JournalException>(() => NewTuner(epochs: 1, resume: Resume.IfExists).StartAsync(Cancellation));

        go.Set();
        Assert.Contains("in use", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task IfExists_needs_a_name()
    {
        var tuner = new Tuner(Train(1), new RunConfig { StoragePath = _folder.Path, Resume = Resume.IfExists });

        Assert.Contains("Name", (await Assert.ThrowsAsync<SpecificationException>(() => tuner.StartAsync(Cancellation))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CanRestore_is_true_of_directories_that_an_experiment_can_be_continued_in()
    {
        await NewTuner(epochs: 1).FitAsync(Cancellation);
        var torn = Directory.CreateDirectory(Path.Combine(_folder.Path, "torn")).FullName;
        await File.WriteAllTextAsync(Path.Combine(torn, "journal.jsonl"), "{\"e\":", Cancellation);
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "latest"), Path.Combine(_folder.Path, "mine"));

        Assert.True(Tuner.CanRestore(Path.Combine(_folder.Path, "mine")));
        Assert.True(Tuner.CanRestore(Path.Combine(_folder.Path, "latest")));
        Assert.False(Tuner.CanRestore(_folder.Path));
        Assert.False(Tuner.CanRestore(torn));
        Assert.False(Tuner.CanRestore(Path.Combine(_folder.Path, "nowhere")));
    }

    private static async Task<List<RunEvent>> ReadAsync(TunerRun run, CancellationToken cancel = default)
    {
        List<RunEvent> events = [];
        await foreach (var happened in run.Events.WithCancellation(cancel))
        {
            // Reports hold metrics, which are compared by reference.
            events.Add(happened is RunEvent.TrialReported { Report: var report } ? new RunEvent.TrialReported(report with { Metrics = _none }) : happened);
        }

        return events;
    }

    private static readonly Metrics _none = new();

    private Tuner NewTuner(int epochs, Resume resume = Resume.Never, Action<int>? at = null) => new(
        Train(epochs, at),
        new SearchSpace().Add("x", Domain.Uniform(0, 1)),
        new TuneConfig { Metric = "loss", Mode = Mode.Min, Samples = 2, MaxConcurrentTrials = 1, Seed = 7 },
        new RunConfig { StoragePath = _folder.Path, Name = "mine", Resume = resume });

    private static Tuning.Training.TrainableDefinition Train(int epochs, Action<int>? at = null) =>
        Trainable.FromFunction<ParameterSet>("train", async (trial, cancel) =>
    {
        for (var epoch = trial.Checkpoint?.ReadJson<int>("epoch.json") ?? 1; epoch <= epochs; epoch++)
        {
            at?.Invoke(epoch);
            await trial.ReportAsync(new() { ["loss"] = 1.0 / epoch }, dir => dir.WriteJson("epoch.json", epoch + 1));
        }
    }, checkpoints: true);
}
