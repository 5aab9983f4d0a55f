using Tuning.Control;
using Tuning.Randomness;
using Tuning.Running;
using Tuning.Schedulers;
using Tuning.Testing;

namespace Tuning.Tests.Schedulers;

/// <summary>Schedulers that pause, through controller, journal, session and checkpoints; and after a kill.</summary>
[Trait("Lane", "Slow")]
public sealed class PausingRunTests
{
    public static TheoryData<SchedulerOptions> Pausing =>
    [
        new AshaOptions { MaxTime = 9, ReductionFactor = 3, Variant = AshaVariant.Promotion },
        new HyperBandOptions { MaxTime = 9 },
        new HyperBandForBohbOptions { MaxTime = 9 },
    ];

    [Theory]
    [MemberData(nameof(Pausing))]
    public void Trials_go_on_where_they_were_and_a_killed_run_comes_to_the_same_end(SchedulerOptions options)
    {
        using var whole = NewHarness(options);
        Assert.True(whole.Run().Finished);
        Assert.True(whole.Commands<ExperimentCommand.StartTrial>().Count(s => s.Reason is not null) > 2);
        AssertWhole(whole);
        var lines = File.ReadAllLines(Path.Combine(whole.Directory, JournalReader.FileName));

        for (var keep = 2; keep < lines.Length; keep += 23)
        {
            using var cut = NewHarness(options);
            foreach (var file in Directory.EnumerateFiles(whole.Directory, "*", SearchOption.AllDirectories)
                .Where(f => f.Contains("checkpoint_", StringComparison.Ordinal)))
            {
                var target = Path.Combine(cut.Directory, Path.GetRelativePath(whole.Directory, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }

            File.WriteAllText(Path.Combine(cut.Directory, JournalReader.FileName), string.Join('\n', lines[..keep]) + "\n");
            Assert.True(cut.Resume() is { Finished: true, Error: null }, $"after line {keep}");
            AssertWhole(cut);
        }
    }

    [Theory]
    [MemberData(nameof(Pausing))]
    public async Task Pause_is_told_with_its_own_reason_also_where_the_trial_goes_on_at_once(SchedulerOptions options)
    {
        var pauses = new PauseReasons();
        using var storage = new TemporaryFolder();
        var train = Trainable.FromFunction<ParameterSet>(
            "train",
            (trial, cancel) =>
            {
                for (var epoch = trial.Checkpoint?.ReadJson<int>("epoch.json") ?? 1; ; epoch++)
                {
                    trial.Report(new() { ["loss"] = trial.Config.Get<double>("x") }, dir => dir.WriteJson("epoch.json", epoch + 1));
                }
            },
            checkpoints: true);
        var tune = new TuneConfig { Metric = "loss", Mode = Mode.Min, Samples = 20, Seed = 1, MaxConcurrentTrials = 1, Scheduler = options };
        await new Tuner(train, new SearchSpace().Add("x", Domain.Uniform(0, 1)), tune, new RunConfig { StoragePath = storage.Path, Callbacks = [pauses] })
            .FitAsync(TestContext.Current.CancellationToken);

        Assert.NotEmpty(pauses.Reasons);
        Assert.All(pauses.Reasons, reason => Assert.StartsWith("paused at ", reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 3)]
    [InlineData(3, 5)]
    [InlineData(2, 100)]
    public void Trial_that_pauses_lets_another_go_and_pauses_no_more_than_once(int slots, int atLeast)
    {
        using var harness = NewHarness(
            new MedianStoppingOptions { TimeAttribute = "training_iteration", GracePeriod = 2, MinSamplesRequired = atLeast, HardStop = false });
        harness.Plan = harness.Plan with { NumSamples = 16, Slots = slots };

        Assert.True(harness.Run().Finished);

        Assert.InRange(harness.Commands<ExperimentCommand.Answer>().Count(a => a.Verdict == Verdict.Pause), atLeast == 100 ? 0 : 1, 16);
        Assert.All(harness.Controller.Views(), t => Assert.Equal(9, t.Reports));
        AssertWhole(harness);
    }

    private sealed class PauseReasons : TunerCallback
    {
        public List<string> Reasons { get; } = [];

        public override void OnTrialPause(Tuning.Trials.TrialView trial) => Reasons.Add(trial.Reason ?? "");
    }

    // Each trial reported every epoch once, in order, whatever was paused and resumed, and verification finds nothing.
    private static void AssertWhole(LoopHarness harness)
    {
        for (var trial = 0; trial < harness.Controller.Board.Count; trial++)
        {
            var epochs = harness.Reports(trial).Select(r => (int)r.Metrics.Number("epoch")!.Value).ToList();
            Assert.Equal(Enumerable.Range(1, epochs.Count), epochs);
            Assert.Equal(TrialStatus.Terminated, harness.View(trial).Status);
        }

        var verifying = new ExperimentController(harness.Plan, harness.Searcher(), harness.Scheduler(), [], SeedPath.Of(1));
        Assert.All(harness.Journal(), entry => Assert.Null(verifying.Verify(entry.Event, entry.Commands)));
    }

    private static LoopHarness NewHarness(SchedulerOptions options) => new()
    {
        Trainable = Trainable.FromFunction<ParameterSet>("t", async (trial, cancel) =>
        {
            for (var epoch = trial.Checkpoint?.ReadJson<int>("epoch.json") ?? 1; epoch <= 9; epoch++)
            {
                var x = trial.Config.Get<long>("x");
                await trial.ReportAsync(new() { ["loss"] = (x * 7 % 11) + (1.0 / epoch), ["epoch"] = epoch }, dir => dir.WriteJson("epoch.json", epoch + 1));
            }
        }, checkpoints: true),
        Scheduler = () => options.Create(new([new("loss", Mode.Min)], SeedPath.Of(1)) { TrainableCheckpoints = true }),
        IsInline = true,
        Time = new ManualTimeProvider(),
        Plan = new() { Objectives = [new("loss", Mode.Min)], NumSamples = 17, Slots = 2, TrainableCheckpoints = true },
    };
}
