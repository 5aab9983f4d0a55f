using Tuning.Running;
using Tuning.Testing;

namespace Tuning.Tests.Hosting;

/// <summary>A metric that an experiment names and nobody reports.</summary>
public sealed class StrictMetricTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Places => ["metric", "stop", "score", "scheduler", "stopper"];

    [Theory, MemberData(nameof(Places))]
    public async Task A_name_that_no_trial_reported_ends_the_experiment_when_a_trial_came_to_its_end(string place)
    {
        var results = await FitAsync(place, strict: true);

        Assert.True(results.IsFailed);
        Assert.Single(results);
        Assert.Contains("no trial reported 'acuracy'", results.EndReason, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'accuracy'?", results.EndReason, StringComparison.Ordinal);
        Assert.Contains("strict_metric: false", results.EndReason, StringComparison.Ordinal);
        var loaded = await ResultGrid.LoadAsync(results.Directory, TestContext.Current.CancellationToken);
        Assert.Equal((true, results.EndReason), (loaded.IsFailed, loaded.EndReason));
        Assert.Empty((await Tuner.VerifyAsync(results.Directory, Train())).Differences);
        Assert.Contains("[\"stop\",", File.ReadAllText(Path.Combine(results.Directory, JournalReader.FileName)), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Without_strict_metric_it_goes_on(string place)
    {
        var results = await FitAsync(place, strict: false);

        Assert.False(results.IsFailed);
        Assert.Equal(4, results.Count);
    }

    [Fact]
    public async Task A_name_that_is_carried_once_whatever_its_value_is_known()
    {
        var results = await FitAsync("metric", strict: true, train: Trainable.FromFunction<ParameterSet>("train", async (trial, _) =>
        {
            await trial.ReportAsync(new() { ["accuracy"] = 1 });
            await trial.ReportAsync(new() { ["accuracy"] = 1, ["acuracy"] = double.NaN });
        }));

        Assert.False(results.IsFailed);
        Assert.Equal(4, results.Count);
    }

    [Fact]
    public async Task A_text_in_its_place_is_told_and_ends_the_experiment()
    {
        var results = await FitAsync("metric", strict: true, train: Trainable.FromFunction<ParameterSet>("train", async (trial, _) =>
            await trial.ReportAsync(new() { ["acuracy"] = "good" })));

        Assert.True(results.IsFailed);
        Assert.Equal("'acuracy', which tune.metric names, is the text 'good' in every report; report a number", results.EndReason);
    }

    [Fact]
    public async Task A_trial_that_failed_says_nothing_about_names()
    {
        var count = 0;
        var results = await FitAsync("metric", strict: true, train: Trainable.FromFunction<ParameterSet>("train", async (trial, _) =>
        {
            if (Interlocked.Increment(ref count) == 4)
            {
                await trial.ReportAsync(new() { ["acuracy"] = 1 });
                return;
            }

            await trial.ReportAsync(new() { ["accuracy"] = 1 });
            throw new InvalidOperationException("boom");
        }));

        Assert.False(results.IsFailed);
        Assert.Equal(3, results.CountOf(TrialStatus.Failed));
    }

    [Fact]
    public async Task A_record_that_went_on_can_be_resumed()
    {
        var results = await FitAsync("metric", strict: false);
        var more = await Tuner.RestoreAsync(results.Directory, Train(),
            new() { Samples = 6, Tune = new() { Metric = "acuracy", Mode = Mode.Max, MaxConcurrentTrials = 1 } });

        Assert.False(more.IsFailed);
        Assert.Equal(6, more.Count);
    }

    private static Tuning.Training.TrainableDefinition Train() => Trainable.FromFunction<ParameterSet>("train", async (trial, _) =>
    {
        for (var i = 1; i <= 3; i++)
        {
            await trial.ReportAsync(new() { ["accuracy"] = i, ["loss"] = 1.0 / i });
        }
    });

    private Task<ResultGrid> FitAsync(string place, bool strict, Tuning.Training.TrainableDefinition? train = null) => new Tuner(
        train ?? Train(),
        new SearchSpace().Add("x", Domain.Uniform(0, 1)),
        new()
        {
            Metric = place == "metric" ? "acuracy" : "accuracy",
            Mode = Mode.Max,
            Samples = 4,
            MaxConcurrentTrials = 1,
            StrictMetric = strict,
            Scheduler = place == "scheduler" ? new Tuning.Schedulers.AshaOptions { TimeAttribute = "acuracy" } : null,
        },
        new()
        {
            StoragePath = _folder.Path,
            Stop = place == "stop" ? new() { ["acuracy"] = 10 } : [],
            Checkpoint = new() { CheckpointScoreAttribute = place == "score" ? "acuracy" : null },
            Stoppers = place == "stopper" ? [new Tuning.Stopping.TrialPlateauOptions { Metric = "acuracy" }] : [],
        }).FitAsync(TestContext.Current.CancellationToken);
}
