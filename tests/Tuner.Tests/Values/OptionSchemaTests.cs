using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using Tuning.Schedulers;
using Tuning.Search;
using Tuning.Stopping;
using Tuning.Values;

namespace Tuning.Tests.Values;

public sealed class OptionSchemaTests
{
    [Fact]
    public void Rules_of_every_component_are_told_the_same_in_every_culture()
    {
        var expected = Told();
        using var german = new Testing.GermanCulture();
        Assert.Equal(expected, Told());
        Assert.True(expected.Count > 100, $"{expected.Count}");

        static List<string> Told() => [.. typeof(SearcherOptions).Assembly.GetTypes().Where(t => !t.IsAbstract
            && (t.IsAssignableTo(typeof(SearcherOptions)) || t.IsAssignableTo(typeof(SchedulerOptions)) || t.IsAssignableTo(typeof(StopperOptions))))
            .SelectMany(t => OptionSchema.Of(t).Options).SelectMany(o => new object[] { -1234.5, 1e300, -7L, 3_000_000_000L, "1.5", true, double.NaN }
                .Select(v => o.Wrong(v, o.Type, "option")).Append(o.Words).Append(string.Join(' ', o.Rules.Select(TypeText.Rule))))];
    }

    private sealed record Layer
    {
        [Between(1, 512)]
        public int Units { get; init; } = 64;
    }

    private sealed record Settings
    {
        [MoreThan(0)]
        public double Lr { get; init; } = 1e-3;

        [AtLeast(1, Or = -1, Because = ", or -1 for no limit")]
        public int Limit { get; init; } = -1;

        [OneOf("relu", "tanh")]
        public string Activation { get; init; } = "relu";

        [Between(0, 1, ExceptMost = true)]
        public double? Dropout { get; init; }

        [MoreThan(0, Infinite = true)]
        public ImmutableArray<double> Factors { get; init; } = [1];

        [Range(0, 10)]
        public int Given { get; init; }

        public Layer Layer { get; init; } = new();

        public string Name { get; init; } = "x";
    }

    [Theory]
    [InlineData("""{"lr":0}""", "lr is 0; it must be more than 0.")]
    [InlineData("""{"lr":1e999}""", "lr is .inf; it must be more than 0, and finite.")]
    [InlineData("""{"limit":0}""", "limit is 0; it must be at least 1, or -1 for no limit.")]
    [InlineData("""{"activation":"rela"}""", "activation is 'rela'; it must be one of relu, tanh. Did you mean 'relu'?")]
    [InlineData("""{"dropout":1.0}""", "dropout is 1; it must be at least 0 and less than 1, or null.")]
    [InlineData("""{"factors":[1,0]}""", "factors is [1,0]; each must be more than 0.")]
    [InlineData("""{"given":11}""", "given is 11; it must be at least 0 and at most 10.")]
    [InlineData("""{"layer":{"units":1000}}""", "layer.units is 1000; it must be from 1 to 512.")]
    [InlineData("""{"name":null}""", "name is null; it must be a text.")]
    [InlineData("""{"layer":null}""", "layer is null; it must be a map.")]
    [InlineData("""{"limit":3000000000}""", "limit is 3000000000; it must be a whole number of at most 2,147,483,647.")]
    public void Bind_holds_values_to_the_rules_of_their_properties(string json, string message) => Assert.Equal(
        "The configuration does not fit Settings: " + message,
            Assert.Throws<InvalidOperationException>(() => ParameterSet.Parse(json).Bind<Settings>()).Message);

    [Fact]
    public void What_cannot_be_read_and_what_breaks_a_rule_is_told_at_once()
    {
        var issues = OptionSchema.Of(typeof(Settings))
            .Read(ParameterSet.Parse("""{"lr":"x","limit":-5,"layer":{"units":0,"unit":2},"factors":[1e999]}"""), out var readable);

        Assert.Equal(["layer.unit", "layer.units", "limit", "lr"], issues.Select(i => i.Path).Order(StringComparer.Ordinal));
        Assert.Equal(-5, Assert.IsType<Settings>(readable).Limit);
    }

    [Fact]
    public void Numbers_at_the_edges_and_null_are_taken()
    {
        var settings = ParameterSet.Parse("""{"lr":5e-324,"limit":-1,"dropout":null,"factors":[1e999],"given":10,"layer":{"units":512}}""").Bind<Settings>();

        Assert.Equal((double.PositiveInfinity, 512), (settings.Factors[0], settings.Layer.Units));
    }

    [Fact]
    public void Array_that_nobody_made_is_written_as_an_empty_one() =>
        Assert.Equal("[]", ConfigurationBinder.ToParameters(new Settings { Factors = default })["factors"]!.ToString());

    /// <summary>Every number and text that a component takes is refused outside of its rule, whether it comes from a file or from C#.</summary>
    [Fact]
    public void Options_of_every_component_are_held_to_their_rules()
    {
        var checkedOptions = 0;
        foreach (var type in typeof(SearcherOptions).Assembly.GetTypes().Where(t => !t.IsAbstract
            && (t.IsAssignableTo(typeof(SearcherOptions)) || t.IsAssignableTo(typeof(SchedulerOptions)) || t.IsAssignableTo(typeof(StopperOptions)))))
        {
            foreach (var option in OptionSchema.Of(type).Options.Where(o => Array.Exists(o.Rules, r => r is NumberRuleAttribute)))
            {
                Assert.Contains("must be", option.Broken(Outside(option)), StringComparison.Ordinal);
                checkedOptions++;
            }
        }

        Assert.True(checkedOptions > 30, $"{checkedOptions}");

        static object Outside(Option option) => option.ItemType is not null ? ImmutableArray.Create(double.NaN)
            : (Nullable.GetUnderlyingType(option.Type) ?? option.Type) == typeof(int) ? int.MinValue : double.NaN;
    }
}
