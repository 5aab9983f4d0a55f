using Tuning.Control;
using Tuning.Randomness;
using Tuning.Search;
using Tuning.Testing;
using Tuning.Tests.Search.Contract;

namespace Tuning.Tests.Search;

/// <summary>A point of the space at which an expression has no value costs that trial at most, whatever searches.</summary>
[Trait("Lane", "Slow")]
public sealed class PointsWithoutValueTests
{
    private static readonly string[] _expressions =
        ["1.0 / k", "1 // k", "1 % k", "log(k)", "sqrt(k - 0.5)", "0 ** (k - 1)", "int('a' if k == 0 else '1')", "[1, 2][4 if k == 0 else 0]"];

    public static IEnumerable<TheoryDataRow<string, string>> Cases =>
        from row in SearcherTable.Rows
        from expression in _expressions
        select new TheoryDataRow<string, string>(row.Name, expression);

    [Theory, MemberData(nameof(Cases))]
    public void Computed_value_without_a_value_is_a_suggestion_that_cannot_be_tried(string name, string expression)
    {
        var space = Space().Add("y", Domain.Expression(expression));
        var met = 0;
        foreach (var suggestion in Suggestions(name, space))
        {
            if (suggestion is Suggestion.Invalid invalid)
            {
                met++;
                Assert.Equal(0L, invalid.Config["k"]);
                Assert.False(invalid.Config.TryGet("y", out _));
                Assert.StartsWith("The computed value 'y' has none: ", invalid.Reason, StringComparison.Ordinal);
            }
            else
            {
                var config = Assert.IsType<Suggestion.Configure>(suggestion).Config;
                Assert.NotEqual(0L, config["k"]);
                Assert.True(config.TryGet("y", out _));
            }
        }

        Assert.InRange(met, 1, Count - 1);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Constraint_without_a_value_is_not_fulfilled(string name, string expression) =>
        Assert.All(Suggestions(name, Space(), $"{expression} >= -1e9"), s => Assert.NotEqual(0L, Assert.IsType<Suggestion.Configure>(s).Config["k"]));

    [Theory, MemberData(nameof(Cases))]
    public void Constraint_over_a_computed_value_without_one_is_not_fulfilled(string name, string expression) => Assert.All(
        Suggestions(name, Space().Add("y", Domain.Expression(expression)), "y >= -1e9"),
        s => Assert.NotEqual(0L, Assert.IsType<Suggestion.Configure>(s).Config["k"]));

    [Theory, MemberData(nameof(Cases))]
    public void Condition_without_a_value_is_a_suggestion_that_cannot_be_tried(string name, string expression)
    {
        var space = Space().Add("m", Domain.Uniform(0, 1).When($"({expression}) > -1e9"));

        Assert.All(Suggestions(name, space), s => Assert.Equal(s is Suggestion.Invalid, ConfigOf(s)["k"] is 0L));
        Assert.Contains(Suggestions(name, space),
            s => s is Suggestion.Invalid { Reason: var reason } && reason.StartsWith("The condition of 'm' has no value: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("random")]
    [InlineData("grid")]
    public async Task Grid_goes_on_after_a_cell_without_a_value(string searcher)
    {
        using var folder = new TemporaryFolder();
        var train = Trainable.FromFunction<ParameterSet>("train", config => new Metrics { ["loss"] = config.Get<double>("x") });
        var space = new SearchSpace().Add("k", Domain.GridSearch(1, 2, 0, 3)).Add("x", Domain.Expression("1.0 / k"));
        var tune = new TuneConfig
        {
            Metric = "loss",
            Mode = Mode.Min,
            SearchAlgorithm = searcher == "grid" ? new GridSearchOptions() : new RandomSearchOptions(),
        };

        var results = await new Tuner(train, space, tune, new RunConfig { StoragePath = folder.Path, Loggers = [] }).FitAsync();

        Assert.True(results.IsFinished);
        Assert.Equal([TrialStatus.Terminated, TrialStatus.Terminated, TrialStatus.Failed, TrialStatus.Terminated], results.Select(t => t.Status));
        Assert.Contains("1 / 0 has no value", results[2].Error, StringComparison.Ordinal);
        Assert.Equal(0L, results[2].Config["k"]);

        // The trial cannot be taken up again, since nothing about it would change; and the record loads and verifies.
        var again = await Tuner.RestoreAsync(results.Directory, train, new RestoreOptions { Errored = ErroredTrials.Restart });
        Assert.Equal(results.Select(t => (t.Id, t.Status, t.Config, t.Reason)), again.Select(t => (t.Id, t.Status, t.Config, t.Reason)));
    }

    [Fact]
    public async Task Suggestions_without_end_that_never_can_be_tried_end()
    {
        using var folder = new TemporaryFolder();
        var train = Trainable.FromFunction<ParameterSet>("train", _ => new Metrics { ["loss"] = 1 });
        var space = new SearchSpace().Add("k", Domain.Uniform(0, 1)).Add("x", Domain.Expression("1 / 0"));
        var tuner = new Tuner(train, space, new TuneConfig { Metric = "loss", Mode = Mode.Min, Samples = -1 },
            new RunConfig { StoragePath = folder.Path, Loggers = [] });

        var results = await tuner.FitAsync(TestContext.Current.CancellationToken);

        Assert.InRange(results.Count, 100, 100 + Environment.ProcessorCount); // others were under way
        Assert.Contains("its last 100 suggestions could not be tried", results.EndReason, StringComparison.Ordinal);
    }

    private const int Count = 12;

    private static SearchSpace Space() => new SearchSpace().Add("k", Domain.RandInt(0, 3)).Add("z", Domain.Uniform(0, 1));

    private static ParameterSet ConfigOf(Suggestion suggestion) => suggestion is Suggestion.Invalid invalid ? invalid.Config
        : ((Suggestion.Configure)suggestion).Config;

    // Trials in turn, each with a value unless it cannot be tried.
    private static List<Suggestion> Suggestions(string name, SearchSpace space, params string[] constraints)
    {
        var row = SearcherTable.Row(name);
        var searcher = row.Options([]).Make(new(space, [.. Enumerable.Range(0, row.Objectives).Select(i => new Objective($"m{i}", Mode.Min))])
        {
            Constraints = [.. constraints],
            Seed = SeedPath.Of(3),
        });
        var history = new HistoryBuilder();
        var answers = new List<Suggestion>();
        for (var i = 0; i < Count; i++)
        {
            var answer = searcher.Ask(history.Snapshot(i), i, (SeedPath.Of(3) / i).Stream());
            answers.Add(answer);
            var isInvalid = answer is Suggestion.Invalid;
            double? loss = isInvalid ? null : i * 0.5;
            history.Add(new(new(i), i, ConfigOf(answer), isInvalid ? TrialStatus.Failed : TrialStatus.Terminated, loss, isInvalid ? 0 : 1)
            {
                EndOrder = i,
                Objectives = isInvalid || row.Objectives < 2 ? [] : [.. Enumerable.Range(0, row.Objectives).Select(o => o + (i * 0.5))],
            });
        }

        return answers;
    }
}
