using Tuning.Reporting;
using Tuning.Schedulers;

namespace Tuning.Tests.Hosting;

/// <summary>Trials that a scheduler prunes leave no checkpoint behind; those that come to its own end have completed.</summary>
public sealed class PrunedCheckpointTests : IDisposable
{
    private const int MaxT = 9;

    private readonly string _storage = Directory.CreateTempSubdirectory("pruned").FullName;

    public void Dispose() => Directory.Delete(_storage, recursive: true);

    public static TheoryData<string, bool> Schedulers => new(
        from name in new[] { "asha", "promotion", "hyperband", "hb_bohb", "mo_asha", "median" }
        from pruned in new[] { false, true }
        select (name, pruned));

    [Theory]
    [MemberData(nameof(Schedulers))]
    public async Task Checkpoint_at_the_end_is_for_those_that_were_not_pruned(string name, bool pruned)
    {
        var results = await FitAsync(name, new() { CheckpointPruned = pruned });
        var loaded = await ResultGrid.LoadAsync(results.Directory, TestContext.Current.CancellationToken);

        // Of those that pause at a rung, some have written one already.
        var pauses = name is "promotion" or "hyperband" or "hb_bohb";
        Assert.Contains(results, t => t.IsPruned);
        Assert.Equal(results.Select(t => t.IsPruned), loaded.Select(t => t.IsPruned));
        Assert.All(results, t => Assert.Equal(t.TrainingIteration < MaxT, t.IsPruned));
        Assert.All(results, t => Assert.True(t.Checkpoint is not null == (!t.IsPruned || pruned) || (pauses && t.IsPruned), $"{t.Id}: {t.Reason}"));
        Assert.All(results.Where(t => !t.IsPruned), t => Assert.Equal(MaxT, t.Checkpoint!.ReadJson<int>("step.json")));
        Assert.Equal(results.Any(t => t.Checkpoint is null), Summary(results).Contains("wrote no checkpoint at the end", StringComparison.Ordinal));
    }

    private static string Summary(ResultGrid results)
    {
        var output = new StringWriter();
        new FinalSummary { ToResume = "resume", ToShow = "show" }.Write(output, results);
        return output.ToString();
    }

    private Task<ResultGrid> FitAsync(string name, CheckpointConfig checkpoints)
    {
        var trainable = Trainable.FromFunction<ParameterSet>("train", async (trial, cancel) =>
        {
            for (var step = (trial.Checkpoint?.ReadJson<int>("step.json") ?? 0) + 1; ; step++)
            {
                var done = step;
                await trial.ReportAsync(new() { ["loss"] = trial.Config.Get<double>("x"), ["size"] = trial.Config.Get<double>("x") },
                    save: d => d.WriteJson("step.json", done));
            }
        }, checkpoints: true);
        SchedulerOptions scheduler = name switch
        {
            "asha" => new AshaOptions { MaxTime = MaxT, ReductionFactor = 3 },
            "promotion" => new AshaOptions { MaxTime = MaxT, ReductionFactor = 3, Variant = AshaVariant.Promotion },
            "hyperband" => new HyperBandOptions { MaxTime = MaxT, ReductionFactor = 3 },
            "hb_bohb" => new HyperBandForBohbOptions { MaxTime = MaxT, ReductionFactor = 3 },
            "mo_asha" => new MoAshaOptions { MaxTime = MaxT, ReductionFactor = 3 },
            _ => new MedianStoppingOptions { TimeAttribute = "training_iteration", GracePeriod = 1, MinSamplesRequired = 1 },
        };
        var tune = new TuneConfig { Samples = 12, Seed = 1, MaxConcurrentTrials = 1, Scheduler = scheduler };
        tune = name == "mo_asha" ? tune with { Objectives = [new("loss", Mode.Min), new("size", Mode.Min)] } : tune with { Metric = "loss", Mode = Mode.Min };
        var run = new RunConfig { StoragePath = _storage, Checkpoint = checkpoints, Stop = name == "median" ? new() { ["training_iteration"] = MaxT } : [] };
        return new Tuner(trainable, new SearchSpace().Add("x", Domain.Uniform(0, 1)), tune, run).FitAsync(TestContext.Current.CancellationToken);
    }
}
