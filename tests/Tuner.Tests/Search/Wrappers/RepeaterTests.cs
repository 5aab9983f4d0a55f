using Tuning.Randomness;
using Tuning.Search;
using Tuning.Search.GaussianProcess;
using Tuning.Tests.Search.Contract;

namespace Tuning.Tests.Search.Wrappers;

public sealed class RepeaterTests
{
    [Fact]
    public void Each_configuration_comes_as_often_as_asked_and_says_which_repeat_it_is()
    {
        var run = Run(new() { Searcher = new DrawnOptions(), Repeat = 3, SetIndex = true, IndexParameter = "seed" });
        var trials = Enumerable.Range(0, 6).Select(_ => Assert.IsType<Suggestion.Configure>(run.Ask())).ToList();

        Assert.Equal([0L, 1L, 2L, 0L, 1L, 2L], trials.Select(t => t.Config["seed"]));
        Assert.Single(trials.Take(3).Select(t => t.Config["x"]).Distinct());
        Assert.NotEqual(trials[0].Config["x"], trials[3].Config["x"]);
        Assert.Equal("repeat 1 of 3: drawn", trials[3].Reason);
        Assert.Equal("repeat 2 of 3: the configuration of trial 00003", trials[4].Reason);
    }

    [Fact]
    public void Without_an_index_the_configurations_are_equal()
    {
        var run = Run(new() { Searcher = new DrawnOptions(), Repeat = 2 });
        var trials = Enumerable.Range(0, 2).Select(_ => Assert.IsType<Suggestion.Configure>(run.Ask()).Config).ToList();
        Assert.Equal(trials[0], trials[1]);
    }

    [Fact]
    public void The_searcher_inside_learns_means_of_what_did_not_fail_when_all_have_ended()
    {
        var seen = new SeenOptions();
        var run = Run(new() { Searcher = seen, Repeat = 3 });
        for (var i = 0; i < 9; i++)
        {
            run.Ask();
        }

        run.Tell(8, 7);
        run.Tell(0, 1);
        run.Fail(2);
        run.Tell(3, double.NaN);
        run.Fail(4);
        run.Ask();
        Assert.All(seen.Last!.Observations, o => Assert.False(o.IsEnded));
        Assert.Equal([0L, 1L, 2L], seen.Last.Observations.Select(o => o.Suggestion));

        run.Fail(5);
        run.Tell(1, 4);
        run.Tell(9, 0);
        Assert.IsType<Suggestion.Configure>(run.Ask());
        Assert.IsType<Suggestion.Configure>(run.Ask());
        run.Ask();
        Assert.Equal([(2.5, TrialStatus.Terminated, 1), (null, TrialStatus.Failed, 0), (7, TrialStatus.Running, -1), (0, TrialStatus.Running, -1)],
            seen.Last.Observations.Select(o => (o.Objective, o.Status, o.EndOrder)));
    }

    [Fact]
    public void Several_objectives_have_means_of_their_own()
    {
        var seen = new SeenOptions();
        var run = new SearchRun(new RepeaterOptions { Searcher = seen, Repeat = 2 }.Create(ContractSpaces.Context(ContractSpaces.Plane(), objectives: 2)),
            SeedPath.Of(1));
        run.Ask();
        run.Ask();
        run.Tell(0, violation: 1, [1, 10]);
        run.Tell(1, violation: 0, [2, 30]);
        run.Ask();

        var mean = seen.Last!.Observations[0];
        Assert.Equal((1.5, 20, 0.5), (mean.Value(0), mean.Value(1), mean.Violation));
    }

    [Fact]
    public void A_new_searcher_answers_as_the_one_that_saw_it_all_whatever_order_trials_end_in()
    {
        var options = new RepeaterOptions { Searcher = new DrawnOptions(), Repeat = 3 };
        var searcher = Create(options);
        var run = new SearchRun(searcher, SeedPath.Of(2));
        var (random, running) = (new RandomStream(1), new List<int>());
        for (var i = 0; i < 60; i++)
        {
            var (before, number) = (run.History, run.Count);
            var answer = run.Ask();
            Assert.Equal(answer, Create(options).Suggest(before, number, (SeedPath.Of(2) / number).Stream()));
            Assert.Equal(answer, searcher.Suggest(before, number, (SeedPath.Of(2) / number).Stream()));
            running.Add(i);
            if (running.Count == 7)
            {
                var at = random.NextInt32(7);
                run.Tell(running[at], i);
                running.RemoveAt(at);
            }
        }
    }

