using Tuning.Randomness;
using Tuning.Search;
using Tuning.Search.CmaEs;

namespace Tuning.Tests.Search.CmaEs;

public sealed class CmaEsSearchTests
{
    private static SearchSpace Cube(int n, Func<Domain>? domain = null)
    {
        var space = new SearchSpace();
        for (var i = 0; i < n; i++)
        {
            space.Add("x" + i, domain?.Invoke() ?? Domain.Uniform(0, 1));
        }

        return space;
    }

    private static CmaEsSearch New(SearchSpace space, ulong seed, CmaEsOptions? options = null, int prior = 0) =>
        new("cma_es", new(space, [new Objective("f", Mode.Min)]) { Seed = SeedPath.Of(seed) }, options ?? new(), prior);

    private static (SearchRun Run, double Best) Run(ISearcher searcher, ulong seed, int trials, Func<ParameterSet, double> function)
    {
        var (run, best) = (new SearchRun(searcher, SeedPath.Of(seed)), double.PositiveInfinity);
        for (var i = 0; i < trials; i++)
        {
            var config = Assert.IsType<Suggestion.Configure>(run.Ask()).Config;
            var value = function(config);
            best = Math.Min(best, value);
            run.Tell(i, value);
        }

        return (run, best);
    }

    private static double Valley(ParameterSet config)
    {
        var x = Enumerable.Range(0, 5).Select(i => (4 * (double)config["x" + i]!) - 2).ToArray();
        return Enumerable.Range(0, 4).Sum(i => (100 * Math.Pow(x[i + 1] - (x[i] * x[i]), 2)) + Math.Pow(1 - x[i], 2));
    }

    // Rosenbrock's function in 5 dimensions on [-2, 2], 300 trials, best value, median of 9 seeds: random search 60, ours 3.
    [Fact]
    public void Finds_lower_values_than_random_search()
    {
        var ours = Enumerable.Range(0, 9).Select(s => Run(New(Cube(5), (ulong)s), (ulong)s, 300, Valley).Best).Order().ElementAt(4);
        var random = Enumerable.Range(0, 9).Select(s => Run(new RandomSearchOptions().Create(new(Cube(5), [])), (ulong)s, 300, Valley).Best).Order()
            .ElementAt(4);

        Assert.True(ours < 0.15 * random, $"{ours} and {random}");
    }

    [Fact]
    public void Begins_in_the_middle()
    {
        var run = new SearchRun(New(Cube(2), 1), SeedPath.Of(1));
        var first = Assert.IsType<Suggestion.Configure>(run.Ask());

        Assert.Equal((0.5, 0.5), (first.Config["x0"], first.Config["x1"]));
        Assert.Equal("the middle of the space, where the search begins", first.Reason);
    }

    [Fact]
    public void Reason_tells_generation_step_and_the_best_trial_before()
    {
        var run = Run(New(Cube(2), 1), 1, 13, c => (double)c["x0"]!).Run;
        var best = Enumerable.Range(1, 6).MinBy(i => run[i].Objective);

        Assert.Matches($"^generation 3 of 6 trials each, step size 0\\.\\d+, drawn from around the neighbourhood of trial ",
            Assert.IsType<Suggestion.Configure>(run.Ask()).Reason);
        Assert.Equal(best, Leader(Run(New(Cube(2), 1), 1, 7, c => (double)c["x0"]!).Run));

        static int Leader(SearchRun run) => int.Parse(Assert.IsType<Suggestion.Configure>(run.Ask()).Reason.Split("trial ")[1].Split(',')[0],
            System.Globalization.CultureInfo.InvariantCulture);
    }

