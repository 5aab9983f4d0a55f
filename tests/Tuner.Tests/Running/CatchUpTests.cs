using Microsoft.Extensions.Logging;
using Tuning.Testing;

namespace Tuning.Tests.Running;

/// <summary>A trial that starts again from a checkpoint repeats what the journal holds already.</summary>
public sealed class CatchUpTests
{
    [Fact]
    public void Repetition_that_reports_something_else_warns_once_per_trial_and_the_record_stands()
    {
        var logger = new RecordingLogger();
        using var harness = NewHarness(logger, (trial, epoch, restarted) => restarted ? epoch + 0.5 : epoch);

        Assert.True(harness.Run().Finished);

        var warnings = logger.Lines.Where(l => l.Level == LogLevel.Warning && l.Text.Contains("repeats report", StringComparison.Ordinal)).ToList();
        Assert.Equal(["Trial 00000 repeats report 3", "Trial 00001 repeats report 3"], warnings.Select(w => w.Text[..28]).Order(StringComparer.Ordinal));
        for (var trial = 0; trial < 2; trial++)
        {
            Assert.Equal([1, 2, 3, 4, 5, 6.5, 7.5, 8.5], harness.Reports(trial).Select(r => r.Metrics.Number("value")!.Value));
        }
    }

    [Fact]
    public void Exact_repetition_is_silent_and_reaches_nobody()
    {
        var logger = new RecordingLogger();
        var callback = new RecordingLoggerCallback();
        using var harness = NewHarness(logger, (trial, epoch, restarted) => epoch, callback);

        Assert.True(harness.Run().Finished);

        Assert.DoesNotContain(logger.Lines, l => l.Level == LogLevel.Warning && l.Text.Contains("repeats", StringComparison.Ordinal));
        Assert.Equal(Enumerable.Range(1, 8), callback.Calls.Where(c => c.StartsWith("result 0", StringComparison.Ordinal)).Select(c => c[^1] - '0'));
    }

    [Fact]
    public void Repetition_that_ends_earlier_leaves_the_record_as_it_is()
    {
        var logger = new RecordingLogger();
        using var harness = NewHarness(logger, (trial, epoch, restarted) => restarted && epoch == 4 ? null : epoch);

        Assert.True(harness.Run().Finished);

        Assert.Equal([1, 2, 3, 4, 5], harness.Reports(0).Select(r => r.Metrics.Number("value")!.Value));
        Assert.Equal(TrialStatus.Terminated, harness.View(0).Status);
        Assert.Contains(logger.Lines, l => l.Text.Contains("at report 3 of 5 recorded ones", StringComparison.Ordinal));
    }

    // Eight epochs, a checkpoint after every second one, one failure after the fifth; null ends the function.
    private static LoopHarness NewHarness(ILogger logger, Func<TrialId, int, bool, double?> value, params TunerCallback[] callbacks)
    {
        var failed = new HashSet<TrialId>();
        var harness = new LoopHarness
        {
            Trainable = Trainable.FromFunction<ParameterSet>("t", async (trial, cancel) =>
            {
                for (var epoch = trial.Checkpoint?.ReadJson<int>("epoch.json") ?? 1; epoch <= 8; epoch++)
                {
                    if (epoch == 6 && failed.Add(trial.Id))
                    {
                        throw new InvalidOperationException("once");
                    }

                    if (value(trial.Id, epoch, failed.Contains(trial.Id)) is not { } reported)
                    {
                        return;
                    }

                    await trial.ReportAsync(new() { ["loss"] = 1, ["value"] = reported }, epoch == 2 ? dir => dir.WriteJson("epoch.json", epoch + 1) : null);
                }
            }, checkpoints: true),
            Logger = logger,
            Callbacks = () => [.. callbacks],
            IsInline = true,
            Time = new ManualTimeProvider(),
        };
        harness.Plan = harness.Plan with
        {
            NumSamples = 2,
            TrainableCheckpoints = true,
            Checkpoints = new() { CheckpointFrequency = 2 },
            Failures = new() { MaxFailures = 1 }
        };
        return harness;
    }
}
