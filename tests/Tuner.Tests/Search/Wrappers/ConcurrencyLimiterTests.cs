using Tuning.Randomness;
using Tuning.Search;
using Tuning.Tests.Search.Contract;

namespace Tuning.Tests.Search.Wrappers;

public sealed class ConcurrencyLimiterTests
{
    [Fact]
    public void Waits_while_as_many_run_as_are_allowed()
    {
        var run = Run(new() { Searcher = new DrawnOptions(), MaxConcurrent = 2 });

        Assert.IsType<Suggestion.Configure>(run.Ask());
        Assert.IsType<Suggestion.Configure>(run.Ask());
        Assert.IsType<Suggestion.Wait>(run.Ask());
        run.Fail(0);
        Assert.IsType<Suggestion.Configure>(run.Ask());
        Assert.IsType<Suggestion.Wait>(run.Ask());
    }

    [Fact]
    public void Paused_trials_hold_no_place()
    {
        var searcher = Create(new() { Searcher = new DrawnOptions(), MaxConcurrent = 1 });
        var (history, config) = (new HistoryBuilder(), ParameterSet.Parse("""{"x": 0, "y": 0}"""));
        history.Add(new(new(0), 0, config, TrialStatus.Running, null, 0));

        Assert.IsType<Suggestion.Wait>(Ask(searcher, history, 1));
        history.Set(0, history[0] with { Status = TrialStatus.Paused });
        Assert.IsType<Suggestion.Configure>(Ask(searcher, history, 1));
    }

    [Fact]
    public void Batches_wait_for_all_of_the_last_one_and_learn_nothing_before()
    {
        var run = Run(new() { Searcher = new CountingOptions(), MaxConcurrent = 3, Batch = true });

        Assert.Equal("0 of 0 ended", Reason(run));
        run.Tell(0, 1);
        Assert.Equal("0 of 1 ended", Reason(run));
        Assert.Equal("0 of 2 ended", Reason(run));
        run.Tell(1, 1);
        Assert.IsType<Suggestion.Wait>(run.Ask());
        run.Tell(2, 1);
        Assert.Equal("3 of 3 ended", Reason(run));
        run.Tell(3, 1);
        Assert.Equal("3 of 4 ended", Reason(run));
    }

    [Fact]
    public void A_new_searcher_answers_the_same_in_the_middle_of_a_batch()
    {
        var options = new ConcurrencyLimiterOptions { Searcher = new CountingOptions(), MaxConcurrent = 3, Batch = true };
        var run = Run(options);
        for (var i = 0; i < 20; i++)
        {
            var (history, number) = (run.History, run.Count);
            Assert.Equal(Create(options).Suggest(history, number, (SeedPath.Of(1) / number).Stream()), run.Ask());
            run.Tell(i, i);
        }
    }

    [Fact]
    public void Everything_else_passes_through()
    {
        var options = new ConcurrencyLimiterOptions { Searcher = new RandomSearchOptions(), MaxConcurrent = 2 };
        var searcher = options.Create(new(new SearchSpace().Add("g", Domain.GridSearch(1, 2, 3)), []));

        Assert.Equal(12, searcher.SuggestionsFor(4));
        Assert.True(searcher.SeesPending);
        Assert.False(searcher.IsImmediate);
        Assert.True(Create(new() { Searcher = new CountingOptions(), MaxConcurrent = 1 }).NeedsCurves);
        Assert.Equal(["a"], new ConcurrencyLimiterOptions { Searcher = new DrawnOptions { WarmStart = ["a"] }, MaxConcurrent = 1 }.WarmStartDirectories);
    }

    [Fact]
    public void Errors_of_the_searcher_inside_say_where_they_stand()
    {
        var options = new ConcurrencyLimiterOptions
        {
            Searcher = new DrawnOptions { PointsToEvaluate = [ParameterSet.Parse("""{"z": 1}""")] },
            MaxConcurrent = 2
        };
        Assert.StartsWith("searcher.points_to_evaluate[0].z: ", Assert.Throws<ArgumentException>(() => Create(options)).Message, StringComparison.Ordinal);
        Assert.StartsWith("max_concurrent: is 0;", Assert.Throws<ArgumentException>(() => Create(options with { MaxConcurrent = 0 })).Message,
            StringComparison.Ordinal);
    }

    private static ISearcher Create(ConcurrencyLimiterOptions options) => options.Create(ContractSpaces.Context(ContractSpaces.Plane()));

    private static SearchRun Run(ConcurrencyLimiterOptions options) => new(Create(options), SeedPath.Of(1));

    private static Suggestion Ask(ISearcher searcher, HistoryBuilder history, long number) =>
        searcher.Suggest(history.Snapshot(1), number, new RandomStream(1));

    private static string Reason(SearchRun run) => Assert.IsType<Suggestion.Configure>(run.Ask()).Reason;
}
