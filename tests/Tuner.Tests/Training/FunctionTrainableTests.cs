using System.Runtime.CompilerServices;
using Tuning.Stopping;
using Tuning.Testing;
using Tuning.Training;

namespace Tuning.Tests.Training;

public sealed class FunctionTrainableTests
{
    private readonly List<string> _calls = [];

    [Fact]
    public void Function_that_yields_reports_each_and_is_not_asked_again_after_a_stop()
    {
        using var harness = NewHarness(3);

        Assert.True(harness.Run().Finished);

        Assert.Equal([1, 2, 3], harness.Reports(0).Select(r => r.Metrics.Number("x")!.Value));
        Assert.Equal(["make 1", "make 2", "make 3", "finally"], _calls);
        Assert.Contains("3", harness.View(0).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Function_that_yields_to_its_end_has_completed()
    {
        using var harness = NewHarness(100);

        Assert.True(harness.Run().Finished);

        Assert.Equal(5, harness.Reports(0).Count);
        Assert.Equal(["make 1", "make 2", "make 3", "make 4", "make 5", "finally"], _calls);
    }

    [Fact]
    public void Function_of_the_configuration_reports_once_and_declares_its_objective()
    {
        var trainable = Trainable.FromFunction<ParameterSet>("square", c => c.Get<double>("x") * c.Get<double>("x"), "y", Mode.Min);
        Assert.Equal(new Objective("y", Mode.Min), trainable.DefaultObjective);
        Assert.False(trainable.Checkpoints);
        using var harness = new LoopHarness { Trainable = trainable, IsInline = true, Time = new ManualTimeProvider() };

        Assert.True(harness.Run().Finished);

        Assert.Equal([0, 1, 4], Enumerable.Range(0, 3).Select(t => Assert.Single(harness.Reports(t)).Metrics.Number("y")!.Value));
    }

    [Fact]
    public void Blocking_function_has_a_thread_of_its_own()
    {
        using var harness = new LoopHarness
        {
            Trainable = Trainable.FromFunction<ParameterSet>("t", (trial, cancel) =>
            {
                for (var i = 1; i <= 100; i++)
                {
                    trial.Report(new() { ["x"] = i, ["thread"] = Environment.CurrentManagedThreadId });
                }
            }),
            Stoppers = () => [new MaximumIterationStopper(4)],
        };

        Assert.True(harness.Run().Finished);

        for (var trial = 0; trial < 3; trial++)
        {
            Assert.Equal([1, 2, 3, 4], harness.Reports(trial).Select(r => r.Metrics.Number("x")!.Value));
            Assert.Single(harness.Reports(trial).Select(r => r.Metrics.Number("thread")).Distinct());
        }
    }

    [Fact]
    public void Parameters_are_those_of_the_configuration_class_in_snake_case()
    {
        TrainableDefinition trainable = Trainable.FromFunction<Settings>("t", c => c.LearningRate, "y", Mode.Min);

        Assert.Equal(["learning_rate", "layers"], trainable.ParameterNames);
        Assert.Empty(trainable.Validate(ParameterSet.Empty.With("learning_rate", 0.1)));
        Assert.Equal("learning_rate", Assert.Single(trainable.Validate(ParameterSet.Empty.With("learning_rate", "fast"))).Path);
    }

    public sealed record Settings
    {
        public double LearningRate { get; init; }

        public int Layers { get; init; } = 2;
    }

    private LoopHarness NewHarness(int limit)
    {
        var harness = new LoopHarness
        {
            Trainable = Trainable.FromFunction<ParameterSet>("t", (trial, cancel) => FiveAsync(cancel)),
            Stoppers = () => [new MaximumIterationStopper(limit)],
            IsInline = true,
            Time = new ManualTimeProvider(),
        };
        harness.Plan = harness.Plan with { NumSamples = 1 };
        return harness;
    }

    private async IAsyncEnumerable<Metrics> FiveAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            for (var i = 1; i <= 5; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _calls.Add($"make {i}");
                await Task.CompletedTask;
                yield return new() { ["x"] = i };
            }
        }
        finally
        {
            _calls.Add("finally");
        }
    }
}
