namespace Tuning.Tests.Spaces;

public sealed class SearchSpaceTests
{
    private sealed record Model
    {
        public int HiddenSize { get; init; }
    }

    private sealed record Config
    {
        public double Lr { get; init; } = 1e-3;

        public int Layers { get; init; } = 2;

        public byte Small { get; init; }

        public string Name { get; init; } = "";

        public Model Model { get; init; } = new();
    }

    private static SearchSpace Everything() => new SearchSpace()
        .Add("optimizer.lr", Domain.LogUniform(1e-5, 1e-2))
        .Add("optimizer.momentum", Domain.Uniform(0, 0.99).When("optimizer.name == \"sgd\""))
        .Add("optimizer.name", Domain.Choice("sgd", "adam"))
        .Add("units", 64)
        .Add("layers", new object?[] { 1, Domain.RandInt(1, 9), new Dictionary<string, object?> { ["n"] = Domain.RandN() } })
        .Add("grid", Domain.GridSearch(1, 2.5, "a", null, true, Domain.QUniform(0, 1, 0.1)))
        .Add("total", Domain.Expression("layers * units"))
        .Add("code", Domain.Computed(c => c.Get<double>("optimizer.lr") * 2, "twice"));

    [Fact]
    public void ToParameters_read_back_is_equal()
    {
        var space = Everything();

        var copy = SearchSpace.FromTree(ParameterSet.Parse(space.ToParameters().ToString()));

        Assert.Equal(space, copy);
        Assert.Equal(["code"], copy.MissingCode);
        Assert.Empty(copy.WithCodeFrom(space).MissingCode);
    }

    [Fact]
    public void Domains_are_listed_with_their_paths()
    {
        Assert.Equal(
            ["code", "grid", "layers.1", "layers.2.n", "optimizer.lr", "optimizer.momentum", "optimizer.name", "total"],
            Everything().SearchedPaths);
        Assert.Equal(["layers.0", "units"], Everything().Constants.Select(c => c.Key));
    }

    [Fact]
    public void Add_takes_the_place_of_a_constant_but_not_of_a_domain()
    {
        var space = new SearchSpace().Add("lr", 0.1).Add("lr", Domain.Uniform(0, 1));

        var error = Assert.Throws<ArgumentException>(() => space.Add("lr", Domain.Uniform(0, 2)));
        Assert.Equal("""'lr' has a domain already, {"uniform":[0.0,1.0]}; use Set to replace it.""", error.Message);
        Assert.Equal(0.5, space.Set("lr", 0.5).ToParameters()["lr"]);
    }

    [Fact]
    public void Add_below_a_domain_is_refused()
    {
        var space = new SearchSpace().Add("optimizer", Domain.Choice("sgd", "adam"));

        var error = Assert.Throws<ArgumentException>(() => space.Add("optimizer.lr", 1));
        Assert.StartsWith("'optimizer.lr': nothing can be added below 'optimizer', which is a domain itself", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Copy_does_not_follow_later_changes()
    {
        var space = new SearchSpace().Add("a", 1);
        var copy = space.Copy();

        space.Add("b", 2);

        Assert.Equal("""{"a":1}""", copy.ToString());
    }

    [Fact]
    public void WithDefaults_keeps_what_the_space_gives_and_merges_maps()
    {
        var space = new SearchSpace().Add("model.units", Domain.RandInt(1, 9)).Add("gamma", 0.9);

        var merged = space.WithDefaults(ParameterSet.Parse("""{"gamma":0.99,"lr":0.1,"model":{"units":3,"depth":2}}"""));

        Assert.Equal("""{"gamma":0.9,"lr":0.1,"model":{"depth":2,"units":{"randint":[1,9]}}}""", merged.ToString());
        Assert.Equal(2, space.ToParameters().Count);
    }

    [Fact]
    public void Selectors_give_snake_case_paths()
    {
        SearchSpace space = new SearchSpace<Config>()
            .Add(c => c.Lr, Domain.LogUniform(1e-5, 1e-2))
            .Add(c => c.Model.HiddenSize, Domain.QRandInt(16, 64, 16))
            .Add(c => c.Layers, 3);

        Assert.Equal("""{"layers":3,"lr":{"loguniform":[1E-05,0.01]},"model":{"hidden_size":{"qrandint":[16,64,16]}}}""", space.ToString());
    }

    [Fact]
    public void Domain_that_does_not_fit_its_property_is_refused()
    {
        var space = new SearchSpace<Config>();

        Assert.Equal(
            "'layers' is an Int32, but its domain gives a real number from 0 to 1; use RandInt, QRandInt or their log twins.",
            Assert.Throws<ArgumentException>(() => space.Add(c => c.Layers, Domain.Uniform(0, 1).As<int>())).Message);
        Assert.Contains("299", Assert.Throws<ArgumentException>(() => space.Add(c => c.Small, Domain.RandInt(0, 300).As<byte>())).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => space.Add(c => c.Name, Domain.Choice("a", 1).As<string>()));
        Assert.Throws<ArgumentException>(() => space.Add(c => c.Lr, Domain.GridSearch(0.1, null).As<double>()));
        Assert.Throws<ArgumentException>(() => space.Add(c => c.Lr + 1, Domain.Uniform(0, 1)));
        space.Add(c => c.Lr, Domain.RandInt(0, 3));
    }

    [Fact]
    public void FromTree_collects_all_errors_with_their_paths()
    {
        var tree = ParameterSet.Parse("""
            {"a":{"uniform":[1,0]},"b":{"c":[{"loguniform":[0,1]}]},"d":{"unifrom":[0,1]},"e":{"uniform":[0,1],"wehn":"x"},"f":{"randint":[0,1.5]},"ok":{"x":1}}
            """);

        SearchSpace.FromTree(tree, out var errors);

        Assert.Equal(["a", "b.c.0", "d", "e", "f"], errors.Select(e => e.Path));
        Assert.Equal("d: 'unifrom' is no domain; did you mean 'uniform'?", errors[2].ToString());
        Assert.Throws<ArgumentException>(() => SearchSpace.FromTree(tree));
    }
}
