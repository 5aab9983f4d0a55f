using Tuning.Randomness;
using Tuning.Search;

namespace Tuning.Tests.Search;

/// <summary>A searcher of a user's own proposes what it wants to set; the rest follows, and what does not fit is said.</summary>
public sealed class CompletedSearcherTests
{
    private static SearchSpace Space => SearchSpace.FromTree(ParameterSet.Parse(
        """
        {"gamma": 0.99, "lr": {"uniform": [0, 1]}, "layers": {"randint": [1, 9]}, "optimizer": {"choice": ["sgd", "adam"]},
         "momentum": {"uniform": [0, 1], "when": "optimizer == 'sgd'"}, "total": {"expr": "layers * 10"}, "model": {"width": {"choice": [8, 16]}, "bias": true},
         "batch": {"choice": [{"size": 1}, {"size": {"randint": [2, 5]}}]}}
        """));

    [Fact]
    public void Constants_conditions_and_computed_values_follow_and_the_rest_is_drawn()
    {
        var config = Config("""{"lr": 0.25, "layers": 3, "optimizer": "sgd", "model": {"width": 16}}""");

        Assert.Equal(0.99, config["gamma"]);
        Assert.Equal(0.25, config["lr"]);
        Assert.Equal(30L, config["total"]);
        Assert.Equal(ParameterSet.Parse("""{"width": 16, "bias": true}"""), config["model"]);
        Assert.InRange((double)config["momentum"]!, 0, 1);
        Assert.InRange(config.Get<int>("batch.size"), 1, 4);
        Assert.False(Config("""{"optimizer": "adam"}""").TryGet("momentum", out _));
    }

    [Fact]
    public void Nothing_proposed_is_a_random_configuration_and_all_of_it_is_itself()
    {
        var whole = Config("{}");

        Assert.Equal(whole, Config("{}"));
        Assert.Equal(whole, Config(whole.ToString()));
    }

    [Fact]
    public void What_is_drawn_is_drawn_again_until_constraints_and_conditions_hold()
    {
        Assert.InRange(Config("""{"lr": 0.5}""", "layers * lr < 1.5").Get<int>("layers"), 1, 2);
        Assert.Equal("sgd", Config("""{"momentum": 0.5}""")["optimizer"]);
    }

    [Theory]
    [InlineData("""{"lr": 5}""", "lr: 5 can never come out of its domain: a real number from 0 to 1. Widen the domain, or leave the value away.")]
    [InlineData("""{"lrr": 0.5, "layers": 0}""", "layers: 0 can never come out of its domain: a whole number from 1 to 8. Widen the domain, or leave the " +
        "value away.\nlrr: there is no such parameter; did you mean 'lr'?")]
    [InlineData("""{"gamma": 0.9}""",
        "gamma: it is the constant 0.99 in the search space, so it cannot be 0.9; give it a domain, such as {choice: [0.99, 0.9]}.")]
    [InlineData("""{"optimizer": "adam", "momentum": 0.5}""",
        "momentum: is set to 0.5, but it is there only when optimizer == 'sgd', which does not hold; leave it away")]
    [InlineData("""{"layers": 3, "total": 31}""", "total: is set to 31, but it is computed as layers * 10, which gives 30; leave it away")]
    [InlineData("""{"lr": 0.9}""", "the constraint 'lr < 0.5' does not hold", "lr < 0.5")]
    [InlineData("""{"lr": 0}""", "the constraint '1 / lr > 0' has no value: 1 / 0 has no value.", "1 / lr > 0")]
    public void What_does_not_fit_is_said_and_costs_that_suggestion(string proposal, string fault, string? constraint = null)
    {
        var invalid = Assert.IsType<Suggestion.Invalid>(Ask(proposal, constraint));

        Assert.Equal($"The searcher 'own' proposed {ParameterSet.Parse(proposal)}, which cannot be tried: {fault}", invalid.Reason.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Grid_is_the_searchers_to_run()
    {
        var space = new SearchSpace().Add("g", Domain.GridSearch(1, 2));

        Assert.Contains("g: is a grid_search, of which only the searcher can say what to run", Assert.IsType<Suggestion.Invalid>(Ask("{}", null, space)).Reason,
            StringComparison.Ordinal);
        Assert.Equal(2L, Assert.IsType<Suggestion.Configure>(Ask("""{"g": 2}""", null, space)).Config["g"]);
    }

    [Fact]
    public void Built_in_searchers_around_it_see_what_was_completed()
    {
        var wrapped = new RepeaterOptions { Searcher = new OwnOptions("""{"layers": 2}"""), Repeat = 2, SetIndex = true };

        var first = wrapped.Make(new(Space, [])).Ask(SearchHistory.Empty, 0, new(1));

        Assert.Equal(20L, Assert.IsType<Suggestion.Configure>(first).Config["total"]);
        Assert.Equal(0L, Assert.IsType<Suggestion.Configure>(first).Config["__trial_index__"]);
    }

    [Fact]
    public void Searcher_that_answers_null_or_throws_costs_that_suggestion() =>
        Assert.Equal("The searcher 'own' failed: it answered null",
            Assert.IsType<Suggestion.Invalid>(new OwnOptions(null).Make(new(Space, [])).Ask(SearchHistory.Empty, 0, new(1))).Reason);

    private static ParameterSet Config(string proposal, string? constraint = null) => Assert.IsType<Suggestion.Configure>(Ask(proposal, constraint)).Config;

    private static Suggestion Ask(string proposal, string? constraint, SearchSpace? space = null) => new OwnOptions(proposal)
        .Make(new(space ?? Space, []) { Constraints = constraint is null ? [] : [constraint] })
        .Ask(SearchHistory.Empty, 0, new RandomStream(7));

    private sealed record OwnOptions(string? Proposal) : SearcherOptions
    {
        public override ISearcher Create(SearcherContext context) => new Own(Proposal);
    }

    private sealed class Own(string? proposal) : ISearcher
    {
        public string Name => "own";

        public bool IsImmediate => true;

        public long SuggestionsFor(long samples) => samples;

        public Suggestion Suggest(SearchHistory history, long number, RandomStream random) =>
            proposal is null ? null! : new Suggestion.Configure(ParameterSet.Parse(proposal), "own");
    }
}
