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
            harness.Plan = harness.Plan with
            {
                NumSamples = 20,
                Slots = 4,
                Checkpoints = new() { CheckpointFrequency = 2, MaxToKeep = 1 },
                TrainableCheckpoints = true
            };
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
                Answer = (history, number, random) =>
                    new Suggestion.Configure(ParameterSet.Empty.With("x", number).With("seen", history.Observations.Count), "x"),
            },
        };

        Assert.True(harness.Run().Finished);

        Assert.Equal(3, harness.Commands<ExperimentCommand.CreateTrial>().Count);
    }

    [Fact]
    public void Searcher_that_throws_fails_the_trials_of_those_suggestions()
    {
        foreach (var immediate in new[] { true, false })
        {
            using var harness = new LoopHarness
            {
                Trainable = Epochs(1),
                Searcher = () => new ScriptedSearcher
                {
                    IsImmediate = immediate,
                    Answer = (_, number, _) => number < 2
                    ? new Suggestion.Configure(ParameterSet.Empty.With("x", number), "x") : throw new InvalidOperationException("no idea")
                },
            };

            var result = harness.Run();

            Assert.True(result.Finished);
            Assert.Null(result.Error);
            var ends = harness.Commands<ExperimentCommand.EndTrial>();
            Assert.Equal([TrialStatus.Terminated, TrialStatus.Terminated, TrialStatus.Failed], ends.OrderBy(e => e.Trial).Take(3).Select(e => e.Status));
            Assert.All(ends.Where(e => e.Status == TrialStatus.Failed), e => Assert.Equal("The searcher 'scripted' failed: no idea", e.Reason));
        }
    }

    [Fact]
    public void Experiment_that_could_not_go_on_finishes_as_failed_and_goes_on_when_it_is_resumed()
    {
        var waits = true;
        LoopHarness Harness(string? directory) => new()
        {
            Trainable = Epochs(1),
            Searcher = () => new ScriptedSearcher
            {
                Answer = (_, number, _) => number > 0 && waits ? new Suggestion.Wait()
                : new Suggestion.Configure(ParameterSet.Empty.With("x", number), "x")
            },
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
        Assert.Contains(nameof(Failed_trial_leaves_its_error_and_the_others_go_on),
            File.ReadAllText(Path.Combine(harness.Directory, "trial_00001", "error.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public void Error_of_configuration_is_not_tried_again()
    {
        using var harness = new LoopHarness
        {
            Trainable =
            Trainable.FromFunction<ParameterSet>("t", Task (trial, cancel) => throw new TrialConfigurationException("no such path"))
        };
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
        harness.Plan = harness.Plan with
        {
            NumSamples = 1,
            Failures = new() { MaxFailures = 3 },
            TrainableCheckpoints = true,
            Checkpoints = new() { CheckpointFrequency = 2 }
        };

        Assert.True(harness.Run().Finished);

        Assert.Equal(2, harness.View(0).Failures);
        Assert.Equal([1, 2, 3, 4, 5, 6], harness.Reports(0).Select(r => r.Metrics.Number("epoch")!.Value));
        var errors = File.ReadAllText(Path.Combine(harness.Directory, "trial_00000", "error.txt"));
        Assert.Contains("failure 1", errors, StringComparison.Ordinal);
        Assert.Contains("failure 2", errors, StringComparison.Ordinal);
    }

    internal static TrainableDefinition Epochs(int epochs) => Trainable.FromFunction<ParameterSet>("epochs", async (trial, cancel) =>
    {
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            await trial.ReportAsync(
                new() { ["loss"] = trial.Config.Get<double>("x") + (1.0 / epoch), ["name"] = "n", ["ok"] = true, ["epoch"] = epoch },
                dir => dir.WriteJson("state.json", epoch));
        }
    }, checkpoints: true);

    internal static TrainableDefinition Checkpointing(int epochs, Action<int>? at = null) =>
        Trainable.FromFunction<ParameterSet>("checkpointing", async (trial, cancel) =>
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
