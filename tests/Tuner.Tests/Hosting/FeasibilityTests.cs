using Tuning.Reporting;
using Tuning.Search;

namespace Tuning.Tests.Hosting;

/// <summary>Trials that break <c>feasible_if</c> are seldom the best.</summary>
public sealed class FeasibilityTests : IDisposable
{
    private readonly string _storage = Directory.CreateTempSubdirectory("feasible").FullName;

    public void Dispose() => Directory.Delete(_storage, recursive: true);

    // The less x, the better the loss and the longer it takes; trial 5 never says how long.
    private static Tuning.Training.TrainableDefinition Train { get; } = Trainable.FromFunction<ParameterSet>("train", async (trial, cancel) =>
    {
        var x = trial.Config.Get<double>("x");
        await trial.ReportAsync(new() { ["loss"] = x + 1 });
        var metrics = new Metrics { ["loss"] = x };
        if (x != 5)
        {
            metrics["time/latency"] = 100 - (10 * x);
        }

        await trial.ReportAsync(metrics);
    });

    [Fact]
    public async Task Best_trial_is_feasible_whatever_others_reached()
    {
        var results = await FitAsync("`time/latency` <= 70");

        Assert.Equal(3.0, results.Best().Objective);
        Assert.True(results.Best().IsFeasible);
        Assert.Equal([0, 20, 10, 0, 0, double.PositiveInfinity, 0], results.Select(t => t.Violation));
        Assert.Equal(3.0, results.Best("loss", Mode.Min, ResultScope.Last).Objective);
        Assert.Contains("violation", results.ToTable().Columns);
        var loaded = await ResultGrid.LoadAsync(results.Directory, TestContext.Current.CancellationToken);
        Assert.Equal(results.Select(t => t.Violation), loaded.Select(t => t.Violation));
        Assert.Equal(results.Best().Id, loaded.Best().Id);
    }

    [Fact]
    public async Task Trial_that_comes_closest_is_the_best_when_none_is_feasible()
    {
        var results = await FitAsync("time.latency <= 5");

        Assert.Equal(9.0, results.Best().Objective);
        Assert.Equal(5, results.Best().Violation);
        using var output = new StringWriter();
        new FinalSummary { ToResume = "", ToShow = "" }.Write(output, results);
        Assert.Contains("No trial is feasible (time.latency <= 5); this one comes closest, with a violation of 5:", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_agrees_and_a_resumed_experiment_knows_the_violations()
    {
        var results = await FitAsync("time.latency <= 70", 4);

        var report = await Tuner.VerifyAsync(results.Directory, Train);
        Assert.True(report.Agrees, string.Join('\n', report.Differences));
        var resumed = await Tuner.RestoreAsync(results.Directory, Train, new() { AddSamples = 1 }, TestContext.Current.CancellationToken);
        Assert.Equal(8, resumed.Count);
        Assert.Equal(results.Select(t => t.Violation), resumed.Take(7).Select(t => t.Violation));
    }

    private async Task<ResultGrid> FitAsync(string condition, int concurrent = 1)
    {
        var points = new double[] { 3, 1, 2, 4, 6, 5, 9 };
        var tune = new TuneConfig
        {
            Metric = "loss",
            Mode = Mode.Min,
            NumSamples = points.Length,
            Seed = 1,
            MaxConcurrentTrials = concurrent,
            FeasibleIf = [condition],
            SearchAlg = new RandomSearchOptions { PointsToEvaluate = [.. points.Select(x => ParameterSet.Empty.With("x", x))] },
        };
        return await new Tuner(Train, new SearchSpace().Add("x", Domain.Uniform(0, 10)), tune, new RunConfig { StoragePath = _storage, Name = "feasible" }).FitAsync(TestContext.Current.CancellationToken);
    }
}
