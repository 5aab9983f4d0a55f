using Tuning.Control;
using Tuning.Stopping;
using Tuning.Testing;

namespace Tuning.Tests.Running;

/// <summary>What a resumed experiment hands to loggers whose files lag behind the journal.</summary>
public sealed class LoggerRecoveryTests
{
    [Fact]
    public void Logger_gets_the_reports_that_it_misses_in_the_order_of_the_journal_before_anything_new()
    {
        using var first = NewHarness();
        Assert.True(first.Run().Finished);
        var logger = new RecordingLoggerCallback { Holds = trial => trial.Id.Number == 0 ? 1 : trial.Reports };

        using var second = NewHarness(first.Directory, logger);
        Assert.True(second.Resume(new ExperimentExtension { AddSamples = 1 }).Finished);

        Assert.Equal(
            [
                "recover 0", "recover 1",
                "result 0 #2", "result 0 #3: training_iteration reached 3",
                "start 2", "result 2 #1", "result 2 #2", "result 2 #3: training_iteration reached 3", "complete 2",
            ],
            logger.Calls.Select(c => c.Contains(": ", StringComparison.Ordinal)
                ? c[..c.IndexOf(": ", StringComparison.Ordinal)] + ": training_iteration reached 3" : c));
    }

    [Fact]
    public void Logger_that_missed_everything_gets_everything_even_if_nothing_is_left_to_run()
    {
        using var first = NewHarness();
        Assert.True(first.Run().Finished);
        var logger = new RecordingLoggerCallback { Holds = _ => 0 };

        using var second = NewHarness(first.Directory, logger);
        Assert.True(second.Resume().Finished);

        Assert.Equal(2, logger.Calls.Count(c => c.StartsWith("recover", StringComparison.Ordinal)));
        foreach (var trial in new[] { 0, 1 })
        {
            Assert.Equal([1, 2, 3], logger.Calls.Where(c => c.StartsWith($"result {trial} ", StringComparison.Ordinal)).Select(c => c.Split('#')[1][0] - '0'));
        }
    }

    [Fact]
    public void Logger_that_cannot_mend_the_files_of_a_trial_is_isolated_from_it_and_the_others_are_brought_up_to_date()
    {
        using var first = NewHarness();
        Assert.True(first.Run().Finished);
        var broken = new RecordingLoggerCallback { Holds = _ => throw new IOException("the disk is gone") };
        var healthy = new RecordingLoggerCallback { Holds = _ => 2 };

        using var second = NewHarness(first.Directory, broken, healthy);
        Assert.True(second.Resume().Finished);

        Assert.Equal(["recover 0", "recover 1"], broken.Calls);
        Assert.Equal(2, healthy.Calls.Count(c => c.StartsWith("result", StringComparison.Ordinal) && c.Contains("#3", StringComparison.Ordinal)));
    }

    private static LoopHarness NewHarness(string? directory = null, params TunerCallback[] callbacks)
    {
        var harness = new LoopHarness
        {
            Trainable = ExperimentLoopTests.Checkpointing(100),
            Callbacks = () => [.. callbacks],
            Stoppers = () => [new MaximumIterationStopper(3)],
            IsInline = true,
            Time = new ManualTimeProvider(),
        };
        harness.Plan = harness.Plan with { NumSamples = 2, TrainableCheckpoints = true };
        if (directory is not null)
        {
            harness.Directory = directory;
        }

        return harness;
    }
}
