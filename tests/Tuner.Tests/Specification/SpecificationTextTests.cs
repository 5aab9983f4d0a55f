using Tuning.Specification;

namespace Tuning.Tests.Specification;

/// <summary>What stands in experiment.yaml is read back by a reader of YAML as the specification that it says.</summary>
public sealed class SpecificationTextTests
{
    [Fact]
    public void Text_is_read_back_as_the_specification()
    {
        var spec = new ExperimentSpec
        {
            Name = "a: b # c",
            Run = "train",
            StoragePath = "C:\\results\\",
            Space = new SearchSpace()
                .Add("lr", Domain.LogUniform(1e-7, 0.1)).Add("units", Domain.Choice(16, 1L << 60)).Add("of both", Domain.GridSearch("no", "1e3", "~", ""))
                .Add("1", "null").Add("true", "{x}").Add("text", "two\nlines, \"quoted\" — é \u2028").Add("rest", new object?[] { null, true, -0.5, "- 1" })
                .Add("computed", Domain.Expression("units * 2").When("lr > 0.001")),
            Constraints = ["lr < 0.01"],
            Stop = [new("loss", StopAt.Most(0.25))],
            Objectives = [new("loss", Mode.Min)],
            TimeBudget = TimeSpan.FromSeconds(1.5),
            Seed = ulong.MaxValue,
        };

        var text = SpecificationText.Of(spec);
        var problems = new List<SpecificationProblem>();
        var read = YamlSource.Read(new("experiment.yaml", text), text, problems);

        Assert.Empty(problems);
        Assert.Equal(spec.ToParameters(), Assert.IsType<SourceMap>(read).ToValue());
    }
}
