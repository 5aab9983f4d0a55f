using Tuning.Reporting;
using Tuning.Search;
using Tuning.Search.Auto;
using Tuning.Search.CmaEs;
using Tuning.Search.GaussianProcess;
using Tuning.Search.MultiObjective;
using Tuning.Search.Tpe;

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
        Assert.Contains("No trial is feasible (time.latency <= 5); this one comes closest, with a violation of 5:", output.ToString(),
            StringComparison.Ordinal);
        Assert.DoesNotContain("Best trial", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Condition_over_what_nobody_reports_is_not_said_to_be_nearly_kept()
    {
        var results = await FitAsync("latency <= 5");

        using var output = new StringWriter();
        new FinalSummary { ToResume = "", ToShow = "" }.Write(output, results);
        Assert.Contains("No trial is feasible (latency <= 5), for none reported all that the conditions are over; by its objective alone this one is the " +
            "best:\nTrial 00001, ", output.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Search algorithms that learn, and whether they stay where conditions are broken least; a Gaussian process, which knows those trials, looks
    /// elsewhere too.</summary>
    public static TheoryData<SearcherOptions, bool> Learning => new()
    {
        { new TpeOptions(), true },
        { new MotpeOptions(), true },
        { new CmaEsOptions(), true },
        { new Nsga2Options { PopulationSize = 10 }, true },
        { new RepeaterOptions { Searcher = new TpeOptions(), Repeat = 1 }, true },
        { new GaussianProcessOptions(), false },
        { new AutoOptions(), false },
    };

    [Theory]
    [MemberData(nameof(Learning))]
    public async Task Search_that_finds_nothing_feasible_goes_on_to_where_conditions_are_broken_least(SearcherOptions searcher, bool stays)
    {
        // Never feasible: the least violation, 20, is at x = 0.8, while the loss is least at 0.
        var train = Trainable.FromFunction<ParameterSet>("never", async (trial, cancel) =>
        {
            var x = trial.Config.Get<double>("x");
            await trial.ReportAsync(new() { ["loss"] = x, ["cost"] = 30 + (100 * Math.Abs(x - 0.8)) });
        });
        var tune = new TuneConfig
        {
            Metric = "loss",
            Mode = Mode.Min,
            Samples = 40,
            Seed = 3,
            MaxConcurrentTrials = 1,
            FeasibleIf = ["cost <= 10"],
            SearchAlgorithm = searcher
        };
        var results = await new Tuner(train, new SearchSpace().Add("x", Domain.Uniform(0, 1)), tune, new RunConfig { StoragePath = _storage, Name = "never" })
            .FitAsync(TestContext.Current.CancellationToken);

        var x = results.Select(t => t.Config.Get<double>("x")).ToList();
        Assert.Equal(40, results.CountOf(TrialStatus.Terminated));
        Assert.All(results, t => Assert.False(t.IsFeasible));
        Assert.Equal(results.Min(t => t.Violation), results.Best().Violation);
        Assert.InRange(results.Best().Config.Get<double>("x"), 0.77, 0.83);
        Assert.All(x.Zip(x.Skip(1)).Skip(10).Where(_ => !stays), pair => Assert.True(Math.Abs(pair.First - pair.Second) > 0.001, string.Join(' ', x)));
        Assert.True(!stays || results.Skip(20).Average(t => t.Violation) < 40, string.Join(' ', x));
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
            Samples = points.Length,
            Seed = 1,
            MaxConcurrentTrials = concurrent,
            FeasibleIf = [condition],
            SearchAlgorithm = new RandomSearchOptions { PointsToEvaluate = [.. points.Select(x => ParameterSet.Empty.With("x", x))] },
        };
        return await new Tuner(Train, new SearchSpace().Add("x", Domain.Uniform(0, 10)), tune, new RunConfig { StoragePath = _storage, Name = "feasible" })
            .FitAsync(TestContext.Current.CancellationToken);
    }
}
