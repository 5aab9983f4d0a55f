using Tuning.Randomness;
using Tuning.Spaces;

namespace Tuning.Tests.Spaces;

public sealed class VariantGeneratorTests
{
    internal static readonly SeedPath Seed = SeedPath.Of(42) / "searcher";

    internal static VariantGenerator Generator(SearchSpace space, string[]? constraints = null, string[]? presets = null, bool constant = false) =>
        new(space, constraints ?? [], [.. (presets ?? []).Select(ParameterSet.Parse)], constant, Seed);

    internal static ParameterSet Config(VariantGenerator generator, long number) => generator.Generate(number, (Seed / number).Stream()).Config;

    internal static IEnumerable<string> Texts(VariantGenerator generator, long count) =>
        Enumerable.Range(0, (int)count).Select(i => Config(generator, i).ToString());

    [Fact]
    public void Drawn_values_differ_between_cells_unless_held()
    {
        var space = new SearchSpace().Add("g", Domain.GridSearch(1, 2, 3)).Add("x", Domain.Uniform(0, 1));

        var free = Generator(space);
        var held = Generator(space, constant: true);

        Assert.Equal(6, Enumerable.Range(0, 6).Select(i => Config(free, i)["x"]).Distinct().Count());
        Assert.Equal([0, 0, 0, 1, 1, 1],
            Enumerable.Range(0, 6).Select(i => Config(held, i)["x"]).Index().Select(x => Config(held, 0)["x"]!.Equals(x.Item) ? 0 : 1));
        Assert.Equal(2, Enumerable.Range(0, 6).Select(i => Config(held, i)["x"]).Distinct().Count());
    }

    [Fact]
    public void Suggestion_depends_only_on_its_number_and_stream()
    {
        var space = new SearchSpace().Add("x", Domain.Uniform(0, 1)).Add("y", Domain.Choice(1, 2, 3, Domain.RandN()));
        var forward = Texts(Generator(space), 20).ToList();
        var generator = Generator(space);

        Assert.Equal(forward.AsEnumerable().Reverse(), Enumerable.Range(0, 20).Reverse().Select(i => Config(generator, i).ToString()));
    }

