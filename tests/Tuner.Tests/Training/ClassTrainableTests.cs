using Microsoft.Extensions.DependencyInjection;
using Tuning.Stopping;
using Tuning.Testing;

namespace Tuning.Tests.Training;

public sealed class ClassTrainableTests
{
    private readonly Diary _diary = new();

    [Fact]
    public void Segment_is_made_set_up_restored_stepped_and_cleaned_up_in_this_order()
    {
        using var harness = NewHarness<Worker>(stopAt: 3);
        harness.Plan = harness.Plan with { Checkpoints = new() { CheckpointFrequency = 2 }, Failures = new() { MaxFailures = 1 } };
        _diary.FailAt = 3;

        Assert.True(harness.Run().Finished);

        Assert.Equal(
            [
                "made", "setup", "step 1", "step 2", "save 2", "step 3", "cleanup", "disposed",
                "made", "setup", "load 2", "step 3", "save 3", "cleanup", "disposed",
            ],
            _diary.Lines);
        Assert.Equal([1, 2, 3], harness.Reports(0).Select(r => r.Metrics.Number("count")!.Value));
    }

    [Fact]
    public void Step_that_reports_done_is_the_last()
    {
        _diary.DoneAt = 2;
        using var harness = NewHarness<Worker>(stopAt: 100);

        Assert.True(harness.Run().Finished);

        Assert.Equal(2, harness.Reports(0).Count);
        Assert.Equal(TrialStatus.Terminated, harness.View(0).Status);
    }

    [Fact]
    public void Class_without_steps_fails_and_is_named()
    {
        using var harness = NewHarness<Idle>(stopAt: 1);

        Assert.True(harness.Run().Finished);

        Assert.Equal(TrialStatus.Failed, harness.View(0).Status);
        Assert.Contains("Idle overrides neither Step nor StepAsync", harness.View(0).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Service_that_is_missing_fails_the_trial_and_is_named()
    {
        using var harness = NewHarness<Worker>(stopAt: 1, new ServiceCollection().BuildServiceProvider());

        Assert.True(harness.Run().Finished);

        Assert.Contains(nameof(Diary), harness.View(0).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Class_that_cannot_be_a_trainable_is_refused()
    {
        Assert.Contains("Save and not Load", Assert.Throws<ArgumentException>(() => Trainable.FromClass<SavesOnly>()).Message, StringComparison.Ordinal);
        Assert.Contains("Load and not Save", Assert.Throws<ArgumentException>(() => Trainable.FromClass<LoadsOnly>()).Message, StringComparison.Ordinal);
        Assert.Contains("abstract", Assert.Throws<ArgumentException>(() => Trainable.FromClass<Unfinished>()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Class_that_neither_saves_nor_loads_has_no_checkpoints_and_no_hooks()
    {
        var trainable = Trainable.FromClass<Idle>();

        Assert.False(trainable.Checkpoints);
        Assert.Empty(trainable.Hooks);
        Assert.Equal("Idle", trainable.Name);
    }

    [Fact]
    public void Class_may_inherit_save_and_load() => Assert.True(Trainable.FromClass<Heir>().Checkpoints);

    private LoopHarness NewHarness<T>(int stopAt, ServiceProvider? services = null)
        where T : Tuning.Training.ClassTrainable
    {
        var harness = new LoopHarness
        {
            Trainable = Trainable.FromClass<T>(),
            Services = services ?? new ServiceCollection().AddSingleton(_diary).BuildServiceProvider(),
            Stoppers = () => [new MaximumIterationStopper(stopAt)],
            IsInline = true,
            Time = new ManualTimeProvider(),
        };
        harness.Plan = harness.Plan with { NumSamples = 1, TrainableCheckpoints = harness.Trainable.Checkpoints };
        return harness;
    }

    internal sealed class Diary
    {
        public List<string> Lines { get; } = [];

        public int FailAt { get; set; }

        public int DoneAt { get; set; }
    }

    internal class Worker : Trainable<ParameterSet>, IDisposable
    {
        private readonly Diary _diary;
        private int _count;

        public Worker(Diary diary)
        {
            _diary = diary;
            diary.Lines.Add("made");
        }

        public void Dispose() => _diary.Lines.Add("disposed");

        protected override void Setup(TrialContext<ParameterSet> trial) => _diary.Lines.Add("setup");

        protected override Metrics Step()
        {
            _diary.Lines.Add($"step {++_count}");
            if (_count == _diary.FailAt)
            {
                _diary.FailAt = 0;
                throw new InvalidOperationException("once");
            }

            return new() { ["count"] = _count, ["done"] = _count == _diary.DoneAt };
        }

        protected override void Save(CheckpointDirectory directory)
        {
            _diary.Lines.Add($"save {_count}");
            directory.WriteJson("count.json", _count);
        }

        protected override void Load(CheckpointDirectory directory)
        {
            _count = directory.ReadJson<int>("count.json");
            _diary.Lines.Add($"load {_count}");
        }

        protected override void Cleanup() => _diary.Lines.Add("cleanup");
    }

    internal sealed class Heir(Diary diary) : Worker(diary);

    internal sealed class Idle : Trainable<ParameterSet>;

    internal sealed class SavesOnly : Trainable<ParameterSet>
    {
        protected override void Save(CheckpointDirectory directory)
        {
        }
    }

    internal sealed class LoadsOnly : Trainable<ParameterSet>
    {
        protected override void Load(CheckpointDirectory directory)
        {
        }
    }

    internal abstract class Unfinished : Trainable<ParameterSet>;
}