    [Fact]
    public void The_mean_is_what_is_recommended_not_the_luckiest_repeat()
    {
        var searcher = Create(new() { Searcher = new DrawnOptions(), Repeat = 2 });
        var run = new SearchRun(searcher, SeedPath.Of(3));
        double[] values = [0, 9, 3, 3, 5, 5];
        for (var i = 0; i < values.Length; i++)
        {
            run.Ask();
            run.Tell(i, values[i]);
        }

        var recommended = NoiseAwareRecommendation.Of(ContractSpaces.Context(ContractSpaces.Plane()), run.History)!;
        Assert.Equal((2, 3.0), (recommended.Trial.Number, recommended.Value));
        Assert.Contains("mean of 2 repeats", recommended.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Samples_are_configurations()
    {
        Assert.Equal(30, Create(new() { Searcher = new DrawnOptions(), Repeat = 3 }).SuggestionsFor(10));
        Assert.Equal(long.MaxValue, Create(new() { Searcher = new DrawnOptions(), Repeat = 3 }).SuggestionsFor(long.MaxValue));
    }

    [Fact]
    public void Wrong_options_are_refused()
    {
        var options = new RepeaterOptions { Searcher = new DrawnOptions(), Repeat = 2 };
        Assert.StartsWith("repeat: is 0;", Assert.Throws<ArgumentException>(() => Create(options with { Repeat = 0 })).Message, StringComparison.Ordinal);
        Assert.StartsWith("index_parameter: is 'x', which the search space searches",
            Assert.Throws<ArgumentException>(() => Create(options with { SetIndex = true, IndexParameter = "x" })).Message, StringComparison.Ordinal);
    }

    // Under noise of the size of the function, the mean of ten repeats picks a better trial than the luckiest of as many single trials.
    [Fact]
    public void Repeats_recommend_better_trials_than_single_ones_under_noise()
    {
        var (repeated, single) = (0.0, 0.0);
        for (var seed = 0UL; seed < 40; seed++)
        {
            repeated += TruthOf((_, run) => NoiseAwareRecommendation.Of(ContractSpaces.Context(ContractSpaces.Plane()), run.History)!.Trial.Number,
                new RepeaterOptions { Searcher = new DrawnOptions(), Repeat = 10 }, 200, seed);
            single += TruthOf((_, run) => Enumerable.Range(0, run.Count).MinBy(i => run[i].Objective), new DrawnOptions(), 200, seed);
        }

        Assert.True(repeated < 0.7 * single, $"{repeated} is not below 0.7 times {single}");
    }

    private static double TruthOf(Func<ISearcher, SearchRun, int> choose, SearcherOptions options, int trials, ulong seed)
    {
        var searcher = options.Create(ContractSpaces.Context(ContractSpaces.Plane()));
        var (run, noise) = (new SearchRun(searcher, SeedPath.Of(seed)), new RandomStream(seed));
        for (var i = 0; i < trials; i++)
        {
            run.Ask();
            run.Tell(i, Truth(run[i]) + noise.NextGaussian());
        }

        return Truth(run[choose(searcher, run)]);
    }

    private static double Truth(SearchObservation trial) => Math.Pow((double)trial.Config["x"]!, 2) + Math.Pow((double)trial.Config["y"]!, 2);

    private static ISearcher Create(RepeaterOptions options) => options.Create(ContractSpaces.Context(ContractSpaces.Plane()));

    private static SearchRun Run(RepeaterOptions options) => new(Create(options), SeedPath.Of(1));

    /// <summary>A searcher that keeps what it was shown last.</summary>
    private sealed record SeenOptions : SearcherOptions
    {
        public SearchHistory? Last => _searcher.Last;

        private readonly Seen _searcher = new();

        public override ISearcher Create(SearcherContext context) => _searcher;

        private sealed class Seen : ISearcher
        {
            public SearchHistory? Last { get; private set; }

            public string Name => "seen";

            public bool IsImmediate => false;

            public long SuggestionsFor(long samples) => samples;

            public Suggestion Suggest(SearchHistory history, long number, RandomStream random)
            {
                Last = history;
                return new Suggestion.Configure(ParameterSet.Empty.With("x", number / 100.0), "seen");
            }
        }
    }
}
