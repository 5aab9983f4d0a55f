using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tuning.Control;
using Tuning.Search;
using Tuning.Testing;
using Tuning.Training;

namespace Tuning.Tests.Running;

public sealed class ExperimentLoopTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Run_takes_every_trial_to_its_end(bool inline)
    {
        using var harness = new LoopHarness { Trainable = Epochs(3), IsInline = inline };

        var result = harness.Run();

        Assert.True(result is { Finished: true, Error: null }, result.ToString());
        for (var trial = 0; trial < 3; trial++)
        {
            Assert.Equal(TrialStatus.Terminated, harness.View(trial).Status);
            Assert.Equal([1, 2, 3], harness.Reports(trial).Select(r => r.Number));
            Assert.Equal([trial + 1.0, trial + 0.5, trial + (1 / 3.0)], harness.Reports(trial).Select(r => r.Metrics.Number("loss")));
        }
    }

    [Fact]
    public void Journal_of_the_same_experiment_is_the_same_to_the_byte()
    {
        byte[] Journal()
        {
            using var harness = new LoopHarness { Trainable = Epochs(4), IsInline = true, Time = new ManualTimeProvider() };
            harness.Plan = harness.Plan with { NumSamples = 20, Slots = 4, Checkpoints = new() { CheckpointFrequency = 2, NumToKeep = 1 }, TrainableCheckpoints = true };
            Assert.True(harness.Run().Finished);
            return File.ReadAllBytes(Path.Combine(harness.Directory, "journal.jsonl"));
        }

        Assert.Equal(Journal(), Journal());
    }

    [Fact]
    public void Run_never_exceeds_the_slots()
    {
        var running = 0;
        var most = 0;
        using var harness = new LoopHarness
        {
            Trainable = Trainable.FromFunction<ParameterSet>("t", async (trial, cancel) =>
            {
                var now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                await Task.Yield();
                await trial.ReportAsync(new() { ["loss"] = 1 });
                Interlocked.Decrement(ref running);
            }),
        };
        harness.Plan = harness.Plan with { NumSamples = 50, Slots = 3 };

        Assert.True(harness.Run().Finished);

        Assert.InRange(most, 1, 3);
    }

    [Fact]
    public void Searcher_that_is_not_immediate_is_asked_beside_the_loop()
    {
        using var harness = new LoopHarness
        {
            Trainable = Epochs(1),
            Searcher = () => new ScriptedSearcher
            {
                IsImmediate = false,
                Answer = (history, number, random) => new Suggestion.Configure(ParameterSet.Empty.With("x", number).With("seen", history.Observations.Count), "x"),
            },
        };

        Assert.True(harness.Run().Finished);

        Assert.Equal(3, harness.Commands<ExperimentCommand.CreateTrial>().Count);
    }

    [Fact]
    public void Searcher_that_throws_ends_the_experiment_with_its_name()
    {
        foreach (var immediate in new[] { true, false })
        {
            using var harness = new LoopHarness
            {
                Trainable = Epochs(1),
                Searcher = () => new ScriptedSearcher { IsImmediate = immediate, Answer = (_, number, _) => number < 2 ? new Suggestion.Configure(ParameterSet.Empty.With("x", number), "x") : throw new InvalidOperationException("no idea") },
            };

            var result = harness.Run();

            Assert.False(result.Finished);
            Assert.Contains("'scripted' failed: no idea", result.Error!.Message, StringComparison.Ordinal);
            Assert.NotEmpty(harness.Journal());
        }
    }

    [Fact]
    public void Experiment_that_could_not_go_on_finishes_as_failed_and_goes_on_when_it_is_resumed()
    {
        var waits = true;
        LoopHarness Harness(string? directory) => new()
        {
            Trainable = Epochs(1),
            Searcher = () => new ScriptedSearcher { Answer = (_, number, _) => number > 0 && waits ? new Suggestion.Wait() : new Suggestion.Configure(ParameterSet.Empty.With("x", number), "x") },
            Directory = directory ?? Directory.CreateTempSubdirectory("loop").FullName,
        };
        using var first = Harness(null);

        var failed = first.Run();

        Assert.True(failed is { Finished: true, Failed: true, Error: null }, failed.ToString());
        Assert.Contains("'scripted' waits for results", failed.Reason, StringComparison.Ordinal);
        Assert.True(Assert.Single(first.Commands<ExperimentCommand.FinishExperiment>()).IsError);

        waits = false;
        using var second = Harness(first.Directory);
        var result = second.Resume();

        Assert.True(result is { Finished: true, Failed: false, Error: null }, result.ToString());
        Assert.Equal([1, 1, 1], Enumerable.Range(0, 3).Select(t => second.Reports(t).Count));
    }

    [Fact]
    public void Failed_trial_leaves_its_error_and_the_others_go_on()
    {
        using var harness = new LoopHarness
        {
            Trainable = Trainable.FromFunction<ParameterSet>("t", async (trial, cancel) =>
            {
                await trial.ReportAsync(new() { ["loss"] = 1 });
                if (trial.Id.Number == 1)
                {
                    throw new InvalidOperationException("bad\nluck");
                }
            }),
        };

        Assert.True(harness.Run().Finished);

        Assert.Equal(TrialStatus.Failed, harness.View(1).Status);
        Assert.Equal(TrialStatus.Terminated, harness.View(2).Status);
        Assert.Contains("bad luck", harness.View(1).Reason, StringComparison.Ordinal);
        Assert.Contains(nameof(Failed_trial_leaves_its_error_and_the_others_go_on), File.ReadAllText(Path.Combine(harness.Directory, "trial_00001", "error.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public void Error_of_configuration_is_not_tried_again()
    {
        using var harness = new LoopHarness { Trainable = Trainable.FromFunction<ParameterSet>("t", Task (trial, cancel) => throw new TrialConfigurationException("no such path")) };
        harness.Plan = harness.Plan with { NumSamples = 1, Failures = new() { MaxFailures = 5 } };

        Assert.True(harness.Run().Finished);

        Assert.Equal(1, harness.View(0).Failures);
        Assert.Equal(TrialStatus.Failed, harness.View(0).Status);
    }

    [Fact]
    public void Failed_trial_is_tried_again_from_its_last_checkpoint()
    {
        var failures = 0;
        using var harness = new LoopHarness
        {
            Trainable = Checkpointing(6, trial =>
            {
                if (trial == 4 && Interlocked.Increment(ref failures) <= 2)
                {
                    throw new InvalidOperationException($"failure {failures}");
                }
            }),
        };
        harness.Plan = harness.Plan with { NumSamples = 1, Failures = new() { MaxFailures = 3 }, TrainableCheckpoints = true, Checkpoints = new() { CheckpointFrequency = 2 } };

        Assert.True(harness.Run().Finished);

        Assert.Equal(2, harness.View(0).Failures);
        Assert.Equal([1, 2, 3, 4, 5, 6], harness.Reports(0).Select(r => r.Metrics.Number("epoch")!.Value));
        var errors = File.ReadAllText(Path.Combine(harness.Directory, "trial_00000", "error.txt"));
        Assert.Contains("failure 1", errors, StringComparison.Ordinal);
        Assert.Contains("failure 2", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Stop_is_graceful_and_the_experiment_goes_on_where_it_was()
    {
        Tuning.Running.ExperimentLoop? loop = null;
        using var harness = new LoopHarness
        {
            Trainable = Checkpointing(10, epoch =>
            {
                if (epoch == 3)
                {
                    loop!.RequestStop("asked to");
                }
            }),
            Started = l => loop = l,
        };
        harness.Plan = harness.Plan with { NumSamples = 2, TrainableCheckpoints = true };

        var first = harness.Run();

        Assert.False(first.Finished);
        Assert.Null(first.Error);
        Assert.All(new[] { 0, 1 }, trial => Assert.Equal(TrialStatus.Pending, harness.View(trial).Status));
        Assert.Contains(harness.Commands<ExperimentCommand.Answer>(), a => a is { Verdict: Verdict.Interrupt, Save: true });

        var second = new LoopHarness { Trainable = Checkpointing(10), Directory = harness.Directory, Plan = harness.Plan };
        Assert.True(second.Resume().Finished);
        for (var trial = 0; trial < 2; trial++)
        {
            Assert.Equal(Enumerable.Range(1, 10).Select(i => (double)i), second.Reports(trial).Select(r => r.Metrics.Number("epoch")!.Value));
        }
    }

    [Fact]
    public void Abort_leaves_at_once_with_a_journal_that_can_be_resumed()
    {
        Tuning.Running.ExperimentLoop? loop = null;
        using var reached = new ManualResetEventSlim();
        using var harness = new LoopHarness
        {
            Trainable = Trainable.FromFunction<ParameterSet>("t", async (trial, cancel) =>
            {
                await trial.ReportAsync(new() { ["loss"] = 1 });
                loop!.Abort();
                cancel.WaitHandle.WaitOne();
                cancel.ThrowIfCancellationRequested();
            }),
            Started = l => loop = l,
        };
        harness.Plan = harness.Plan with { NumSamples = 1 };

        var result = harness.Run();

        Assert.True(result is { Aborted: true, Finished: false, Error: null }, result.ToString());
        Assert.Single(harness.Reports(0));
    }

    [Fact]
    public void Journal_that_is_cut_after_any_line_goes_on_although_retention_deleted_checkpoints_that_it_needs()
    {
        using var whole = Kept(NullLogger.Instance);
        Assert.True(whole.Run().Finished);
        var lines = File.ReadAllLines(Path.Combine(whole.Directory, "journal.jsonl")).Length;
        var begunEarlier = 0;
        for (var line = 2; line < lines; line++)
        {
            var logger = new RecordingLogger();
            using var cut = Kept(logger);
            Copy(whole.Directory, cut.Directory);

            var result = cut.Resume(upToLine: line);

            Assert.True(result is { Finished: true, Error: null }, $"after line {line}: {result}");
            for (var trial = 0; trial < 2; trial++)
            {
                Assert.Equal(TrialStatus.Terminated, cut.View(trial).Status);
                Assert.Equal([1, 2, 3, 4, 5, 6], cut.Reports(trial).Select(r => r.Metrics.Number("epoch")!.Value));

                // Nothing is lost: the journal before the cut and the checkpoints that it knew are kept, also by the next resume.
                Assert.True(Directory.EnumerateDirectories(Path.Combine(cut.Directory, $"trial_0000{trial}"), "checkpoint_00000?*").Any());
            }

            begunEarlier += logger.Lines.Count(l => l.Text.Contains("is not there any more", StringComparison.Ordinal));
            Assert.True(File.Exists(Path.Combine(cut.Directory, "journal.jsonl.before-cut-1")));
            var kept = Directory.EnumerateDirectories(cut.Directory, "*.before-cut-1", SearchOption.AllDirectories).ToList();
            Assert.True(Kept(logger, cut.Directory).Resume(new ExperimentExtension { AddSamples = 1 }).Finished);
            Assert.All(kept, k => Assert.True(Directory.Exists(k)));
        }

        Assert.True(begunEarlier > 0);
    }

    private static LoopHarness Kept(ILogger logger, string? directory = null)
    {
        var harness = new LoopHarness { Trainable = Checkpointing(6), IsInline = true, Time = new ManualTimeProvider(), Logger = logger };
        harness.Directory = directory ?? harness.Directory;
        harness.Plan = harness.Plan with { NumSamples = 2, TrainableCheckpoints = true, Checkpoints = new() { CheckpointFrequency = 2, NumToKeep = 1 } };
        return harness;
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static TrainableDefinition Epochs(int epochs) => Trainable.FromFunction<ParameterSet>("epochs", async (trial, cancel) =>
    {
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            await trial.ReportAsync(
                new() { ["loss"] = trial.Config.Get<double>("x") + (1.0 / epoch), ["name"] = "n", ["ok"] = true, ["epoch"] = epoch },
                dir => dir.WriteJson("state.json", epoch));
        }
    }, checkpoints: true);

    internal static TrainableDefinition Checkpointing(int epochs, Action<int>? at = null) => Trainable.FromFunction<ParameterSet>("checkpointing", async (trial, cancel) =>
    {
        for (var epoch = trial.Checkpoint?.ReadJson<int>("epoch.json") ?? 1; epoch <= epochs; epoch++)
        {
            at?.Invoke(epoch);
            await trial.ReportAsync(new() { ["loss"] = 1.0 / epoch, ["epoch"] = epoch }, dir => dir.WriteJson("epoch.json", epoch + 1));
        }
    }, checkpoints: true);

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }
}
