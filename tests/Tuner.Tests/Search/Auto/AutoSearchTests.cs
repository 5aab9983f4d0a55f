using Tuning.Randomness;
using Tuning.Search;
using Tuning.Search.Auto;
using Tuning.Tests.Search.Contract;

namespace Tuning.Tests.Search.Auto;

[Trait("Lane", "Slow")]
public sealed class AutoSearchTests
{
    [Fact]
    public void It_begins_in_the_middle_after_given_points_and_says_who_suggests_what_and_why()
    {
        var run = Run(new AutoOptions { PointsToEvaluate = [ParameterSet.Parse("""{"x": 0.5}""")] }, ContractSpaces.Plane(), 1);
        var trials = Enumerable.Range(0, 3).Select(i => Tell(run, i, Bowl)).ToList();

        Assert.Equal(0.5, trials[0].Config["x"]);
        Assert.Equal("point 1 of 1 given by points_to_evaluate", trials[0].Reason);
        Assert.Equal((0.0, 0.0), (trials[1].Config["x"], trials[1].Config["y"]));
        Assert.Equal("the middle of the space, to begin with", trials[1].Reason);
        Assert.StartsWith("by gp, which makes the most of few trials (2 have ended): point", trials[2].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void It_judges_the_process_by_trials_that_it_was_not_shown()
    {
        var run = Run(new AutoOptions(), ContractSpaces.Plane(), 2);
        var trials = Enumerable.Range(0, 43).Select(i => Tell(run, i, Bowl)).ToList();
        Assert.Matches("^by gp, which explained [89]\\d % of the variance of 40 trials", trials[42].Reason);
    }

    [Fact]
    public void Where_values_are_nothing_but_noise_tpe_has_every_other_turn()
    {
        var (run, noise) = (Run(new AutoOptions(), ContractSpaces.Plane(), 3), new RandomStream(1));
        var trials = Enumerable.Range(0, 48).Select(i => Tell(run, i, _ => noise.NextGaussian())).ToList();
        Assert.All(trials.Skip(41), t => Assert.Contains("in turns", t.Reason, StringComparison.Ordinal));
        Assert.StartsWith("by tpe", trials[43].Reason, StringComparison.Ordinal);
        Assert.StartsWith("by gp", trials[44].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void It_goes_on_with_cma_es_where_the_process_has_led()
    {
        var context = ContractSpaces.Context(ContractSpaces.Plane());
        var (history, random) = (new SearchRun(new DrawnOptions().Create(context), SeedPath.Of(4)), new RandomStream(1));
        for (var i = 0; i < 250; i++)
        {
            history.Ask();
            history.Tell(i, Bowl(history[i].Config));
        }

        var answer = Assert.IsType<Suggestion.Configure>(new AutoOptions().Create(context).Suggest(history.History, 250, random));
        Assert.StartsWith("by cma_es, as there are numbers alone and 250 trials have ended", answer.Reason, StringComparison.Ordinal);
        Assert.True(Bowl(answer.Config) < 0.5, $"{answer.Config} is far from the best of the trials before");
    }

    // Random search's mean best value is about 0.12 after 40 trials.
    [Fact]
    public void It_finds_better_values_than_random_search_where_conditions_and_categories_matter()
    {
        var (auto, random) = (MeanBest(new AutoOptions()), MeanBest(new RandomSearchOptions()));
        Assert.True(auto < 0.2 * random, $"{auto} is not below a fifth of {random}");
    }

    private static double MeanBest(SearcherOptions options)
    {
        var space = new SearchSpace()
            .Add("kind", Domain.Choice("a", "b", "c"))
            .Add("lr", Domain.LogUniform(1e-5, 1))
            .Add("momentum", Domain.Uniform(0, 1).When("kind == 'a'"))
            .Add("depth", Domain.QRandInt(1, 20).When("kind == 'b'"));
        var sum = 0.0;
        for (var seed = 0UL; seed < 5; seed++)
        {
            var (run, best) = (Run(options, space, seed), double.PositiveInfinity);
            for (var i = 0; i < 40; i++)
            {
                Tell(run, i, c => Branches(c), v => best = Math.Min(best, v));
            }

            sum += best / 5;
        }

        return sum;
    }

    private static double Branches(ParameterSet config)
    {
        var lr = Math.Pow(Math.Log10((double)config["lr"]!) + 2.5, 2) / 4;
        return lr + config["kind"] switch
        {
            "a" => Math.Pow((double)config["momentum"]! - 0.8, 2),
            "b" => 0.2 + Math.Pow(((long)config["depth"]! - 7) / 10.0, 2),
            _ => 0.4
        };
    }

    private static double Bowl(ParameterSet config) => Math.Pow((double)config["x"]! - 0.3, 2) + Math.Pow((double)config["y"]! + 0.4, 2);

    private static SearchRun Run(SearcherOptions options, SearchSpace space, ulong seed) =>
        new(options.Create(ContractSpaces.Context(space)), SeedPath.Of(seed));

    private static Suggestion.Configure Tell(SearchRun run, int trial, Func<ParameterSet, double> function, Action<double>? told = null)
    {
        var answer = Assert.IsType<Suggestion.Configure>(run.Ask());
        var value = function(answer.Config);
        run.Tell(trial, value);
        told?.Invoke(value);
        return answer;
    }
}
