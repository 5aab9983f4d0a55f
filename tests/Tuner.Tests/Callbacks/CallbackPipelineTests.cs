using Tuning.Testing;
using Tuning.Trials;

namespace Tuning.Tests.Callbacks;

public sealed class CallbackPipelineTests
{
    [Fact]
    public void Slow_callback_slows_the_trials_and_loses_nothing()
    {
        var slow = new Recorder { EachTakes = TimeSpan.FromMilliseconds(1) };
        using var harness = NewHarness(slow);

        Assert.True(harness.Run().Finished);

        for (var trial = 0; trial < 4; trial++)
        {
            Assert.Equal(Enumerable.Range(1, 30), slow.Results.Where(r => r.Trial.Number == trial).Select(r => r.Number));
        }

        Assert.Equal("setup", slow.Calls[0]);
        Assert.Equal("end True", slow.Calls[^1]);
        Assert.Equal(4, slow.Calls.Count(c => c == "start"));
        Assert.Equal(4, slow.Calls.Count(c => c == "complete"));
    }

    [Fact]
    public void Callback_that_throws_is_isolated_and_the_others_see_everything()
    {
        var faulty = new Recorder { ThrowsAt = 3 };
        var healthy = new Recorder();
        using var harness = NewHarness(faulty, healthy);

        var result = harness.Run();

        Assert.True(result is { Finished: true, Error: null }, result.ToString());
        Assert.Equal(3, faulty.Results.Count);
        Assert.Equal(120, healthy.Results.Count);
    }

    [Fact]
    public void Required_callback_that_throws_stops_the_experiment_with_its_name()
    {
        using var harness = NewHarness(new Recorder { ThrowsAt = 3, Required = true });

        var result = harness.Run();

        Assert.False(result.Finished);
        Assert.Contains("'recorder' failed: full", result.Error!.Message, StringComparison.Ordinal);
    }

    private static LoopHarness NewHarness(params TunerCallback[] callbacks) => new()
    {
        Trainable = Trainable.FromFunction<ParameterSet>("t", async (trial, cancel) =>
        {
            for (var i = 0; i < 30; i++)
            {
                await trial.ReportAsync(new() { ["loss"] = i });
            }
        }),
        Callbacks = () => [.. callbacks],
        CallbackCapacity = 4,
        Plan = new() { NumSamples = 4, Slots = 2 },
    };

    private sealed class Recorder : TunerCallback
    {
        public List<TrialReport> Results { get; } = [];

        public List<string> Calls { get; } = [];

        public TimeSpan EachTakes { get; init; }

        public int ThrowsAt { get; init; } = int.MaxValue;

        public bool Required { get; init; }

        public override string Name => "recorder";

        public override bool IsRequired => Required;

        public override void Setup(ExperimentInfo experiment) => Calls.Add("setup");

        public override void OnTrialStart(TrialView trial) => Calls.Add("start");

        public override void OnTrialResult(TrialView trial, TrialReport report, string? stopReason)
        {
            Results.Add(report);
            if (Results.Count >= ThrowsAt)
            {
                throw new IOException("full");
            }

            Thread.Sleep(EachTakes);
        }

        public override void OnTrialComplete(TrialView trial) => Calls.Add("complete");

        public override void OnExperimentEnd(bool finished, string reason) => Calls.Add($"end {finished}");
    }
}
