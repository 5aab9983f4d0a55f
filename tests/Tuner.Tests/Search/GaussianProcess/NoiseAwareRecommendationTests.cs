using Tuning.Randomness;
using Tuning.Search;
using Tuning.Search.Auto;
using Tuning.Search.CmaEs;
using Tuning.Search.GaussianProcess;
using Tuning.Search.QuasiRandom;
using Tuning.Search.Tpe;
using Tuning.Tests.Search.Contract;

namespace Tuning.Tests.Search.GaussianProcess;

[Trait("Lane", "Slow")]
public sealed class NoiseAwareRecommendationTests
{
    private const int Lucky = 3;

    private static readonly SearcherContext _plane = ContractSpaces.Context(ContractSpaces.Plane());

    private static readonly Dictionary<string, SearcherOptions> _searchers = new()
    {
        ["random"] = new RandomSearchOptions(),
        ["quasi_random"] = new QuasiRandomOptions(),
        ["tpe"] = new TpeOptions(),
        ["bohb"] = new BohbOptions(),
        ["cma_es"] = new CmaEsOptions(),
        ["gp"] = new GaussianProcessOptions(),
        ["auto"] = new AutoOptions(),
    };

    public static TheoryData<string> Searchers => [.. _searchers.Keys];

    [Theory]
    [MemberData(nameof(Searchers))]
    public void Lucky_trial_is_not_recommended_where_values_are_noisy(string name)
    {
        // One trial has the best value by far, at a place where the others are no better than the mean. A search that gathers around it may
        // take it for a hole once in three.
        var right = 0;
        for (var seed = 1UL; seed <= 3; seed++)
        {
            var (searcher, run) = Noisy(_searchers[name], seed: seed);
            if (NoiseAwareRecommendation.Of(_plane, run.History) is { } recommended && recommended.Trial.Number != Lucky
                && Bowl(run[recommended.Trial.Number].Config) < 0.5)
            {
                right++;
                Assert.Contains("the best mean of a Gaussian process over 60 trials, with noise of +- ", recommended.Reason, StringComparison.Ordinal);
            }
        }

        Assert.InRange(right, 2, 3);
    }

    [Theory]
    [MemberData(nameof(Searchers))]
    public void Best_value_stands_where_there_is_no_noise(string name)
    {
        var searcher = _searchers[name].Create(ContractSpaces.Context(ContractSpaces.Plane()));
        var run = Run(searcher, 60, (config, _) => Bowl(config));

        Assert.Null(NoiseAwareRecommendation.Of(_plane, run.History));
    }

    [Fact]
    public void Best_value_stands_among_neighbours_that_come_near_to_it()
    {
        var context = ContractSpaces.Context(ContractSpaces.Plane());
        var random = new RandomStream(4);

        // A deep hole that is narrow beside the rest, which varies wildly: to a process that is noise, but whoever looked closely knows better.
        var run = Run(new ClusterOptions().Create(context), 80, (config, i) => i % 8 == 0 ? -3 + Bowl(config) : random.NextGaussian());

        Assert.True(NoiseAwareRecommendation.Of(context, run.History) is not { } recommended || recommended.Trial.Number % 8 == 0);
    }

    [Fact]
    public void More_is_better_turns_it_round()
    {
        var context = ContractSpaces.Context(ContractSpaces.Plane(), mode: Mode.Max);
        var noise = new RandomStream(8);
        var run = Run(new RandomSearchOptions().Create(context), 60, (config, i) => 5 - Observed(config, i, noise));
        var recommended = NoiseAwareRecommendation.Of(context, run.History)!;

        Assert.NotEqual(Lucky, recommended.Trial.Number);
        Assert.InRange(recommended.Value, 4.5, 5.5);
    }

