using Tuning.Randomness;
using Tuning.Reporting;
using Tuning.Schedulers;
using Tuning.Trials;

namespace Tuning.Tests.Hosting;

/// <summary>Where values are noisy, users are told which trial to use.</summary>
public sealed class RecommendationTests : IDisposable
{
    private static readonly SearchSpace _space = new SearchSpace().Add("x", Domain.Uniform(-1, 1));
    private readonly string _storage = Directory.CreateTempSubdirectory("recommended").FullName;

    public void Dispose() => Directory.Delete(_storage, recursive: true);

    [Fact]
    public async Task Session_ends_with_the_recommended_trial_and_the_record_gives_the_same()
    {
        var results = await FitAsync(noise: 0.4);

        var recommended = results.Recommendation!;
        Assert.NotEqual(results.Best().Id, recommended.Trial);
        var line = Assert.Single(Summary(results), l => l.StartsWith("Recommended: ", StringComparison.Ordinal));
        Assert.StartsWith($"Recommended: trial {recommended.Trial}, for values are noisy: loss = ", line, StringComparison.Ordinal);
        Assert.Contains(" is the best mean of a Gaussian process over 60 trials, with noise of +- ", line, StringComparison.Ordinal);
        Assert.EndsWith($"; {results.Best().Id} was luckier, unless running it again gives the same", line, StringComparison.Ordinal);
        Assert.Equal(recommended, (await ResultGrid.LoadAsync(results.Directory, TestContext.Current.CancellationToken)).Recommendation);
    }

    [Fact]
    public async Task Trials_that_a_scheduler_ended_are_not_recommended()
    {
        // The first report of every trial is far better than what full training gives.
        var trainable = Trainable.FromFunction<ParameterSet>("train", async (trial, cancel) =>
        {
            var loss = Loss(trial.Config.Get<double>("x"), 0.4);
            for (var i = 0; i < 4; i++)
            {
                await trial.ReportAsync(new() { ["loss"] = loss - (i < 3 ? 5 : 0) });
            }
        });
        var tune = new TuneConfig
        {
            Metric = "loss",
            Mode = Mode.Min,
            Samples = 60,
            Seed = 1,
            Scheduler = new AshaOptions { MaxTime = 4, GracePeriod = 1, ReductionFactor = 2 }
        };
        var results = await new Tuner(trainable, _space, tune, new RunConfig { StoragePath = _storage, Name = "ended" })
            .FitAsync(TestContext.Current.CancellationToken);

        var recommended = results.Recommendation;
        Assert.Equal(recommended, (await ResultGrid.LoadAsync(results.Directory, TestContext.Current.CancellationToken)).Recommendation);
        Assert.Contains(results, t => t.Reports < 4);
        Assert.True(recommended is null || results[recommended.Trial.Number].Reports == 4);
    }

    [Fact]
    public async Task Trials_that_took_over_others_are_more_than_their_configurations()
    {
        var none = new ResultGrid(new() { Name = "none", Directory = _storage, Objectives = [new("loss", Mode.Min)], Space = _space },
            [.. (await FitAsync(noise: 0.4)).Select(t => new TrialView
        {
            Id = t.Id, Status = t.Status, Config = t.Config, Objective = t.Objective, Reports = t.Reports, HasExploited = t.Id.Number == 7,
        })], new Tuning.Results.JournalRecord(_storage));

        Assert.Null(none.Recommendation);
    }

    [Fact]
    public async Task Best_value_says_it_all_without_noise()
    {
        var results = await FitAsync(noise: 0);

        Assert.Null(results.Recommendation);
        Assert.DoesNotContain(Summary(results), l => l.StartsWith("Recommended", StringComparison.Ordinal));
    }

    [Fact]
    public void Study_recommends_on_the_way()
    {
        var study = Study.InMemory(_space, new() { Metric = "loss", Mode = Mode.Min, Samples = 60, Seed = 2 });
        Assert.Null(study.Results().Recommendation);
        while (study.Ask() is { } trial)
        {
            study.Tell(trial, Loss(trial.Config.Get<double>("x"), 0.4));
        }

        var recommended = study.Results().Recommendation!;
        Assert.InRange(study.Results()[recommended.Trial.Number].Config.Get<double>("x"), 0, 0.6);
    }

    private static string[] Summary(ResultGrid results)
    {
        using var output = new StringWriter();
        new FinalSummary { ToResume = "", ToShow = "" }.Write(output, results);
        return output.ToString().ReplaceLineEndings("\n").Split('\n');
    }

    // The same noise for the same x, whatever order trials run in.
    private static double Loss(double x, double noise) =>
        (4 * Math.Pow(x - 0.3, 2)) + (noise * new RandomStream(BitConverter.DoubleToUInt64Bits(x)).NextGaussian());

    private static Tuning.Training.TrainableDefinition Train(double noise) => Trainable.FromFunction<ParameterSet>(
        "train", async (trial, cancel) => await trial.ReportAsync(new() { ["loss"] = Loss(trial.Config.Get<double>("x"), noise) }));

    private async Task<ResultGrid> FitAsync(double noise)
    {
        var tune = new TuneConfig { Metric = "loss", Mode = Mode.Min, Samples = 60, Seed = 1 };
        return await new Tuner(Train(noise), _space, tune, new RunConfig { StoragePath = _storage, Name = "recommended" })
            .FitAsync(TestContext.Current.CancellationToken);
    }
}
