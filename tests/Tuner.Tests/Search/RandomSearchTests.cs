using Tuning.Randomness;
using Tuning.Search;
using Tuning.Spaces;

namespace Tuning.Tests.Search;

public sealed class RandomSearchTests
{
    private static readonly SearchSpace _space = new SearchSpace().Add("g", Domain.GridSearch(1, 2)).Add("lr", Domain.Uniform(0, 1));

    private static SearcherContext Context(SearchSpace space) => new(space, []) { Seed = SeedPath.Of(1) / "searcher" };

    private static Suggestion.Configure Suggest(ISearcher searcher, long number) =>
        Assert.IsType<Suggestion.Configure>(searcher.Suggest(SearchHistory.Empty, number, (SeedPath.Of(1) / "searcher" / number).Stream()));

    [Fact]
    public void Reason_says_sample_and_cell()
    {
        var searcher = new RandomSearchOptions
        {
            PointsToEvaluate =
            [ParameterSet.Parse("""{"lr":0.5}"""), ParameterSet.Parse("""{"g":2}""")]
        }.Create(Context(_space));

        Assert.Equal(
            ["preset sample 1, grid cell 1 of 2", "preset sample 1, grid cell 2 of 2", "preset sample 2", "random sample 3, grid cell 1 of 2"],
            Enumerable.Range(0, 4).Select(i => Suggest(searcher, i).Reason));
        Assert.Equal("sample 2", Suggest(new GridSearchOptions().Create(Context(new SearchSpace().Add("a", 1))), 1).Reason);
    }

    [Fact]
    public void SuggestionsFor_counts_grids_and_is_capped()
    {
        var searcher = new RandomSearchOptions().Create(Context(_space));

        Assert.True(searcher.IsImmediate);
        Assert.Equal(0, searcher.SuggestionsFor(0));
        Assert.Equal(6, searcher.SuggestionsFor(3));
        Assert.Equal(long.MaxValue, searcher.SuggestionsFor(long.MaxValue));
    }

    [Fact]
    public void Same_number_and_stream_give_the_same_from_a_new_searcher()
    {
        var (first, second) = (new RandomSearchOptions { ConstantGridSearch = true }.Create(Context(_space)),
            new RandomSearchOptions { ConstantGridSearch = true }.Create(Context(_space)));
        Suggest(first, 3);

        Assert.Equal(Suggest(first, 8), Suggest(second, 8));
        Assert.Equal(Suggest(first, 8).Config["lr"], Suggest(first, 9).Config["lr"]);
    }

    [Theory, InlineData(1), InlineData(3)]
    public void What_was_tried_is_drawn_again_from_the_same_stream_and_first_draws_stay(int repeat)
    {
        var space = new SearchSpace().Add("a", Domain.RandInt(0, 8)).Add("b", Domain.Choice("p", "q")).Add("c", Domain.Uniform(0, 1).When("b == 'none'"));
        SearcherOptions options = new RandomSearchOptions { PointsToEvaluate = [ParameterSet.Parse("""{"a": 3, "b": "p"}""")] };
        var searcher = (repeat == 1 ? options : new RepeaterOptions { Searcher = options, Repeat = repeat }).Create(Context(space));
        var run = new SearchRun(searcher, SeedPath.Of(1) / "searcher");
        var plain = new VariantGenerator(space, [], [ParameterSet.Parse("""{"a": 3, "b": "p"}""")]);
        var seen = new HashSet<ParameterSet>();
        for (var i = 0; i < 20; i++)
        {
            Suggestion.Configure? suggestion = null;
            for (var k = 0; k < repeat; k++)
            {
                suggestion = Assert.IsType<Suggestion.Configure>(run.Ask());
            }

            var first = plain.Generate(i, (SeedPath.Of(1) / "searcher" / (i * repeat)).Stream()).Config;
            Assert.True(seen.Contains(first) || i >= 16 || suggestion!.Config.Equals(first));
            Assert.Equal(i < 16, seen.Add(suggestion!.Config));
            Assert.Equal(i >= 16 && repeat == 1, suggestion.Reason.Contains("tried before", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void What_was_tried_does_not_depend_on_what_a_searcher_was_asked_before()
    {
        var space = new SearchSpace().Add("a", Domain.RandInt(0, 8)).Add("b", Domain.QRandN(0, 3, 1));
        var asked = new RandomSearchOptions().Create(Context(space));
        var all = Enumerable.Range(0, 60).Select(i => Suggest(asked, i).Config).ToList();

        Assert.Equal(all[..40], all[..40].Distinct());
        Assert.All([59, 3, 40], i => Assert.Equal(all[i], Suggest(asked, i).Config));
        Assert.All([59, 3, 40], i => Assert.Equal(all[i], Suggest(new RandomSearchOptions().Create(Context(space)), i).Config));
    }

    [Fact]
    public void Space_is_taken_as_it_is_when_the_searcher_is_made()
    {
        var space = new SearchSpace().Add("a", Domain.RandInt(0, 5));
        var searcher = new RandomSearchOptions().Create(Context(space));
        space.Add("b", 1);

        Assert.Equal(["a"], Suggest(searcher, 0).Config.Names);
    }

    [Fact]
    public void Grid_search_refuses_domains_that_are_drawn()
    {
        var error = Assert.Throws<ArgumentException>(() => new GridSearchOptions().Create(Context(_space)));
        Assert.Equal("Grid search runs every combination, but 'lr' is drawn: a real number from 0 to 1. Give it a grid_search, or use the search algorithm " +
            "'random', which runs grids too.", error.Message);
        Assert.Throws<ArgumentException>(() => new GridSearchOptions().Create(Context(new SearchSpace().Add("g", Domain.GridSearch(1, Domain.RandN())))));
        Assert.Equal("grid", new GridSearchOptions()
            .Create(Context(new SearchSpace().Add("g", Domain.GridSearch(1, 2)).Add("h", Domain.Expression("g + 1")))).Name);
    }

    [Fact]
    public void Options_are_compared_by_content()
    {
        static RandomSearchOptions Options() => new() { PointsToEvaluate = [ParameterSet.Parse("""{"lr":0.5}""")] };

        Assert.Equal(Options(), Options());
        Assert.NotEqual(Options(), new RandomSearchOptions());
    }
}
