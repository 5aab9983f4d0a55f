using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tuning.Control;
using Tuning.Testing;

namespace Tuning.Tests.Running;

/// <summary>Stops, aborts and kills, and what goes on after them.</summary>
public sealed class ExperimentLoopStopTests
{
    [Fact]
    public void Stop_is_graceful_and_the_experiment_goes_on_where_it_was()
    {
        Tuning.Running.ExperimentLoop? loop = null;
        using var harness = new LoopHarness
        {
            Trainable = ExperimentLoopTests.Checkpointing(10, epoch =>
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

        var second = new LoopHarness { Trainable = ExperimentLoopTests.Checkpointing(10), Directory = harness.Directory, Plan = harness.Plan };
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
        var harness = new LoopHarness { Trainable = ExperimentLoopTests.Checkpointing(6), IsInline = true, Time = new ManualTimeProvider(), Logger = logger };
        harness.Directory = directory ?? harness.Directory;
        harness.Plan = harness.Plan with { NumSamples = 2, TrainableCheckpoints = true, Checkpoints = new() { CheckpointFrequency = 2, MaxToKeep = 1 } };
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
}
