using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using Tuning.Specification;

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
    [InlineData("""{"name":"x","kind":"mid"}""", "kind: is 'mid'; it must be one of max, min. Did you mean 'min'?")]
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
    public void A_component_inside_another_comes_down_to_canonical_form()
    {
        var set = Set();
        var issues = new List<ParameterIssue>();

        var component = set.Read(ParameterSet.Parse("""{"type":"shell","inside":{"shell":{"inside":{"type":"teil","name":"a"}}}}"""), "p", issues);

        Assert.Empty(issues);
        Assert.Equal("""shell {"inside":{"inside":{"name":"a","type":"part"},"type":"shell"}}""", component!.ToString());
        var shell = Assert.IsType<ShellOptions>(set.Bind(component));
        Assert.Equal("a", Assert.IsType<PartOptions>(Assert.IsType<ShellOptions>(shell.Inside).Inside).Name);
        Assert.Equal("""shell {"inside":{"inside":{"kind":"min","most":5,"name":"a","type":"part"},"type":"shell"}}""", set.Describe(shell)!.ToString());
    }

    [Theory]
    [InlineData("""{"type":"shell","inside":{"type":"prat","name":"a"}}""", "p.inside.type: 'prat' is no thing. Did you mean 'part'?")]
    [InlineData("""{"type":"shell","inside":"part"}""", "p.inside: needs 'name', a text.")]
    [InlineData("""{"type":"shell","inside":{"type":"part","name":"x","most":0}}""", "p.inside.most: is 0; it must be at least 1.")]
    [InlineData("""{"type":"shell","inside":3}""", "p.inside: is 3; it must be the name of a thing, or a map with 'type' and its options: {type: part}.")]
    [InlineData("""{"type":"shell"}""", "p: needs 'inside', the name of a thing, or a map with 'type' and its options.")]
    public void Errors_in_a_component_inside_another_are_told_at_their_place(string written, string expected)
    {
        var issues = new List<ParameterIssue>();
        Assert.Null(Set().Read(ParameterSet.Parse(written), "p", issues));
        Assert.Equal(expected, Assert.Single(issues.Select(i => $"{i.Path}: {i.Message}")));
    }

    [Fact]
    public void A_component_that_holds_one_supplied_as_code_is_supplied_as_code()
    {
        Assert.Null(Set().Describe(new ShellOptions { Inside = new UnknownOptions() }));
        Assert.Null(Set().Describe(new ManyOptions { Items = [new PartOptions { Name = "a" }, new UnknownOptions()] }));
    }

    [Fact]
    public void Taken_name_is_refused() => Assert.Contains("'teil'", Assert.Throws<ArgumentException>(() => Set().Add<PartOptions>("teil")).Message);

    private static ComponentSet<Options> Set()
    {
        var set = new ComponentSet<Options>("thing");
        set.Add<PartOptions>("part", "teil");
        set.Add<ManyOptions>("many");
        set.Add<ShellOptions>("shell");
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

    private sealed record ShellOptions : Options
    {
        public required Options Inside { get; init; }
    }

    private sealed record UnknownOptions : Options;

    private sealed record ManyOptions : Options
    {
        public required ImmutableArray<Options> Items { get; init; }
    }
}
