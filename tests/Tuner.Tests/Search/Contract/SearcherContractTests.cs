using Tuning.Randomness;
using Tuning.Search;
using static Tuning.Tests.Search.Contract.ContractSpaces;

namespace Tuning.Tests.Search.Contract;

/// <summary>What holds for every search algorithm. A row of <see cref="SearcherTable"/> earns all of it.</summary>
[Trait("Lane", "Slow")]
public sealed class SearcherContractTests
{
    public static IEnumerable<TheoryDataRow<string>> Names => SearcherTable.Names;

    [Theory, MemberData(nameof(Names))]
    public void Every_configuration_is_one_of_the_space(string name)
    {
        var row = SearcherTable.Row(name);
        var run = Run(row, Everything(), seed: 1);
        for (var i = 0; i < row.Trials; i++)
        {
            IsInside(Ask(run));
            TellValue(run, i, row.Objectives);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void The_same_seed_gives_the_same_trials_and_another_seed_others(string name)
    {
        var row = SearcherTable.Row(name);
        var (first, again, other) = (Trials(row, seed: 3, row.Trials), Trials(row, seed: 3, row.Trials), Trials(row, seed: 4, count: 5));
        Assert.Equal(first, again);
        Assert.NotEqual(first.Take(5), other);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_new_searcher_answers_as_the_one_that_saw_it_all(string name)
    {
        var row = SearcherTable.Row(name);
        var searcher = New(row, Everything());
        var run = new SearchRun(searcher, SeedPath.Of(5));
        for (var i = 0; i < row.Trials; i++)
        {
            var (before, number) = (run.History, run.Count);
            var config = Ask(run);
            if (i % 7 == 3 || i > row.Trials - 3)
            {
                var anew = New(row, Everything()).Suggest(before, number, (SeedPath.Of(5) / number).Stream());
                Assert.Equal(config, Assert.IsType<Suggestion.Configure>(anew).Config);
                Assert.Equal(config, Assert.IsType<Suggestion.Configure>(searcher.Suggest(before, number, (SeedPath.Of(5) / number).Stream())).Config);
            }

            TellValue(run, i, row.Objectives);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Failures_NaN_infinities_and_infeasible_trials_do_no_harm(string name)
    {
        var row = SearcherTable.Row(name);
        var run = Run(row, Everything(), seed: 2);
        for (var i = 0; i < row.Trials; i++)
        {
            IsInside(Ask(run));
            switch (i % 8)
            {
                case 0:
                    run.Fail(i);
                    break;
                case 1:
                    run.Tell(i, [.. Enumerable.Repeat(double.NaN, row.Objectives)]);
                    break;
                case 2:
                    run.Tell(i, [.. Enumerable.Repeat(double.PositiveInfinity, row.Objectives)]);
                    break;
                case 3 when i > 20:
                    run.Tell(i, [.. Enumerable.Repeat(double.NegativeInfinity, row.Objectives)]);
                    break;
                case 4:
                    run.Tell(i, violation: 0.5 + i, [.. Enumerable.Repeat(1e300, row.Objectives)]);
                    break;
                default:
                    TellValue(run, i, row.Objectives);
                    break;
            }
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void The_widest_ranges_are_searched(string name)
    {
        var row = SearcherTable.Row(name);
        var space = new SearchSpace().Add("x", Domain.Uniform(-1e308, 1e308)).Add("y", Domain.Uniform(double.MinValue, double.MaxValue))
            .Add("z", Domain.LogUniform(double.Epsilon, double.MaxValue));
        var run = Run(row, space, seed: 2);
        var seen = new HashSet<object?>();
        for (var i = 0; i < row.Trials; i++)
        {
            var config = Ask(run);
            Assert.InRange((double)config["x"]!, -1e308, 1e308);
            Assert.All(config, p => Assert.True(double.IsFinite((double)p.Value!), config.ToString()));
            seen.Add(config["x"]);
            TellValue(run, i, row.Objectives);
        }

        Assert.True(seen.Count > row.Trials / 2);
    }

    [Theory, MemberData(nameof(Names))]
    public void An_upper_bound_that_is_excluded_is_never_proposed(string name)
    {
        var row = SearcherTable.Row(name);
        var space = new SearchSpace().Add("gamma", Domain.Uniform(0.9, 1)).Add("lr", Domain.LogUniform(1e-4, 1e-1)).Add("layers", Domain.RandInt(1, 5))
            .Add("wide", Domain.Uniform(-1e308, 1e308));
        var run = Run(row, space, seed: 3, Mode.Max);
        for (var i = 0; i < row.Trials; i++)
        {
            var config = Ask(run);
            var (gamma, lr, layers, wide) = ((double)config["gamma"]!, (double)config["lr"]!, (long)config["layers"]!, (double)config["wide"]!);
            Assert.True(gamma is >= 0.9 and < 1 && lr is >= 1e-4 and < 1e-1 && layers is >= 1 and < 5 && wide is >= -1e308 and < 1e308, config.ToString());
            run.Tell(i, [.. Enumerable.Repeat(gamma + lr + layers + (wide / 1e308), row.Objectives)]);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Equal_values_of_a_choice_are_one_value_for_what_learns(string name)
    {
        var row = SearcherTable.Row(name);
        var same = ParameterSet.Parse("""{"kind": "b", "width": {"randint": [1, 3]}}""");
        var run = Run(row, new SearchSpace().Add("a", Domain.Choice("p", "q", "p", "p")).Add("b", Domain.Choice(same, "r", same)), seed: 7);
        var seen = new HashSet<string>();
        for (var i = 0; i < 6; i++)
        {
            var config = Ask(run);
            Assert.True(seen.Add(config.ToString()), config.ToString());
            TellValue(run, i, row.Objectives);
        }

        Assert.True(row.Learns ? run.Ask() is Suggestion.Exhausted : run.Ask() is Suggestion.Configure { Reason: var again }
            && again.Contains("tried before", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Names))]
    public void Nothing_but_failures_does_no_harm(string name)
    {
        var row = SearcherTable.Row(name);
        var run = Run(row, Plane(), seed: 2);
        for (var i = 0; i < 30; i++)
        {
            Ask(run);
            run.Fail(i);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Many_at_once_are_all_different_and_may_end_in_any_order(string name)
    {
        var row = SearcherTable.Row(name);
        var run = Run(row, Plane(), seed: 6);
        var (random, running, seen) = (new RandomStream(1), new List<int>(), new HashSet<string>());
        for (var i = 0; i < row.Trials; i++)
        {
            Assert.True(seen.Add(Ask(run).ToString()));
            running.Add(i);
            if (running.Count == 8)
            {
                var at = random.NextInt32(8);
                TellValue(run, running[at], row.Objectives);
                running.RemoveAt(at);
            }
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void A_finite_space_is_tried_out_without_repeating_and_then_exhausted(string name)
    {
        var row = SearcherTable.Row(name);
        if (!row.Learns)
        {
            return; // random search draws on, as it does in Ray
        }

        var run = Run(row, Twelve(), seed: 7);
        var seen = new HashSet<string>();
        for (var i = 0; i < 12; i++)
        {
            Assert.True(seen.Add(Ask(run).ToString()));
            TellValue(run, i, row.Objectives);
        }

        Assert.Contains("all configurations", Assert.IsType<Suggestion.Exhausted>(run.Ask()).Reason, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Names))]
    public void Constraints_hold(string name)
    {
        var row = SearcherTable.Row(name);
        var context = Context(Everything(), row.Objectives, constraints: ["layers * units <= 512", "optimizer != \"sgd\" or lr < 0.01"]);
        var run = new SearchRun(row.Options([]).Create(context), SeedPath.Of(8));
        for (var i = 0; i < row.Trials; i++)
        {
            var config = Ask(run);
            IsInside(config);
            Assert.True((long)config["layers"]! * (long)config["units"]! <= 512);
            Assert.True(config["optimizer"] is not "sgd" || (double)config["lr"]! < 0.01);
            TellValue(run, i, row.Objectives);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Given_points_come_first_to_the_last_digit(string name)
    {
        var row = SearcherTable.Row(name);
        var points = new[] { ParameterSet.Parse("""{"lr": 0.001, "optimizer": "adam", "layers": 3}"""),
            ParameterSet.Parse("""{"drop": 0.3, "model": {"kind": {"name": "mlp", "width": 4}}}""") };
        var run = new SearchRun(row.Options([.. points]).Create(Context(Everything(), row.Objectives)), SeedPath.Of(9));
        var first = Ask(run);
        Assert.Equal((0.001, "adam", 3L), (first["lr"], first["optimizer"], first["layers"]));
        IsInside(first);
        var second = Ask(run);
        Assert.Equal((0.3, 4L), (second["drop"], second["model.kind.width"]));
        IsInside(second);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_wrong_point_is_refused_with_its_name(string name)
    {
        var row = SearcherTable.Row(name);
        var e = Assert.Throws<ArgumentException>(() => row.Options([ParameterSet.Parse("""{"lrr": 0.001}""")]).Create(Context(Everything(), row.Objectives)));
        Assert.Contains("points_to_evaluate[0].lrr", e.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_grid_is_refused_with_what_to_use(string name)
    {
        var row = SearcherTable.Row(name);
        if (!row.Learns)
        {
            return; // random search runs grids
        }

        var space = Plane().Add("g", Domain.GridSearch(1, 2));
        var e = Assert.Throws<ArgumentException>(() => row.Options([]).Create(Context(space, row.Objectives)));
        Assert.Contains("'g' is a grid_search", e.Message, StringComparison.Ordinal);
        Assert.Contains("choice", e.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Names))]
    public void To_maximise_is_to_minimise_the_negative(string name)
    {
        var row = SearcherTable.Row(name);
        var (min, max) = (Run(row, Everything(), seed: 10), Run(row, Everything(), seed: 10, Mode.Max));
        for (var i = 0; i < row.Trials; i++)
        {
            Assert.Equal(Ask(min), Ask(max));
            TellValue(min, i, row.Objectives);
            TellValue(max, i, row.Objectives, sign: -1);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Trials_of_earlier_experiments_count_as_known(string name)
    {
        var row = SearcherTable.Row(name);
        if (!row.Learns)
        {
            return;
        }

        var earlier = Run(row, Twelve(), seed: 11);
        for (var i = 0; i < 8; i++)
        {
            Ask(earlier);
            TellValue(earlier, i, row.Objectives);
        }

        var known = earlier.History.Observations.Select((o, i) => o with { Suggestion = -1 - i, EndOrder = i }).ToList();
        var stranger = known[0] with { Config = ParameterSet.Parse("""{"a": "z", "b": 1}""") };
        var run = new SearchRun(row.Options([]).Create(Context(Twelve(), row.Objectives) with { WarmStart = [.. known, stranger] }), SeedPath.Of(12));
        for (var i = 0; i < 4; i++)
        {
            Assert.DoesNotContain(Ask(run), known.Select(k => k.Config));
            TellValue(run, i, row.Objectives);
        }

        Assert.IsType<Suggestion.Exhausted>(run.Ask());
    }

    [Theory, MemberData(nameof(Names))]
    public void Every_suggestion_has_a_reason(string name)
    {
        var row = SearcherTable.Row(name);
        var run = Run(row, Plane(), seed: 13);
        for (var i = 0; i < row.Trials; i++)
        {
            Assert.NotEmpty(Assert.IsType<Suggestion.Configure>(run.Ask()).Reason);
            TellValue(run, i, row.Objectives);
        }
    }

    private static ISearcher New(SearcherRow row, SearchSpace space, ulong seed = 0, Mode mode = Mode.Min) =>
        row.Options([]).Create(Context(space, row.Objectives, mode) with { Seed = SeedPath.Of(seed) });

    private static SearchRun Run(SearcherRow row, SearchSpace space, ulong seed, Mode mode = Mode.Min) => new(New(row, space, seed, mode), SeedPath.Of(seed));

    private static ParameterSet Ask(SearchRun run) => Assert.IsType<Suggestion.Configure>(run.Ask()).Config;

    private static List<ParameterSet> Trials(SearcherRow row, ulong seed, int count)
    {
        var run = Run(row, Everything(), seed);
        for (var i = 0; i < count; i++)
        {
            Ask(run);
            TellValue(run, i, row.Objectives);
        }

        return [.. run.History.Observations.Select(o => o.Config)];
    }
}
