using Tuning.Randomness;
using Tuning.Spaces;
using Tuning.Tests.Randomness;

namespace Tuning.Tests.Spaces;

public sealed class DomainTests
{
    private const int Draws = 20_000;

    private static readonly Domain[] _all =
    [
        Domain.Uniform(-1, 2), Domain.QUniform(-1, 1, 0.1), Domain.LogUniform(1e-5, 1e-2), Domain.QLogUniform(0.5, 8, 0.5), Domain.RandN(), Domain.RandN(5, 2),
        Domain.QRandN(0, 1, 0.25), Domain.RandInt(-3, 4), Domain.LogRandInt(1, 1000), Domain.QRandInt(1, 5), Domain.QRandInt(-7, 10, 3),
            Domain.QLogRandInt(16, 1024, 16),
        Domain.Choice(1, "a", null, 2.5, new[] { 1, 2 }), Domain.Choice(Domain.Uniform(0, 1), 5), Domain.GridSearch(1, 2),
            Domain.Uniform(double.MinValue, double.MaxValue),
        Domain.RandInt(long.MinValue / 2, long.MaxValue / 2), Domain.Uniform(0, double.Epsilon),
    ];

    private static object?[] Sample(Domain domain, int count = Draws)
    {
        var stream = new RandomStream(21);
        return [.. Enumerable.Range(0, count).Select(_ => domain.Sample(stream))];
    }

    private static double[] Reals(Domain domain) => [.. Sample(domain).Cast<double>()];

    private static void AssertShares(Domain domain, IReadOnlyDictionary<object, double> shares)
    {
        var counts = Sample(domain).CountBy(v => v!).ToDictionary(p => p.Key, p => (long)p.Value);
        Assert.Equal(shares.Keys.ToHashSet(), counts.Keys.ToHashSet());
        Statistics.AssertShares([.. shares.Keys.Select(k => counts[k])], [.. shares.Values]);
    }

    private static void AssertUniform(Domain domain, params object[] values) => AssertShares(domain, values.ToDictionary(v => v, _ => 1.0));

    public static TheoryData<int> Indexes => [.. Enumerable.Range(0, _all.Length)];

    [Theory]
    [MemberData(nameof(Indexes))]
    public void Sample_is_always_contained(int index) =>
        Assert.All(Sample(_all[index], 500), v => Assert.True(_all[index].Contains(v), $"{v} of {_all[index]}"));

    [Theory]
    [MemberData(nameof(Indexes))]
    public void ToParameters_read_back_is_equal_and_draws_the_same(int index)
    {
        foreach (var domain in _all[index].Kind == DomainKind.Grid ? [_all[index]] : new[] { _all[index], _all[index].When("a > 1") })
        {
            var copy = Domain.FromParameters(ParameterSet.Parse(domain.ToParameters().ToString()));
            Assert.Equal(domain, copy);
            Assert.Equal(domain.GetHashCode(), copy.GetHashCode());
            Assert.Equal(domain.ToString(), copy.ToString());
            Assert.Equal(Sample(domain, 20), Sample(copy, 20));
        }
    }

    [Fact]
    public void Uniform_is_uniform() => Statistics.AssertDistributed(Reals(Domain.Uniform(-1, 3)), x => (x + 1) / 4);

    [Fact]
    public void LogUniform_has_a_uniform_logarithm() =>
        Statistics.AssertDistributed(Reals(Domain.LogUniform(1e-5, 1e-2)), x => Math.Log(x / 1e-5) / Math.Log(1e-2 / 1e-5));

    [Fact]
    public void RandN_is_normal() => Statistics.AssertDistributed(Reals(Domain.RandN(5, 2)), x => Statistics.NormalCdf((x - 5) / 2));

    [Fact]
    public void QUniform_gives_each_multiple_equally_and_clean() =>
        AssertUniform(Domain.QUniform(0, 1, 0.1), 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0);

    [Fact]
    public void QRandInt_gives_each_multiple_equally_bounds_included()
    {
        AssertUniform(Domain.QRandInt(1, 5, 1), 1L, 2L, 3L, 4L, 5L);
        AssertUniform(Domain.QRandInt(0, 10, 2), 0L, 2L, 4L, 6L, 8L, 10L);
        AssertUniform(Domain.QRandInt(1, 10, 3), 3L, 6L, 9L);
        AssertUniform(Domain.QRandInt(-7, 7, 3), -6L, -3L, 0L, 3L, 6L);
        AssertUniform(Domain.QRandInt(32, 256, 32), 32L, 64L, 96L, 128L, 160L, 192L, 224L, 256L);
    }