    [Fact]
    public void New_parameter_does_not_change_what_the_others_draw()
    {
        var before = Generator(new SearchSpace().Add("m", Domain.Uniform(0, 1)).Add("z", Domain.RandInt(0, 1000)));
        var after = Generator(new SearchSpace().Add("a", Domain.RandN()).Add("m", Domain.Uniform(0, 1)).Add("n.k", Domain.Choice(1, 2))
            .Add("z", Domain.RandInt(0, 1000)));

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal((Config(before, i)["m"], Config(before, i)["z"]), (Config(after, i)["m"], Config(after, i)["z"]));
        }
    }

    [Fact]
    public void Parameters_are_drawn_independently()
    {
        // Correlation of 4,000 pairs has standard deviation 1/sqrt(4000) = 0.016; 0.08 is 5 of them: false alarm below 1e-6.
        var generator = Generator(new SearchSpace().Add("x", Domain.Uniform(-1, 1)).Add("y", Domain.Choice(Domain.Uniform(-1, 1))));
        var pairs = Enumerable.Range(0, 4000).Select(i => Config(generator, i)).Select(c => (X: (double)c["x"]!, Y: (double)c["y"]!)).ToList();

        Assert.InRange(pairs.Average(p => p.X * p.Y) * 3, -0.08, 0.08);
        Assert.InRange(pairs.Zip(pairs.Skip(1), (a, b) => a.X * b.X).Average() * 3, -0.08, 0.08);
    }

    [Fact]
    public void Computed_values_see_each_other_in_any_order()
    {
        var space = new SearchSpace()
            .Add("a", Domain.Expression("b + c"))
            .Add("b", Domain.Expression("c * 10"))
            .Add("c", Domain.GridSearch(2, 3))
            .Add("d", Domain.Computed(p => p.Get<long>("e") + p.Get<long>("a")))
            .Add("e", Domain.Computed(p => p.Get<long>("f") * 2))
            .Add("f", Domain.Expression("a + 1"))
            .Add("g", Domain.Expression("d + 1"));

        Assert.Equal(
            ["""{"a":22,"b":20,"c":2,"d":68,"e":46,"f":23,"g":69}""", """{"a":33,"b":30,"c":3,"d":101,"e":68,"f":34,"g":102}"""],
            Texts(Generator(space), 2));
    }

    [Fact]
    public void Conditional_parameter_is_absent_where_its_condition_does_not_hold()
    {
        var space = new SearchSpace()
            .Add("optimizer", Domain.GridSearch("sgd", "adam"))
            .Add("momentum", Domain.QUniform(0.5, 0.9, 0.1).When("optimizer == \"sgd\""))
            .Add("decay", Domain.RandInt(5, 6).When("momentum > 0.1"))
            .Add("twice", Domain.Expression("momentum * 0"))
            .Add("eps", Domain.RandInt(1, 2).When("momentum == null or false"));

        Assert.Equal(["decay,momentum,optimizer,twice", "eps,optimizer"],
            Enumerable.Range(0, 2).Select(i => string.Join(",", Config(Generator(space), i).Names)));
    }

    [Fact]
    public void Expression_inside_a_choice_uses_its_siblings()
    {
        var space = new SearchSpace()
            .Add("opt", Domain.Choice(
                new Dictionary<string, object?> { ["lr"] = Domain.RandInt(5, 6), ["wd"] = Domain.Expression("opt.lr * 2 + k") }))
            .Add("k", Domain.RandInt(1, 2))
            .Add("sum", Domain.Expression("opt.wd + len(opt)"));

        Assert.Equal("""{"k":1,"opt":{"lr":5,"wd":11},"sum":13}""", Config(Generator(space), 0).ToString());
    }

    [Fact]
    public void Value_of_another_choice_is_absent()
    {
        var space = new SearchSpace()
            .Add("opt", Domain.GridSearch(new Dictionary<string, object?> { ["momentum"] = 0.9 }, new Dictionary<string, object?> { ["beta"] = 0.99 }))
            .Add("m", Domain.Expression("opt.momentum"))
            .Add("has", Domain.Expression("opt.momentum != null"));

        Assert.Equal(
            ["""{"has":true,"m":0.9,"opt":{"momentum":0.9}}""", """{"has":false,"opt":{"beta":0.99}}"""],
            Texts(Generator(space), 2));
    }

    [Theory]
    [InlineData("""{"a":{"expr":"b"},"b":{"expr":"a"}}""", "a: `a` depends on `b` depends on `a`; one of them must not use the others.")]
    [InlineData("""{"a":{"expr":"a + 1"}}""", "a: `a` depends on `a`; one of them must not use the others.")]
    [InlineData("""{"a":{"uniform":[0,1],"when":"b > 1"},"b":{"expr":"c"},"c":{"choice":[{"d":{"expr":"a"}}]}}""",
        "a: `a` depends on `b` depends on `c` depends on `c.d` depends on `a`; one of them must not use the others.")]
    public void Cycle_is_named(string tree, string message) =>
        Assert.Equal([message], SearchSpace.FromTree(ParameterSet.Parse(tree)).Validate([]).Select(e => e.ToString()));

    [Fact]
    public void Cycle_of_functions_is_named_when_it_happens()
    {
        var space = new SearchSpace().Add("a", Domain.Computed(p => p["b"])).Add("b", Domain.Computed(p => p["a"]));

        Assert.Equal("`a` depends on `b` depends on `a`; one of them must not use the others.", FaultOf(space));
    }

    private static string? FaultOf(SearchSpace space) => Generator(space).Generate(0, new(0)).Fault;

    [Fact]
    public void Function_that_fails_is_named()
    {
        var unknown = new SearchSpace().Add("layers", 3).Add("a", Domain.Computed(p => p["layer"]));
        var absent = new SearchSpace().Add("c", 1).Add("m", Domain.RandN().When("c > 1")).Add("a", Domain.Computed(p => p["m"]));
        var broken = new SearchSpace().Add("a", Domain.Computed(_ => double.NaN));

        Assert.Contains("The computed value 'a' asks for 'layer', which no parameter is called", FaultOf(unknown), StringComparison.Ordinal);
        Assert.Contains("The computed value 'a' asks for 'm', which is absent here", FaultOf(absent), StringComparison.Ordinal);
        Assert.Contains("The computed value 'a' fails: A configuration cannot hold NaN.", FaultOf(broken), StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_names_in_expressions_are_all_reported()
    {
        var space = new SearchSpace().Add("layers", Domain.RandInt(1, 3)).Add("a", Domain.Expression("layer * 2")).Add("b", Domain.RandN().When("laiers > 1"));

        Assert.Equal(["a", "b", "constraints[1]", "constraints[2]"],
            space.Validate(["layers < 3", "units < 3", "layers <"]).Select(e => e.ToString().Split(':')[0]));
        Assert.Contains("did you mean 'layers'?", Assert.Throws<ArgumentException>(() => Generator(space)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_function_must_be_supplied_again()
    {
        var space = SearchSpace.FromTree(ParameterSet.Parse("""{"a":{"code":"twice"}}"""));

        Assert.Equal(["a: It is computed by the function twice, which is code and must be supplied again."], space.Validate([]).Select(e => e.ToString()));
    }

    [Fact]
    public void Constraint_is_kept_by_drawing_again()
    {
        var generator = Generator(new SearchSpace().Add("layers", Domain.RandInt(1, 10)).Add("units", Domain.RandInt(1, 10)), ["layers * units <= 4"]);

        Assert.All(Enumerable.Range(0, 200), i => Assert.True(Config(generator, i) is var c && (long)c["layers"]! * (long)c["units"]! <= 4));
    }

    [Fact]
    public void Impossible_constraint_is_named()
    {
        var generator = Generator(new SearchSpace().Add("x", Domain.Uniform(0, 1)), ["x >= 0", "x > 2"]);

        Assert.Equal(
            "None of 10,000 configurations that were drawn fulfils the constraints: 'x > 2' held in none of them. Check for a slip, loosen it, or change the " +
                "domains to where it holds.",
            Assert.Throws<UnfulfilledConstraintsException>(() => Config(generator, 0)).Message);
    }

    [Fact]
    public void Constraint_over_grids_leaves_out_cells()
    {
        var space = new SearchSpace().Add("a", Domain.GridSearch(1, 2, 3)).Add("b", Domain.GridSearch(1, 2)).Add("p", Domain.Expression("a * b"));

        var generator = Generator(space, ["p <= 3"]);

        Assert.Equal(4, generator.Cells);
        Assert.Equal(["1 1", "2 1", "3 1", "1 2"], Enumerable.Range(0, 4).Select(i => Config(generator, i)).Select(c => $"{c["a"]} {c["b"]}"));
        Assert.Equal("No configuration can fulfil the constraint 'p > 9': all 6 cells of the grid break it.",
            Assert.Throws<ArgumentException>(() => Generator(space, ["p > 9"])).Message);
        Assert.Equal("No configuration can fulfil the constraint 'k > 1'.",
            Assert.Throws<ArgumentException>(() => Generator(new SearchSpace().Add("k", 1), ["k > 1"])).Message);
    }

    [Fact]
    public void Constraint_over_an_absent_parameter_holds()
    {
        var generator = Generator(new SearchSpace().Add("o", Domain.GridSearch("sgd", "adam")).Add("m", Domain.Uniform(0, 1).When("o == 'sgd'")), ["m < 0.5"]);

        Assert.All(Enumerable.Range(0, 40), i => Assert.True(Config(generator, i).Get("m", 0.0) < 0.5));
        Assert.Equal(20, Enumerable.Range(0, 40).Count(i => Config(generator, i).TryGet("m", out _)));
    }

    [Fact]
    public void Preset_replaces_a_sample_and_leaves_the_rest()
    {
        var space = new SearchSpace().Add("g", Domain.GridSearch(1, 2)).Add("h", Domain.GridSearch("x", "y")).Add("lr", Domain.Uniform(0, 1))
            .Add("opt.m", Domain.Uniform(0, 1)).Add("k", 5);

        var generator = Generator(space, presets: ["""{"lr":0.5,"g":2,"k":5}""", """{"opt":{"m":0.25}}""", """{"opt.m":0.125,"g":1,"h":"y"}"""]);

        Assert.Equal([0, 2, 6, 7, 11], Enumerable.Range(0, 5).Select(n => generator.CountFor(n)));
        Assert.Equal(
            ["2 x 0.5", "2 y 0.5", "1 x ", "2 x ", "1 y ", "2 y ", "1 y ", "1 x ", "2 x "],
            Enumerable.Range(0, 9).Select(i => Config(generator, i)).Select(c => $"{c["g"]} {c["h"]} {(0.5.Equals(c["lr"]) ? "0.5" : "")}"));
        Assert.Equal([0.25, 0.25, 0.25, 0.25, 0.125], Enumerable.Range(2, 5).Select(i => Config(generator, i)["opt.m"]));
        Assert.Equal(11, Enumerable.Range(0, 11).Select(i => generator.Generate(i, Seed.Stream())).Select(v => (v.Sample, v.Cell)).Distinct().Count());
    }

    [Theory]
    [InlineData("""{"learning_rat":1}""", "points_to_evaluate[0].learning_rat: there is no such parameter; did you mean 'learning_rate'?")]
    [InlineData("""{"learning_rate":3}""",
        "points_to_evaluate[0].learning_rate: 3 can never come out of its domain: a real number from 0 to 1. Widen the domain, or leave the value away.")]
    [InlineData("""{"k":6}""",
        "points_to_evaluate[0].k: it is the constant 5 in the search space, so it cannot be 6; give it a domain, such as {choice: [5, 6]}.")]
    [InlineData("""{"opt":{"beta":6}}""", "points_to_evaluate[0].opt.beta: there is no such parameter; the searched parameters are: learning_rate, opt.m.")]
    public void Preset_that_does_not_fit_is_refused(string preset, string message)
    {
        var space = new SearchSpace().Add("learning_rate", Domain.Uniform(0, 1)).Add("k", 5).Add("opt.m", Domain.Choice("a", "b"));

        Assert.Equal(message, Assert.Throws<ArgumentException>(() => Generator(space, presets: [preset])).Message);
    }

    [Fact]
    public void Preset_of_an_absent_parameter_is_left_out()
    {
        var space = new SearchSpace().Add("o", Domain.Choice("sgd", "adam")).Add("m", Domain.Uniform(0, 1).When("o == 'sgd'"));

        Assert.Equal("""{"o":"adam"}""", Config(Generator(space, presets: ["""{"o":"adam","m":0.5}"""]), 0).ToString());
        Assert.Equal("""{"m":0.5,"o":"sgd"}""", Config(Generator(space, presets: ["""{"o":"sgd","m":0.5}"""]), 0).ToString());
    }

    [Fact]
    public void Configurations_share_their_names_and_cost_little()
    {
        var space = new SearchSpace().Add("a", Domain.Uniform(0, 1)).Add("b", Domain.LogUniform(1e-5, 1)).Add("c", Domain.RandInt(0, 100))
            .Add("d", Domain.Choice("x", "y")).Add("e", Domain.QUniform(0, 1, 0.1)).Add("const", 5);
        var generator = Generator(space);
        var streams = Enumerable.Range(0, 1000).Select(i => new RandomStream((ulong)i)).ToArray();
        Assert.Same(Config(generator, 0).Names, Config(generator, 1).Names);

        // What a configuration keeps is its values: six boxes and an array, 250 bytes. The rest is garbage at once.
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < streams.Length; i++)
        {
            generator.Generate(i, streams[i]);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / streams.Length, 1, 1000);
    }
}
