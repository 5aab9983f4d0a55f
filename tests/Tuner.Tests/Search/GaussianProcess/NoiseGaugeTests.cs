using Tuning.Randomness;
using Tuning.Search;
using Tuning.Search.GaussianProcess;
using Tuning.Search.Tpe;
using Tuning.Spaces;
using Tuning.Tests.Search.Contract;

namespace Tuning.Tests.Search.GaussianProcess;

public sealed class NoiseGaugeTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(0.5, true)]
    public void Noise_is_told_from_shape(double noise, bool expected)
    {
        var (run, gauge) = Trials(2, noise, 40);

        Assert.Equal(expected, gauge(run));
    }

    [Fact]
    public void Verdict_does_not_depend_on_when_it_was_asked_for()
    {
        for (var seed = 0UL; seed < 4; seed++)
        {
            var (run, always) = Trials(2, 0.05, 0, seed);
            var last = false;
            Add(run, 60, 0.05, seed, () =>
            {
                var isNoisy = always(run);
                Assert.True(isNoisy || !last); // what was seen stays seen
                last = isNoisy;
            });

            Assert.Equal(last, Gauge(2)(run));
        }
    }

    [Fact]
    public void With_many_parameters_so_few_trials_say_nothing()
    {
        var (run, gauge) = Trials(NoiseGauge.MostAxes + 1, 0.5, 60);

        Assert.False(gauge(run));
    }

    [Fact]
    public void Under_noise_tpe_models_twice_as_many_as_the_best_and_says_so()
    {
        Assert.Contains("the best 12 of 60 trials, twice as many as usual since results are noisy", ReasonAfter(60, 0.5), StringComparison.Ordinal);
        Assert.Contains("the best 6 of 60 trials (", ReasonAfter(60, 0), StringComparison.Ordinal);
    }

    [Fact]
    public void Under_noise_tpe_finds_better_places_than_by_following_the_luckiest()
    {
        // The mean over 24 seeds is -1.2; where the best are not modelled as twice as many and twice as wide, it is -0.6.
        var mean = Enumerable.Range(0, 12).Average(seed => LastOnes(new TpeOptions(), (ulong)seed));

        Assert.True(mean < -0.9, $"{mean}");
    }

    private static string ReasonAfter(int trials, double noise)
    {
        var (run, _) = Trials(2, noise, trials, searcher: new TpeOptions());
        return Assert.IsType<Suggestion.Configure>(run.Ask()).Reason;
    }

    private static double LastOnes(TpeOptions options, ulong seed)
    {
        var (run, _) = Trials(4, 0.5, 100, seed, options, Hole);
        return Enumerable.Range(80, 20).Average(i => Hole(run[i].Config));
    }

    private static (SearchRun Run, Func<SearchRun, bool> Gauge) Trials(int parameters, double noise, int count, ulong seed = 1,
        SearcherOptions? searcher = null, Func<ParameterSet, double>? function = null)
    {
        var run = new SearchRun((searcher ?? new RandomSearchOptions()).Create(ContractSpaces.Context(Space(parameters))), SeedPath.Of(seed));
        Add(run, count, noise, seed, function: function);
        return (run, Gauge(parameters));
    }

    private static void Add(SearchRun run, int count, double noise, ulong seed, Action? each = null, Func<ParameterSet, double>? function = null)
    {
        var random = new RandomStream(seed);
        for (var i = 0; i < count; i++)
        {
            run.Ask();
            run.Tell(i, (function ?? Bowl)(run[i].Config) + (noise * random.NextGaussian()));
            each?.Invoke();
        }
    }

    private static Func<SearchRun, bool> Gauge(int parameters)
    {
        var codec = new ParameterCodec(Space(parameters), []);
        var archive = new TrialArchive(codec, [new Objective("f0", Mode.Min)], []);
        var gauge = new NoiseGauge(codec, archive);
        return run =>
        {
            archive.Follow(run.History);
            return gauge.SeesNoise();
        };
    }

    private static SearchSpace Space(int parameters)
    {
        var space = new SearchSpace();
        for (var i = 0; i < parameters; i++)
        {
            space = space.Add($"x{i}", Domain.Uniform(-1, 1));
        }

        return space;
    }

    private static double Bowl(ParameterSet config) => config.Sum(p => Math.Pow((double)p.Value! - 0.3, 2));

    // Flat, but for a hole.
    private static double Hole(ParameterSet config) => -2 * Math.Exp(-3 * Bowl(config));
}