    [Fact]
    public void RandInt_leaves_the_upper_bound_out() => AssertUniform(Domain.RandInt(-1, 3), -1L, 0L, 1L, 2L);

    [Fact]
    public void LogRandInt_gives_each_number_its_interval_up_to_the_next() =>
        AssertShares(Domain.LogRandInt(1, 9), Enumerable.Range(1, 8).ToDictionary(k => (object)(long)k, k => Math.Log((k + 1.0) / k)));

    [Fact]
    public void QLogRandInt_gives_each_multiple_the_interval_around_it() =>
        AssertShares(Domain.QLogRandInt(16, 128, 16), Enumerable.Range(1, 8).ToDictionary(k => (object)(k * 16L), k => Math.Log((k + 0.5) / (k - 0.5))));

    [Fact]
    public void QLogUniform_gives_each_multiple_the_interval_around_it() =>
        AssertShares(Domain.QLogUniform(0.2, 0.8, 0.1), Enumerable.Range(2, 7).ToDictionary(k => (object)(k / 10.0), k => Math.Log((k + 0.5) / (k - 0.5))));

    [Fact]
    public void QRandN_gives_each_multiple_the_interval_around_it()
    {
        var counts = Sample(Domain.QRandN(0, 1, 0.5)).Cast<double>().Where(v => Math.Abs(v) <= 2).CountBy(v => v).OrderBy(p => p.Key).ToList();

        Statistics.AssertShares([.. counts.Select(p => (long)p.Value)],
            [.. counts.Select(p => Statistics.NormalCdf(p.Key + 0.25) - Statistics.NormalCdf(p.Key - 0.25))]);
        Assert.Equal(9, counts.Count);
    }

    [Fact]
    public void Choice_gives_each_value_equally_and_keeps_types()
    {
        AssertUniform(Domain.Choice(1, 1.0, "1", true), 1L, 1.0, "1", true);
        Assert.Equal([1L, 2L, 3L], Sample(Domain.Choice(new[] { 1, 2, 3 }), 100).Distinct().Order());
        Assert.Equal(["abc"], Sample(Domain.Choice("abc"), 10).Distinct());
        Assert.Equal([null], Sample(Domain.Choice(null), 10).Distinct());
        Assert.Equal(["""{"a":1}"""], Sample(Domain.Choice(new Dictionary<string, int> { ["a"] = 1 }), 10).Select(v => v!.ToString()).Distinct());
    }

