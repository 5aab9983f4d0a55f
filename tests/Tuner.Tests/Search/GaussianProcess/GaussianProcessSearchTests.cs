using Tuning.Randomness;
using Tuning.Search;
using Tuning.Search.GaussianProcess;

namespace Tuning.Tests.Search.GaussianProcess;

[Trait("Lane", "Slow")]
public sealed class GaussianProcessSearchTests
{
    private static readonly SearchSpace _mixed = new SearchSpace()
        .Add("lr", Domain.LogUniform(1e-5, 1e-1)).Add("kind", Domain.Choice("a", "b", "c")).Add("layers", Domain.RandInt(1, 9))
        .Add("momentum", Domain.Uniform(0, 1).When("kind == 'b'")).Add("drop", Domain.Uniform(0, 1));

    // Medians of 40 trials over many seeds: random 0.67, TPE's of Optuna about 0.2, ours below 0.005. Random search in its place fails by far.
    [Fact]
    public void Finds_values_that_random_search_does_not()
    {
        var (ours, random) = (new List<double>(), new List<double>());
        for (var seed = 0UL; seed < 3; seed++)
        {
            ours.Add(Best(new GaussianProcessOptions(), seed, 40));
            random.Add(Best(new RandomSearchOptions(), seed, 40));
        }

        Assert.True(Median(ours) < 0.05 * Median(random), $"{Median(ours)} and {Median(random)}");
    }

    [Fact]
    public void Ten_at_once_are_spread_and_still_find_values_that_random_search_does_not()
    {
        var run = new SearchRun(new GaussianProcessOptions().Create(Context(_mixed, 3)), SeedPath.Of(3));
        var running = new List<int>();
        var random = new RandomStream(3);
        for (var i = 0; i < 60; i++)
        {
            run.Ask();
            running.Add(i);
            if (running.Count == 10)
            {
                var at = random.NextInt32(10);
                run.Tell(running[at], Loss(run[running[at]].Config));
                running.RemoveAt(at);
            }
        }

        var best = Enumerable.Range(0, run.Count).Where(i => run[i].IsEnded).Min(i => run[i].Objective)!.Value;
        Assert.True(best < 0.15 * Best(new RandomSearchOptions(), 3, 60), $"{best}");
    }

    [Fact]
    public void Trials_that_break_conditions_are_learnt_from()
    {
        // The unconstrained optimum is infeasible; 5 of 6 random points are infeasible.
        var space = new SearchSpace().Add("x", Domain.Uniform(0, 1)).Add("y", Domain.Uniform(0, 1));
        var run = new SearchRun(new GaussianProcessOptions().Create(Context(space, 1)), SeedPath.Of(1));
        var best = double.PositiveInfinity;
        for (var i = 0; i < 40; i++)
        {
            var config = Assert.IsType<Suggestion.Configure>(run.Ask()).Config;
            var (x, y) = ((double)config["x"]!, (double)config["y"]!);
            var violation = Math.Max(0, x + y - 0.58);
            run.Tell(i, violation, [Math.Pow(x - 0.8, 2) + Math.Pow(y - 0.4, 2)]);
            if (violation == 0)
            {
                best = Math.Min(best, Math.Pow(x - 0.8, 2) + Math.Pow(y - 0.4, 2));
            }
        }

        // The best feasible point is (0.49, 0.09) with 2 · 0.31² = 0.1922.
        Assert.InRange(best, 0.1922, 0.21);
    }

    [Fact]
    public void Several_objectives_spread_over_their_front()
    {
        var space = new SearchSpace().Add("x", Domain.Uniform(0, 1)).Add("y", Domain.Uniform(0, 1)).Add("z", Domain.Uniform(0, 1));
        var (ours, random) = (Hypervolume(new GaussianProcessOptions(), space), Hypervolume(new RandomSearchOptions(), space));

        // The front √f₁ + √f₂ = 0.5 within [0, 0.25]² leaves 5/6 of the square: 0.0521.
        Assert.InRange(ours, 0.048, 0.0521);
        Assert.True(random < 0.042, $"{random}");
    }

    [Fact]
    public void Noisy_trial_that_was_lucky_is_not_recommended()
    {
        var space = new SearchSpace().Add("x", Domain.Uniform(0, 1));
        var noise = new RandomStream(5);
        var searcher = new GaussianProcessOptions().Create(Context(space, 5));
        var run = new SearchRun(searcher, SeedPath.Of(5));
        for (var i = 0; i < 40; i++)
        {
            var x = (double)Assert.IsType<Suggestion.Configure>(run.Ask()).Config["x"]!;
            run.Tell(i, i == 2 ? -1.5 : Math.Pow(x - 0.3, 2) * 4 + (0.2 * noise.NextGaussian()));
        }

        var recommended = NoiseAwareRecommendation.Of(Context(space, 5), run.History)!;

        Assert.NotEqual(2, recommended.Trial.Number);
        Assert.InRange((double)run[recommended.Trial.Number].Config["x"]!, 0.1, 0.5);
        Assert.Contains("best mean of a Gaussian process over 40 trials", recommended.Reason, StringComparison.Ordinal);
    }

