using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Tuning.Tests.Values;

public sealed class ParameterSetTests
{
    private static readonly ParameterSet _set = ParameterSet.Parse("""{"lr":0.1,"model":{"sizes":[64,{"n":1}],"a.b":{"c":2}},"x.y":3,"none":null}""");

    private static readonly Gen<string> _names = Gen.Elements("a", "b", "c.d", "lr", "é", "a b", "Z", "0", "\"q\\");

    private static readonly Arbitrary<ParameterSet> _trees = Gen.Sized(n => Map(Math.Min(n, 20))).ToArbitrary();

    private static Gen<ParameterSet> Map(int size) =>
        from names in _names.ListOf(Math.Min(size, 3))
        from values in Value(size / 3).ListOf(names.Count)
        select ParameterSet.From(names.Zip(values, KeyValuePair.Create).DistinctBy(p => p.Key));

    private static Gen<object?> Value(int size) => size == 0
        ? Gen.OneOf(
            Gen.Constant<object?>(null),
            ArbMap.Default.GeneratorFor<bool>().Select(v => (object?)v),
            ArbMap.Default.GeneratorFor<long>().Select(v => (object?)v),
            ArbMap.Default.GeneratorFor<double>().Where(d => !double.IsNaN(d)).Select(v => (object?)v),
            Gen.Elements<object?>(double.PositiveInfinity, double.NegativeInfinity, -0.0, 1e300, long.MaxValue, long.MinValue, 5e-324, 1.0),
            ArbMap.Default.GeneratorFor<string>().Where(s => s is null || !s.Any(char.IsSurrogate)).Select(v => (object?)v))
        : Gen.OneOf(Map(size).Select(m => (object?)m), Value(size / 2).ListOf(3).Select(l => (object?)new ParameterList(l)));

    private static void ForAll(Action<ParameterSet> property) =>
        Prop.ForAll(_trees, property).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(5, 7));

    [Fact]
    public void Text_read_back_is_the_same_tree() => ForAll(set =>
    {
        var copy = ParameterSet.Parse(set.ToString());
        Assert.Equal(set, copy);
        Assert.Equal(set.GetHashCode(), copy.GetHashCode());
        Assert.Equal(set.ToString(), copy.ToString());
        Assert.Equal(set.Flatten().Select(p => p.Value?.GetType()), copy.Flatten().Select(p => p.Value?.GetType()));
    });

    [Fact]
    public void Every_flat_path_is_found() => ForAll(set => Assert.All(set.Flatten(), leaf =>
    {
        Assert.True(set.TryGet(leaf.Key, out _));
        Assert.Equal(set, set.With(leaf.Key, set[leaf.Key]));
    }));

    [Fact]
    public void With_sets_one_path_and_leaves_the_original() => ForAll(set =>
    {
        var text = set.ToString();
        var changed = set.With("new.deep.path", 7);
        Assert.Equal(7L, changed["new.deep.path"]);
        Assert.Equal(text, set.ToString());
        Assert.Equal(set.Flatten(), changed.Flatten().Where(p => p.Key != "new.deep.path"));
    });

    [Fact]
    public void Names_are_in_ordinal_order_whatever_order_they_came_in() =>
        Assert.Equal("""{"B":1,"a":2,"b":3}""", ParameterSet.From([new("b", 3), new("B", 1), new("a", 2)]).ToString());

    [Theory]
    [InlineData("model.sizes.0", "64")]
    [InlineData("model.sizes.1.n", "1")]
    [InlineData("model.a.b.c", "2")]
    [InlineData("x.y", "3")]
    [InlineData("none", "null")]
    public void Path_finds_names_with_dots_and_positions(string path, string expected) => Assert.Equal(expected, ConfigurationBinder.ToJson(_set[path]));

    [Theory]
    [InlineData("model.sizes.0", "[5,{\"n\":1}]")]
    [InlineData("model.sizes.1.n", "[64,{\"n\":5}]")]
    public void With_sets_a_position_of_a_list(string path, string sizes) => Assert.Equal(sizes, _set.With(path, 5)["model.sizes"]!.ToString());

    [Theory]
    [InlineData("lr.x", "'lr.x' cannot be set: 'lr' is 0.1, which has nothing below it.")]
    [InlineData("model.sizes.2", "'2' is no position in [64,{\"n\":1}], which has 2 values; they are counted from 0.")]
    public void With_refuses_what_would_be_lost(string path, string message) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => _set.With(path, 1)).Message, StringComparison.Ordinal);

    [Fact]
    public void Missing_path_names_the_nearest()
    {
        Assert.Equal("There is no parameter 'modle.sizes'; did you mean 'model.sizes'?",
            Assert.ThrowsAny<KeyNotFoundException>(() => _set["modle.sizes"]).Message);
        Assert.False(_set.TryGet("model.sizes.2", out _));
        Assert.False(_set.TryGet("lr.x", out _));
        Assert.Equal(4, _set.Get("nothing", 4));
    }

    [Fact]
    public void Normalize_takes_numbers_flags_texts_and_collections()
    {
        Assert.Equal(5L, ParameterSet.Normalize((byte)5));
        Assert.Equal(5L, ParameterSet.Normalize(5UL));
        Assert.Equal(0.5, ParameterSet.Normalize(0.5f));
        Assert.Equal("day_of_week", ParameterSet.Normalize(Sample.DayOfWeek));
        Assert.Equal("""{"a":[1,2]}""", ParameterSet.Normalize(new Dictionary<string, int[]> { ["a"] = [1, 2] })!.ToString());
        Assert.Equal("0.0", ConfigurationBinder.ToJson(ParameterSet.Normalize(-0.0)));
        Assert.Throws<ArgumentException>(() => ParameterSet.Normalize(double.NaN));
        Assert.Throws<ArgumentException>(() => ParameterSet.Normalize(new object()));
        Assert.Throws<ArgumentException>(() => ParameterSet.Normalize(ulong.MaxValue));
        Assert.Throws<ArgumentException>(() => ParameterSet.Normalize(new Dictionary<int, int> { [1] = 1 }));
        Assert.Throws<ArgumentException>(() => ParameterSet.From([new("a", 1), new("a", 2)]));
    }

    [Fact]
    public void Parse_refuses_what_is_no_map()
    {
        Assert.Throws<JsonException>(() => ParameterSet.Parse("[1]"));
        Assert.Throws<JsonException>(() => ParameterSet.Parse("3"));
        Assert.ThrowsAny<JsonException>(() => ParameterSet.Parse("{"));
    }

    [Fact]
    public void Trees_travel_inside_other_json()
    {
        var text = JsonSerializer.Serialize(new Holder(_set, new ParameterList([1, "a"])));

        Assert.Equal(new Holder(_set, new ParameterList([1, "a"])), JsonSerializer.Deserialize<Holder>(text));
    }

    private enum Sample
    {
        DayOfWeek,
    }

    private sealed record Holder(ParameterSet Set, ParameterList List);
}