    [Fact]
    public void Pruned_and_infeasible_trials_are_not_recommended()
    {
        var context = ContractSpaces.Context(ContractSpaces.Plane());
        var noise = new RandomStream(8);
        var run = new SearchRun(new RandomSearchOptions().Create(context), SeedPath.Of(3));
        for (var i = 0; i < 90; i++)
        {
            run.Ask();
            var value = Observed(run[i].Config, i, noise);
            if (i % 3 == 0)
            {
                run.Report(i, 1, value - 9);
                run.Prune(i);
            }
            else
            {
                run.Tell(i, i % 3 == 1 ? 1 : 0, [value - (i % 3 == 1 ? 2 : 0)]);
            }
        }

        var recommended = NoiseAwareRecommendation.Of(context, run.History)!;
        Assert.Equal(2, recommended.Trial.Number % 3);
        Assert.Contains("over 60 trials", recommended.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Few_trials_many_trials_several_objectives_and_grids_have_none()
    {
        var plane = ContractSpaces.Context(ContractSpaces.Plane());
        Assert.Null(NoiseAwareRecommendation.Of(plane, Noisy(new RandomSearchOptions(), NoiseAwareRecommendation.Fewest - 1).Run.History));
        Assert.Null(NoiseAwareRecommendation.Of(plane, Noisy(new RandomSearchOptions(), NoiseAwareRecommendation.Most + 1).Run.History));
        Assert.Null(NoiseAwareRecommendation.Of(plane with { Objectives = [] }, Noisy(new RandomSearchOptions()).Run.History));
        Assert.Null(NoiseAwareRecommendation.Of(ContractSpaces.Context(ContractSpaces.Plane(), objectives: 2), Noisy(new RandomSearchOptions()).Run.History));

        var grid = ContractSpaces.Context(ContractSpaces.Plane().Add("g", Domain.GridSearch(1, 2)));
        var run = new SearchRun(new RandomSearchOptions().Create(grid), SeedPath.Of(3));
        var noise = new RandomStream(8);
        for (var i = 0; i < 30; i++)
        {
            run.Ask();
            run.Tell(i, Observed(run[i].Config, i, noise));
        }

        Assert.Null(NoiseAwareRecommendation.Of(grid, run.History));
    }

    [Fact]
    public void Hundreds_of_trials_are_smoothed_by_a_process_that_was_fitted_to_some_of_them()
    {
        var (searcher, run) = Noisy(new RandomSearchOptions(), 500);
        var recommended = NoiseAwareRecommendation.Of(_plane, run.History)!;

        Assert.True(Bowl(run[recommended.Trial.Number].Config) < 0.1, $"{run[recommended.Trial.Number].Config} is not near the best");
        Assert.Contains("over 500 trials", recommended.Reason, StringComparison.Ordinal);
    }

    // Over 20 seeds the luckiest trial is 0.13 above the least, the recommended one 0.03.
    [Fact]
    public void Recommended_trials_are_better_than_the_luckiest()
    {
        var (recommended, luckiest) = (0.0, 0.0);
        for (var seed = 0UL; seed < 20; seed++)
        {
            var (searcher, run) = Noisy(new TpeOptions(), 60, seed);
            luckiest += Bowl(run[Enumerable.Range(0, run.Count).Where(i => i != Lucky).MinBy(i => run[i].Objective)].Config);
            recommended += Bowl(run[NoiseAwareRecommendation.Of(_plane, run.History)?.Trial.Number ?? Lucky].Config);
        }

        Assert.True(recommended < 0.6 * luckiest, $"{recommended} is not below 0.6 times {luckiest}");
    }

    private static (ISearcher Searcher, SearchRun Run) Noisy(SearcherOptions options, int trials = 60, ulong seed = 1)
    {
        var searcher = options.Create(ContractSpaces.Context(ContractSpaces.Plane()));
        var noise = new RandomStream(8 + seed);
        return (searcher, Run(searcher, trials, (config, i) => Observed(config, i, noise), seed));
    }

    private static SearchRun Run(ISearcher searcher, int trials, Func<ParameterSet, int, double> function, ulong seed = 1)
    {
        var run = new SearchRun(searcher, SeedPath.Of(seed));
        for (var i = 0; i < trials; i++)
        {
            Assert.IsType<Suggestion.Configure>(run.Ask());
            run.Tell(i, function(run[i].Config, i));
        }

        return run;
    }

    private static double Observed(ParameterSet config, int trial, RandomStream noise) => trial == Lucky ? -1.2 : Bowl(config) + (0.4 * noise.NextGaussian());

    private static double Bowl(ParameterSet config) => Math.Pow((double)config["x"]! - 0.3, 2) + Math.Pow((double)config["y"]! + 0.4, 2);

    private sealed record ClusterOptions : SearcherOptions
    {
        public override ISearcher Create(SearcherContext context) => new Clustered();
    }

    // Every eighth point within a thousandth of the best, the others anywhere.
    private sealed class Clustered : ISearcher
    {
        public string Name => "clustered";

        public bool IsImmediate => true;

        public long SuggestionsFor(long samples) => samples;

        public Suggestion Suggest(SearchHistory history, long number, RandomStream random)
        {
            var (middleX, middleY, width) = number % 8 == 0 ? (0.3, -0.4, 0.001) : (0, 0, 1.0);
            return new Suggestion.Configure(
                ParameterSet.Empty.With("x", middleX + (width * ((2 * random.NextDouble()) - 1)))
                    .With("y", middleY + (width * ((2 * random.NextDouble()) - 1))), "clustered");
        }
    }
}
