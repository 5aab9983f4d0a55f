using Tuning.Specification;

namespace Tuning.Tests.Specification;

public sealed class SampleConfigsTests
{
    [Fact]
    public void Samples_hold_the_ends_of_ranges_and_every_value_one_at_a_time()
    {
        var space = new SearchSpace().Add("a", Domain.Uniform(0, 1)).Add("b", Domain.Choice("x", "y", "z")).Add("c.d", Domain.GridSearch(1, 2)).Add("e", 7);

        Assert.Equal(
            [
                """{"a":0.0,"b":"x","c":{"d":1},"e":7}""", """{"a":1.0,"b":"x","c":{"d":1},"e":7}""", """{"a":0.0,"b":"y","c":{"d":1},"e":7}""",
                """{"a":0.0,"b":"z","c":{"d":1},"e":7}""", """{"a":0.0,"b":"x","c":{"d":2},"e":7}""",
            ],
            SampleConfigs.Of(space, []).Select(s => s.ToString()));
    }

    [Fact]
    public void Samples_follow_expressions_conditions_and_constraints()
    {
        var space = new SearchSpace()
            .Add("optimizer", Domain.Choice("sgd", "adam"))
            .Add("momentum", Domain.Uniform(0.5, 0.9).When("optimizer == \"sgd\""))
            .Add("layers", Domain.Choice(1, 4))
            .Add("units", Domain.Expression("layers * 2"))
            .Add("total", Domain.Expression("units * layers"));

        Assert.Equal(
            [
                """{"layers":1,"momentum":0.5,"optimizer":"sgd","total":2,"units":2}""",
                """{"layers":1,"momentum":0.9,"optimizer":"sgd","total":2,"units":2}""",
                """{"layers":1,"optimizer":"adam","total":2,"units":2}""",
            ],
            SampleConfigs.Of(space, ["total < 10"]).Select(s => s.ToString()).Order(StringComparer.Ordinal));
    }
}
