using Tuning.Randomness;
using Tuning.Search;
using Tuning.Specification;

namespace Tuning.Tests.Hosting;

/// <summary>A search that begins with what earlier experiments found, also when these are gone.</summary>
public sealed class WarmStartTests : IDisposable
{
    private readonly string _storage = Directory.CreateTempSubdirectory("warm").FullName;

    private static Tuning.Training.TrainableDefinition Train { get; } = Trainable.FromFunction<ParameterSet>("train", async (trial, cancel) =>
    {
        var x = trial.Config.Get<double>("x");
        await trial.ReportAsync(new() { ["loss"] = (x - 3) * (x - 3), ["cost"] = x });
        if (x > 9)
        {
            throw new InvalidOperationException("too far");
        }
    });

    public void Dispose() => Directory.Delete(_storage, recursive: true);

    [Fact]
    public async Task Search_goes_on_from_the_best_that_was_found_before()
    {
        var earlier = await EarlierAsync("earlier", 0, 1, 2.5, 9.5, 12);
        var options = new NearBestOptions { WarmStart = [earlier.Directory] };

        var results = await FitAsync(options);

        var warm = options.Contexts[^1].WarmStart;
        Assert.Equal([0, 1, 2.5, 9.5], warm.Select(w => w.Config.Get<double>("x")));
        Assert.Equal([-4, -3, -2, -1], warm.Select(w => w.Suggestion));
        Assert.Equal([9, 4, 0.25, 42.25], warm.Select(w => w.Objective!.Value));
        Assert.Equal([TrialStatus.Terminated, TrialStatus.Terminated, TrialStatus.Terminated, TrialStatus.Failed], warm.Select(w => w.Status));
        Assert.Equal([0, 0, 0, 4.5], warm.Select(w => w.Violation));
        Assert.All(results, t => Assert.InRange(t.Config.Get<double>("x"), 2.5, 3));
        var usage = Assert.Single((await ResultGrid.LoadAsync(results.Directory, TestContext.Current.CancellationToken)).WarmStartUsage);
        Assert.Contains($"4 of 5 trials of {earlier.Directory} are used (of these 1 failed); left out: 1 has other parameters (x out of range in 1).", usage,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Experiment_is_resumed_and_verified_when_the_earlier_one_is_gone()
    {
        var earlier = await EarlierAsync("earlier", 0, 1, 2.5);
        var options = new NearBestOptions { WarmStart = [earlier.Directory] };
        var results = await FitAsync(options);
        var before = options.Contexts[^1].WarmStart;
        Directory.Delete(earlier.Directory, recursive: true);
        var restore = new RestoreOptions { AddSamples = 2, Tune = new() { SearchAlgorithm = options } };

        var resumed = await Tuner.RestoreAsync(results.Directory, Train, restore, TestContext.Current.CancellationToken);

        Assert.Equal(5, resumed.Count);
        Assert.Equal(before.Select(Text), options.Contexts[^1].WarmStart.Select(Text));
        var report = await Tuner.VerifyAsync(results.Directory, Train, restore with { AddSamples = 0 });
        Assert.True(report.Agrees, string.Join('\n', report.Differences));

        static string Text(SearchObservation trial) => trial with { Objectives = [], Curve = default } + string.Join(' ', trial.Curve.ToArray());
    }

    [Fact]
    public async Task File_says_what_is_wrong_with_a_directory()
    {
        await EarlierAsync("earlier", 0, 1, 12, 13);
        await EarlierAsync("far", 12, 13);
        Directory.CreateDirectory(Path.Combine(_storage, "empty"));

        var wrong = Read("""
            next:
              run: train
              config: {x: {uniform: [0, 10]}}
              tune: {metric: accuracy, mode: max, search_alg: {type: near_best, warm_start: [earlier, nowhere, empty]}}
            far:
              run: train
              config: {x: {uniform: [0, 10]}}
              tune: {metric: loss, mode: min, search_alg: {type: near_best, warm_start: [far]}}
            twice:
              run: train
              config: {x: {uniform: [0, 10]}}
              tune: {metric: loss, mode: min, search_alg: {type: near_best, warm_start: [earlier, earlier/]}}
            """);
        var right = Read("""
            next:
              run: train
              config: {x: {uniform: [0, 10]}}
              tune: {metric: loss, mode: min, search_alg: {type: near_best, warm_start: [earlier]}}
            """);

        Assert.Equal(
            [
                $"new.yaml:4:82: next.tune.search_alg.warm_start[0]: No trial of {_storage}/earlier reported 'accuracy', which is optimised here (it " +
                    $"optimised min loss); give experiments that report it.",
                $"new.yaml:4:91: next.tune.search_alg.warm_start[1]: There is no directory {_storage}/nowhere.",
                $"new.yaml:4:100: next.tune.search_alg.warm_start[2]: {_storage}/empty is not the directory of an experiment: it has no journal.jsonl.",
                $"new.yaml:8:78: far.tune.search_alg.warm_start[0]: None of the 2 trials of {_storage}/far belongs to this space: 2 have other parameters (x " +
                    $"out of range in 2).",
                $"new.yaml:12:87: twice.tune.search_alg.warm_start[1]: {_storage}/earlier/ stands twice, so that its trials would count twice; name it once.",
            ],
            wrong.Problems.Select(p => p.ToString().Split('\n')[0].Replace(_storage + "/new.yaml", "new.yaml", StringComparison.Ordinal)));
        Assert.Empty(right.Problems);
        Assert.Contains($"2 of 4 trials of {_storage}/earlier are used; left out: 2 have other parameters (x out of range in 2).",
            Assert.Single(right.Notices).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_says_of_each_directory_what_is_used()
    {
        var silent = Trainable.FromFunction<ParameterSet>("silent",
            async (trial, cancel) => await trial.ReportAsync(trial.Config.Get<double>("x") == 1 ? new() { ["loss"] = 1.0 } : new() { ["loss"] = double.NaN }));
        var first = await EarlierAsync("first", 0, 1);
        var second = await new Tuner(
            silent,
            new SearchSpace().Add("x", Domain.GridSearch(1.0, 2.0)),
            new TuneConfig { Metric = "loss", Mode = Mode.Min },
            new RunConfig { StoragePath = _storage, Name = "second" }).FitAsync(TestContext.Current.CancellationToken);

        var results = await FitAsync(new NearBestOptions { WarmStart = [first.Directory, second.Directory] });

        var loaded = await ResultGrid.LoadAsync(results.Directory, TestContext.Current.CancellationToken);
        Assert.Equal(
            [$"2 of 2 trials of {first.Directory} are used.", $"2 of 2 trials of {second.Directory} are used (of these 1 has no number for loss)."],
            loaded.WarmStartUsage);
    }

    private ExperimentFileResult Read(string text)
    {
        var catalog = new ComponentCatalog().AddTrainable(Train);
        catalog.Searchers.Add<NearBestOptions>("near_best");
        return ExperimentFile.Parse(text, Path.Combine(_storage, "new.yaml"), catalog);
    }

    private async Task<ResultGrid> EarlierAsync(string name, params double[] points)
    {
        var tune = new TuneConfig
        {
            Metric = "loss",
            Mode = Mode.Min,
            Samples = points.Length,
            Seed = 1,
            MaxConcurrentTrials = 1,
            SearchAlgorithm = new RandomSearchOptions { PointsToEvaluate = [.. points.Select(x => ParameterSet.Empty.With("x", x))] }
        };
        return await new Tuner(Train, new SearchSpace().Add("x", Domain.Uniform(0, 20)), tune, new RunConfig { StoragePath = _storage, Name = name })
            .FitAsync(TestContext.Current.CancellationToken);
    }

    private async Task<ResultGrid> FitAsync(SearcherOptions searcher)
    {
        var tune = new TuneConfig { Metric = "loss", Mode = Mode.Min, Samples = 3, Seed = 1, SearchAlgorithm = searcher, FeasibleIf = ["cost <= 5"] };
        return await new Tuner(Train, new SearchSpace().Add("x", Domain.Uniform(0, 10)), tune, new RunConfig { StoragePath = _storage, Name = "next" })
            .FitAsync(TestContext.Current.CancellationToken);
    }

    internal sealed record NearBestOptions : ModelSearcherOptions
    {
        internal List<SearcherContext> Contexts { get; } = [];

        public override ISearcher Create(SearcherContext context)
        {
            Contexts.Add(context);
            return new NearBest(context, this);
        }
    }

    // A tenth of the way from the best known point to 3.
    private sealed class NearBest(SearcherContext context, NearBestOptions options) : ModelSearcher("near_best", context, options, 1)
    {
        protected override Proposal Propose(long number, int attempt, RandomStream random)
        {
            var best = Enumerable.Range(0, Archive.Count).Where(p => Archive.State(p) == ArchiveState.Complete).MinBy(p => Archive.Loss(p));
            return new([Archive.Row(best)[0] + (0.1 * (0.3 - Archive.Row(best)[0])) + (1e-6 * random.NextDouble())], "near the best");
        }
    }
}