    [Fact]
    public void Choice_resolves_domains_inside_its_values()
    {
        var domain = Domain.Choice(new Dictionary<string, object?> { ["n"] = Domain.RandInt(1, 3), ["k"] = new object?[] { Domain.Choice("x", "y"), 5 } });

        Assert.Equal(4, Sample(domain, 100).Distinct().Count());
        Assert.True(domain.Contains(ParameterSet.Parse("""{"n":2,"k":["y",5]}""")));
        Assert.False(domain.Contains(ParameterSet.Parse("""{"n":3,"k":["y",5]}""")));
        Assert.False(domain.Contains(ParameterSet.Parse("""{"n":2}""")));
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.05)]
    [InlineData(0.7)]
    [InlineData(1e-4)]
    [InlineData(0.125)]
    [InlineData(2.5)]
    public void Multiples_of_a_step_look_as_people_write_them(double q)
    {
        for (var k = -200; k <= 200; k++)
        {
            var expected = double.Parse((k * (decimal)q).ToString(System.Globalization.CultureInfo.InvariantCulture),
                System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(expected, new StepSize(q).Multiple(k));
        }
    }

    [Fact]
    public void Contains_knows_bounds_steps_and_types()
    {
        Assert.True(Domain.QUniform(0, 1, 0.1).Contains(0.30000000000000004));
        Assert.False(Domain.QUniform(0, 1, 0.1).Contains(0.35));
        Assert.True(Domain.Uniform(0, 1).Contains(1));
        Assert.False(Domain.Uniform(0, 1).Contains("0.5"));
        Assert.False(Domain.RandInt(0, 5).Contains(5));
        Assert.False(Domain.RandInt(0, 5).Contains(2.0));
        Assert.True(Domain.QRandInt(0, 5).Contains(5));
        Assert.False(Domain.RandN().Contains(double.PositiveInfinity));
        Assert.True(Domain.Expression("1").Contains("anything"));
    }

    [Theory]
    [InlineData("uniform", "[1,0]", "uniform(1, 0): the lower bound 1 must be below the upper bound 0; did you mean uniform(0, 1)?")]
    [InlineData("uniform", "[1,1]", "uniform(1, 1): the lower bound 1 must be below the upper bound 1; a single value is given as a constant.")]
    [InlineData("uniform", "[0,1e999]", "uniform(0, Infinity): the bound Infinity is not finite; use randn for numbers without bounds.")]
    [InlineData("loguniform", "[0,1]",
        "loguniform(0, 1): the lower bound 0 must be above 0, because its logarithm is taken; use uniform, or a small bound such as 1e-6.")]
    [InlineData("quniform", "[0,1,0]", "quniform(0, 1, 0): the step 0 must be finite and above 0; leave the q away for a domain without steps.")]
    [InlineData("quniform", "[0.05,1,0.1]", "quniform(0.05, 1, 0.1): the lower bound 0.05 is no multiple of the step 0.1; the nearest one is 0.")]
    [InlineData("qloguniform", "[0.1,0.75,0.1]", "qloguniform(0.1, 0.75, 0.1): the upper bound 0.75 is no multiple of the step 0.1; the nearest one is 0.8.")]
    [InlineData("randn", "[0,-1]", "randn(0, -1): the standard deviation -1 must be finite and above 0; a single value is given as a constant.")]
    [InlineData("qrandn", "[0,1,-1]", "qrandn(0, 1, -1): the step -1 must be finite and above 0; leave the q away for a domain without steps.")]
    [InlineData("randint", "[5,1]", "randint(5, 1): the lower bound 5 must be below the upper bound 1; did you mean randint(1, 5)?")]
    [InlineData("lograndint", "[0,5]", "lograndint(0, 5): the lower bound 0 must be at least 1, because its logarithm is taken; use randint, or start at 1.")]
    [InlineData("qrandint", "[1,5,0]", "qrandint(1, 5, 0): the step 0 must be at least 1; use quniform for fractions.")]
    [InlineData("qrandint", "[1,2,5]", "qrandint(1, 2, 5): there is no multiple of 5 from 1 to 2; take a smaller step or wider bounds.")]
    [InlineData("randint", "[0,1.5]", "randint: argument 2 is 1.5; it must be a whole number; uniform takes fractions.")]
    [InlineData("randint", "[0,\"5\"]", "randint: argument 2 is \"5\"; it must be a whole number, without quotation marks.")]
    [InlineData("uniform", "[0]", "uniform: [0] has 1 numbers; write uniform: [lower, upper].")]
    [InlineData("uniform", "3", "uniform: 3 is no list; write uniform: [lower, upper].")]
    [InlineData("choice", "[]", "choice has no values; give at least one.")]
    [InlineData("choice", "\"a\"", "choice: \"a\" is no list; write choice: [a, b, c].")]
    [InlineData("choice", "[{\"grid_search\":[1]}]", "A grid_search cannot stand inside a choice: how many trials there are would depend on what is drawn. " +
        "Make the choice a grid_search too, or the grid_search a choice.")]
    [InlineData("grid_search", "[]", "grid_search has no values; give at least one.")]
    [InlineData("expr", "[1]", "expr: [1] is no expression; write a text such as \"layers * units\".")]
    public void Domain_that_is_none_says_value_rule_and_way_out(string name, string arguments, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => Domain.FromParameters(ParameterSet.Parse($$"""{"{{name}}":{{arguments}}}"""))).Message);

    [Theory]
    [InlineData("""{"uniform":[0,1],"choice":[1]}""")]
    [InlineData("""{"a":1}""")]
    [InlineData("""{"uniform":[0,1],"wen":"x"}""")]
    [InlineData("""{"uniform":[0,1],"when":5}""")]
    [InlineData("""{"grid_search":[0,1],"when":"a > 1"}""")]
    public void Map_that_is_no_domain_is_refused(string text) => Assert.Throws<ArgumentException>(() => Domain.FromParameters(ParameterSet.Parse(text)));

    [Fact]
    public void When_twice_needs_both_conditions() =>
        Assert.Equal("a real number from 0 to 1, when (a > 1) and (b or c)", Domain.Uniform(0, 1).When("a > 1").When("b or c").ToString());

    [Fact]
    public void Computed_is_named_by_its_source()
    {
        var domain = Domain.Computed(c => c.Get<double>("lr") * 2);

        Assert.Equal("computed by the function c => c.Get<double>(\"lr\") * 2", domain.ToString());
        Assert.Equal("""{"code":"c => c.Get<double>(\"lr\") * 2"}""", domain.ToParameters().ToString());
        Assert.Throws<InvalidOperationException>(() => domain.Sample(new RandomStream(1)));
    }
}
