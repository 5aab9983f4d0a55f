using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tuning.Testing;

namespace Tuning.Tests;

/// <summary>Trials that go on from a checkpoint.</summary>
public sealed class ResumedTrialTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Segment_that_reports_and_never_asked_for_its_checkpoint_is_warned_of_once(bool asks)
    {
        var (logger, times) = (new RecordingLogger(), 0);
        await using var services = new ServiceCollection().AddTuner(_ => { }).AddSingleton<ILoggerFactory>(new OneLogger(logger)).BuildServiceProvider();
        var train = Trainable.FromFunction<ParameterSet>("train", async (trial, _) =>
        {
            for (var i = asks ? trial.Checkpoint?.ReadJson<int>("i.json") ?? 1 : 1; i <= 5; i++)
            {
                if (i == 3 && Interlocked.Increment(ref times) <= 2)
                {
                    throw new InvalidOperationException("once more");
                }

                var next = i + 1;
                await trial.ReportAsync(new() { ["i"] = i }, dir => dir.WriteJson("i.json", next));
            }
        }, checkpoints: true);

        await new Tuner(services, train, new SearchSpace(), new TuneConfig(), new RunConfig
        {
            StoragePath = _folder.Path,
            Failure = new() { MaxFailures = 5 },
            Checkpoint = new() { CheckpointFrequency = 1 },
        }).FitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(asks ? 0 : 1, logger.Lines.Count(l => l.Level == LogLevel.Warning
            && l.Text.Contains("without having looked at it", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Class_whose_trials_train_longer_to_a_stop_that_they_are_beyond_trains_nothing_more()
    {
        using var run = new CommandLine.CommandRun();
        var file = run.Write("count.yaml", """
            count:
              run: counter
              config: {by: 1.0, steps: 10}
              stop: {training_iteration: 4}
              storage_path: ./results
            """);
        Assert.Equal(0, await run.RunAsync("run", file, "-q"));
        var directory = Path.Combine(run.Storage, "count");

        Assert.Equal(0, await run.RunAsync("resume", directory, "-q", "--stop", "training_iteration=2"));

        Assert.Equal(4, Assert.Single(await ResultGrid.LoadAsync(directory, TestContext.Current.CancellationToken)).TrainingIteration);
    }

    [Fact]
    public void Keys_of_a_file_cost_as_much_each_however_many_there_are()
    {
        var (few, many) = (Bytes(2_000), Bytes(16_000));
        Assert.InRange(many, few * 4, few * 12);

        static long Bytes(int keys)
        {
            var text = "a:\n  run: toy\n  config:\n" + string.Concat(Enumerable.Range(0, keys).Select(i => $"    k{i}: {i}\n"));
            var before = GC.GetAllocatedBytesForCurrentThread();
            Specification.ExperimentFile.Parse(text, "a.yaml", new Specification.ComponentCatalog());
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }
}
