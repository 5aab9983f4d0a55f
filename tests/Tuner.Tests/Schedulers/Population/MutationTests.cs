using System.Collections.Immutable;
using Tuning.Randomness;
using Tuning.Schedulers;
using Tuning.Schedulers.Population;

namespace Tuning.Tests.Schedulers.Population;

public sealed class MutationTests
{
    private static readonly ImmutableArray<double> _factors = [1.2, 0.8];

    public static TheoryData<string, object> Domains => new()
    {
        { """{"x":{"loguniform":[1e-5,1e-3]}}""", 9e-4 },
        { """{"x":{"uniform":[-1,1]}}""", -0.95 },
        { """{"x":{"quniform":[0,1,0.25]}}""", 0.25 },
        { """{"x":{"randint":[1,8]}}""", 1L },
        { """{"x":{"qrandint":[16,128,16]}}""", 128L },
        { """{"x":{"lograndint":[1,1000]}}""", 999L },
        { """{"x":{"qrandn":[0,1,0.5]}}""", 0.5 },
        { """{"x":{"choice":[16,64,32]}}""", 32L },
        { """{"x":{"choice":["relu","tanh"]}}""", "tanh" },
        { """{"x":["a","b","c"]}""", "b" },
    };

    [Theory]
    [MemberData(nameof(Domains))]
    public void Values_stay_in_their_domain_over_many_steps(string mutation, object start)
    {
        var space = SearchSpace.FromTree(ParameterSet.Parse(mutation));
        var mutated = Assert.Single(MutationReader.Read(space, "hyperparam_mutations"));
        var seen = new HashSet<object?>();
        object? value = start;
        var random = new RandomStream(3);
        for (var i = 0; i < 500; i++)
        {
            (value, _) = mutated.Explore(value, new(0.1, _factors, IsRay: false), random);
            Assert.True(mutated.Domain.Contains(value), $"{value}");
            seen.Add(value);
        }

        Assert.True(seen.Count >= 2);
    }

    [Theory]
    [InlineData("""{"x":{"randint":[1,100]}}""", 2L, 1.2, 3L)]
    [InlineData("""{"x":{"randint":[1,100]}}""", 2L, 0.8, 1L)]
    [InlineData("""{"x":{"randint":[1,100]}}""", 10L, 1.2, 12L)]
    [InlineData("""{"x":{"uniform":[0,1]}}""", 0.9, 1.2, 1.0)]
    [InlineData("""{"x":{"uniform":[0,1]}}""", 1L, 0.8, 0.8)]
    [InlineData("""{"x":{"quniform":[0,1,0.1]}}""", 0.3, 1.2, 0.4)]
    [InlineData("""{"x":{"choice":[8,2,4]}}""", 4L, 1.2, 8L)]
    public void A_product_is_brought_back_into_the_domain(string mutation, object value, double factor, object expected)
    {
        var mutated = MutationReader.Read(SearchSpace.FromTree(ParameterSet.Parse(mutation)), "m").Single();

        Assert.Equal(expected, mutated.Explore(value, new(0, [factor], IsRay: false), new RandomStream(1)).Value);
    }

    [Fact]
    public void As_Ray_a_product_leaves_the_domain_and_whole_numbers_are_cut_off()
    {
        var real = MutationReader.Read(new SearchSpace().Add("x", Domain.Uniform(0, 1)), "m").Single();
        var whole = MutationReader.Read(new SearchSpace().Add("x", Domain.RandInt(1, 100)), "m").Single();
        var rules = new ExploreRules(0, [1.2], IsRay: true);

        Assert.Equal(1.2, real.Explore(1.0, rules, new(1)).Value);
        Assert.Equal(2L, whole.Explore(2L, rules, new(1)).Value);
    }

    [Theory]
    [InlineData("""{"x":{"grid_search":[1,2]}}""", "m.x: is a grid_search")]
    [InlineData("""{"a":{"x":{"expr":"2 * 3"}}}""", "m.a.x: is computed")]
    [InlineData("""{"x":0.5}""", "m.x: is 0.5; it must be {loguniform: [1e-5, 1e-3]} or a list of values")]
    [InlineData("""{"x":{"uniform":[0,1],"when":"y == 1"}}""", "m.x: has the condition")]
    public void What_cannot_be_perturbed_is_refused_with_the_reason(string mutation, string message) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => MutationReader.Read(SearchSpace.FromTree(ParameterSet.Parse(mutation)), "m")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        var context = new SchedulerContext([new("loss", Mode.Min)], SeedPath.Of(1));
        var fine = PopulationBasedTrainingTests.Options();
        foreach (var (options, message) in new (SchedulerOptions, string)[]
        {
            (fine with { QuantileFraction = 0.6 }, "quantile_fraction: is 0.6; it must be from 0 to 0.5."),
            (fine with { PerturbationInterval = 0 }, "perturbation_interval: is 0; it must be more than 0."),
            (fine with { ResampleProbability = 2 }, "resample_probability: is 2; it must be from 0 to 1."),
            (fine with { PerturbationFactors = [] }, "perturbation_factors: is empty"),
            (fine with { HyperparameterMutations = new() }, "hyperparam_mutations: is empty"),
            (new Pb2Options(), "hyperparam_bounds: is empty"),
            (new Pb2Options { HyperparameterBounds = ParameterSet.Empty.With("lr", new[] { 1.0, 0.5 }) }, "hyperparam_bounds.lr: is [1.0,0.5]"),
        })
        {
            Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => options.Create(context)).Message, StringComparison.Ordinal);
        }
    }
}