    // Random search recommends nothing and is asked for its luckiest trial.
    [Fact]
    public void Recommends_better_trials_under_noise_than_random_search_finds()
    {
        var (ours, random) = (0.0, 0.0);
        for (var seed = 0UL; seed < 4; seed++)
        {
            ours += NoisyLoss(new GaussianProcessOptions(), seed) / 4;
            random += NoisyLoss(new RandomSearchOptions(), seed) / 4;
        }

        Assert.True(ours < 0.5 * random, $"{ours} and {random}");
    }

    [Fact]
    public void Reason_has_the_numbers_of_the_decision()
    {
        var run = new SearchRun(new GaussianProcessOptions().Create(Context(_mixed, 0)), SeedPath.Of(0));
        for (var i = 0; i < 12; i++)
        {
            var suggestion = Assert.IsType<Suggestion.Configure>(run.Ask());
            Assert.Matches(
                i < 10 ? $"^point {i} of the scrambled sobol sequence, to begin with: {i} of {i} trials have a value$"
                    : $@"^expected improvement [-.\dE]+ over the incumbent [-.\dE]+ \(trial \d{{5}}\), " +
                        $@"predicted [-.\dE]+ \+- [-.\dE]+ from {i} trials, lengthscales shortest in \w+ and \w+$",
                suggestion.Reason);
            run.Tell(i, Loss(suggestion.Config));
        }
    }

    [Theory]
    [InlineData(1, 2048, "n_startup_trials: is 1; it must be at least 2.")]
    [InlineData(10, 8, "n_candidates: is 8; it must be from 16 to 1,000,000.")]
    public void Bad_options_are_refused(int startup, int candidates, string message)
    {
        var options = new GaussianProcessOptions { StartupTrials = startup, Candidates = candidates };

        Assert.Equal(message, Assert.Throws<ArgumentException>(() => options.Create(Context(_mixed, 0))).Message);
    }

    private static double Hypervolume(SearcherOptions options, SearchSpace space)
    {
        var run = new SearchRun(options.Create(Context(space, 2, 2)), SeedPath.Of(2));
        var front = new List<(double A, double B)>();
        for (var i = 0; i < 45; i++)
        {
            var config = Assert.IsType<Suggestion.Configure>(run.Ask()).Config;
            var (x, y, z) = ((double)config["x"]!, (double)config["y"]!, (double)config["z"]!);
            var off = Math.Pow(y - 0.5, 2) + Math.Pow(z - 0.5, 2);
            var (a, b) = ((x * x / 4) + off, ((1 - x) * (1 - x) / 4) + off);
            run.Tell(i, a, b);
            front.Add((a, b));
        }

        var (volume, height) = (0.0, 0.25);
        foreach (var (a, b) in front.Where(f => f.A < 0.25).OrderBy(f => f.A))
        {
            (volume, height) = b < height ? (volume + ((0.25 - a) * (height - b)), b) : (volume, height);
        }

        return volume;
    }

    private static double NoisyLoss(SearcherOptions options, ulong seed)
    {
        var space = new SearchSpace().Add("x", Domain.Uniform(0, 1)).Add("y", Domain.Uniform(0, 1)).Add("z", Domain.Uniform(0, 1));
        var (searcher, noise) = (options.Create(Context(space, seed)), new RandomStream(seed));
        var run = new SearchRun(searcher, SeedPath.Of(seed));
        for (var i = 0; i < 40; i++)
        {
            run.Tell(i, Loss(Assert.IsType<Suggestion.Configure>(run.Ask()).Config) + (0.5 * noise.NextGaussian()));
        }

        var luckiest = Enumerable.Range(0, 40).MinBy(i => run[i].Objective);
        return Loss(run[NoiseAwareRecommendation.Of(Context(space, seed), run.History) is { } recommended ? (int)recommended.Trial.Number : luckiest].Config);

        static double Loss(ParameterSet config) =>
            4 * (Math.Pow((double)config["x"]! - 0.3, 2) + Math.Pow((double)config["y"]! - 0.6, 2) + Math.Pow((double)config["z"]! - 0.5, 2));
    }

    private static double Best(SearcherOptions options, ulong seed, int trials)
    {
        var run = new SearchRun(options.Create(Context(_mixed, seed)), SeedPath.Of(seed));
        var best = double.PositiveInfinity;
        for (var i = 0; i < trials; i++)
        {
            var loss = Loss(Assert.IsType<Suggestion.Configure>(run.Ask()).Config);
            run.Tell(i, loss);
            best = Math.Min(best, loss);
        }

        return best;
    }

    private static double Loss(ParameterSet config)
    {
        var (lr, layers, drop) = (Math.Log10((double)config["lr"]!), (long)config["layers"]!, (double)config["drop"]!);
        var kind = (string)config["kind"]! switch { "a" => 0.4, "b" => 2 * Math.Pow((double)config["momentum"]! - 0.7, 2), _ => 0.8 };
        return Math.Pow(lr + 2.8, 2) + (0.1 * Math.Pow(layers - 5, 2)) + (2 * Math.Pow(drop - 0.2, 2)) + kind;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static SearcherContext Context(SearchSpace space, ulong seed, int objectives = 1) =>
        new(space, [.. Enumerable.Range(0, objectives).Select(i => new Objective("f" + i, Mode.Min))]) { Seed = SeedPath.Of(seed) / "searcher" };
}
