using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using Tuning.Specification;
using Tuning.Training;

namespace Tuning.Tests.Specification;

public sealed class ComponentSetTests
{
    [Fact]
    public void Options_bind_to_their_record_and_are_written_in_full()
    {
        var set = Set();

        var options = Assert.IsType<PartOptions>(set.Bind(new("part", ParameterSet.Parse("""{"most":3.0,"name":"x"}"""))));

        Assert.Equal(new PartOptions { Name = "x", Most = 3 }, options);
        Assert.Equal("""part {"kind":"min","most":3,"name":"x"}""", set.Describe(options)!.ToString());
    }

    [Theory]
    [InlineData("""{"name":"x","most":0}""", "most: is 0; it must be at least 1.")]
    [InlineData("""{"name":"x","most":1.5}""", "most: is 1.5; it must be a whole number.")]
    [InlineData("""{"name":"x","kind":"mid"}""", "kind: is 'mid'; it must be one of max, min.")]
    [InlineData("""{"name":"x","most":null}""", "most: is null; it must be a whole number.")]
    [InlineData("""{"name":"x","mots":3}""", "mots: 'mots' is no option here. Did you mean 'most'?")]
    [InlineData("{}", ": needs 'name', a text.")]
    public void Wrong_options_are_told_with_value_and_rule(string options, string expected) =>
        Assert.Equal(expected, Assert.Single(Set().Check(new("part", ParameterSet.Parse(options))).Select(i => $"{i.Path}: {i.Message}")));

    [Fact]
    public void Short_and_nested_forms_come_down_to_one()
    {
        var set = Set();
        var issues = new List<ParameterIssue>();

        var component = set.Read(ParameterSet.Parse("""{"many":[{"type":"teil","name":"a"},{"many":[{"part":{"name":"b"}}]}]}"""), "p", issues);

        Assert.Empty(issues);
        Assert.Equal("""many {"items":[{"name":"a","type":"part"},{"items":[{"name":"b","type":"part"}],"type":"many"}]}""", component!.ToString());
        var many = Assert.IsType<ManyOptions>(set.Bind(component));
        Assert.Equal("a", Assert.IsType<PartOptions>(many.Items[0]).Name);
    }

    [Fact]
    public void Taken_name_is_refused() => Assert.Contains("'teil'", Assert.Throws<ArgumentException>(() => Set().Add<PartOptions>("teil")).Message);

    private static ComponentSet<Options> Set()
    {
        var set = new ComponentSet<Options>("thing");
        set.Add<PartOptions>("part", "teil");
        set.Add<ManyOptions>("many");
        return set;
    }

    private abstract record Options;

    private sealed record PartOptions : Options
    {
        public required string Name { get; init; }

        [Range(1, int.MaxValue)]
        public int Most { get; init; } = 5;

        public Mode Kind { get; init; } = Mode.Min;
    }

    private sealed record ManyOptions : Options
    {
        public required ImmutableArray<Options> Items { get; init; }
    }
}