    [Theory, InlineData(null, 9), InlineData(1000, 9), InlineData(100, 7), InlineData(20, 6)]
    public void Generations_of_a_short_search_are_smaller(int? budget, int population)
    {
        var searcher = new CmaEsOptions().Create(new(Cube(6), [new Objective("f", Mode.Min)]) { Seed = SeedPath.Of(1), Budget = budget });
        var (run, _) = Run(searcher, 1, 3, c => (double)c["x0"]!);

        Assert.StartsWith($"generation 1 of {population} trials each", Assert.IsType<Suggestion.Configure>(run.Ask()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_stay_alive()
    {
        // The optimum moves after 300 trials: without a margin no step is left by then.
        var (searcher, trial) = (New(Cube(4, () => Domain.RandInt(0, 10)), 2), 0);
        var run = new SearchRun(searcher, SeedPath.Of(2));
        var late = double.PositiveInfinity;
        for (; trial < 900; trial++)
        {
            var config = Assert.IsType<Suggestion.Configure>(run.Ask()).Config;
            var value = Enumerable.Range(0, 4).Sum(i => Math.Abs((long)config["x" + i]! - (trial < 300 ? 2 : 8)));
            late = trial < 300 ? late : Math.Min(late, value);
            run.Tell(trial, trial < 300 ? value : value - 1000.0);
        }

        Assert.Equal(0, late);
    }

    [Fact]
    public void Categories_follow_the_better_trials_and_are_never_given_up()
    {
        var space = Cube(2).Add("kind", Domain.Choice("a", "b", "c", "d"));
        var searcher = New(space, 3);
        var run = Run(searcher, 3, 200, c => (double)c["x0"]! + (c["kind"] is "c" ? 0 : 1)).Run;
        var late = Enumerable.Range(100, 100).Count(i => run[i].Config["kind"] is "c");

        Assert.InRange(late, 50, 99);
        Assert.All(searcher.State.Choices[0].Probabilities, p => Assert.InRange(p, 0.01, 0.95));
    }

    [Fact]
    public void Absent_parameters_say_nothing_about_theirs()
    {
        var space = Cube(1).Add("kind", Domain.Choice("a", "b")).Add("only", Domain.Uniform(0, 1).When("kind == \"a\""));
        var searcher = New(space, 4);
        Run(searcher, 4, 150, c => Math.Pow((double)c["x0"]! - 0.4, 2) + (c["kind"] is "a" ? 5 : 0));
        var only = searcher.State.Numbers.ToList().FindIndex(a => a.Path == "only");

        // Nearly all trials lack it: its deviation stays in proportion, while that of the other shrinks.
        Assert.InRange(searcher.State.Distribution!.Deviation(only) / searcher.State.Distribution.Deviation(1 - only), 3, 1e9);
    }

    [Theory, InlineData(RestartStrategy.Ipop), InlineData(RestartStrategy.Bipop), InlineData(RestartStrategy.None)]
    public void A_search_that_converged_starts_again(RestartStrategy strategy)
    {
        var searcher = New(Cube(2), 5, new() { Restarts = strategy });
        var run = Run(searcher, 5, 900, c => Math.Pow((double)c["x0"]! - 0.3, 2) + Math.Pow((double)c["x1"]! - 0.6, 2)).Run;

        Assert.Equal(strategy != RestartStrategy.None, searcher.State.Restarts > 0);
        if (strategy == RestartStrategy.Ipop)
        {
            Assert.Equal(6 << searcher.State.Restarts, searcher.State.Population);
            Assert.Contains("after restart ", Assert.IsType<Suggestion.Configure>(run.Ask()).Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Earlier_trials_are_where_it_begins()
    {
        var earlier = Run(new RandomSearchOptions().Create(new(Cube(3), [])), 6, 100, Far).Run;
        var known = earlier.History.Observations.Select((o, i) => o with { Suggestion = -1 - i }).ToList();
        var searcher = new CmaEsSearch("cma_es", new(Cube(3), [new Objective("f", Mode.Min)]) { Seed = SeedPath.Of(6), WarmStart = [.. known] }, new(), 0);
        var warm = Run(searcher, 6, 20, Far).Best;
        var cold = Run(New(Cube(3), 6), 6, 20, Far).Best;

        Assert.True(warm < 0.2 * cold, $"{warm} and {cold}");

        static double Far(ParameterSet c) => Enumerable.Range(0, 3).Sum(i => Math.Pow((double)c["x" + i]! - 0.95, 2));
    }

    [Fact]
    public void Trials_that_others_suggested_are_gone_on_from()
    {
        var searcher = New(Cube(2), 7, prior: 40);
        var run = new SearchRun(new Handover(new QuasiRandomStart(), searcher, 40), SeedPath.Of(7));
        for (var i = 0; i < 41; i++)
        {
            var config = Assert.IsType<Suggestion.Configure>(run.Ask()).Config;
            run.Tell(i, Math.Pow(Convert.ToDouble(config["x0"], null) - 0.8, 2) + Math.Pow(Convert.ToDouble(config["x1"], null) - 0.1, 2));
        }

        Assert.Contains("around the best of 40 earlier trials", Assert.IsType<Suggestion.Configure>(run.Ask()).Reason, StringComparison.Ordinal);
        Assert.Equal(0.8, searcher.State.Distribution!.Mean[0], 0.12);
        Assert.Equal(0.1, searcher.State.Distribution.Mean[1], 0.12);
    }

    [Theory, InlineData("population_size"), InlineData("sigma0"), InlineData("restarts")]
    public void Wrong_options_are_named(string option)
    {
        var options = option switch
        {
            "population_size" => new CmaEsOptions { PopulationSize = 2 },
            "sigma0" => new CmaEsOptions { InitialSigma = double.NaN },
            _ => new CmaEsOptions { Restarts = (RestartStrategy)9 },
        };

        Assert.StartsWith(option + ": ", Assert.Throws<ArgumentException>(() => options.Create(new(Cube(1), [new Objective("f", Mode.Min)]))).Message,
            StringComparison.Ordinal);
    }

    private sealed class QuasiRandomStart : ISearcher
    {
        public string Name => "grid";

        public bool IsImmediate => true;

        public long SuggestionsFor(long samples) => samples;

        public Suggestion Suggest(SearchHistory history, long number, RandomStream random) =>
            new Suggestion.Configure(ParameterSet.Parse(FormattableString.Invariant($$"""{"x0": {{(number % 7) / 7.0}}, "x1": {{(number % 6) / 6.0}}}""")), "");
    }

    private sealed class Handover(ISearcher first, ISearcher then, int after) : ISearcher
    {
        public string Name => "handover";

        public bool IsImmediate => false;

        public long SuggestionsFor(long samples) => samples;

        public Suggestion Suggest(SearchHistory history, long number, RandomStream random) => (number < after ? first : then).Suggest(history, number, random);
    }
}
