namespace Tuning.Tests.Values;

public sealed class ConfigurationBinderTests
{
    private enum Activation
    {
        Relu,
        LeakyRelu,
    }

    private sealed record Model
    {
        public int HiddenSize { get; init; } = 64;

        public List<int> Sizes { get; init; } = [];
    }

    private sealed record Settings
    {
        public double Lr { get; init; } = 1e-3;

        public int BatchSize { get; init; } = 32;

        public string Name { get; init; } = "none";

        public Activation Activation { get; init; }

        public int? Limit { get; init; } = 5;

        public Model Model { get; init; } = new();

        public IReadOnlyList<Model> Parts { get; init; } = [];

        public Dictionary<string, double> Weights { get; init; } = [];

        public object? Anything { get; init; }

        public bool Bias { get; init; }
    }

    private sealed record Needed(int Count)
    {
        public required string Name { get; init; }
    }

    private static Settings Bind(string json) => ParameterSet.Parse(json).Bind<Settings>();

    private static string Error<T>(string json) => Assert.Throws<InvalidOperationException>(() => ParameterSet.Parse(json).Bind<T>()).Message;

    [Fact]
    public void Bind_fills_properties_and_keeps_defaults()
    {
        var settings = Bind("""{"lr":1,"name":"x","activation":"leaky_relu","limit":null,"model":{"hidden_size":8},"parts":[{"sizes":[1,2]}]""" +
            ""","weights":{"a_b":0.5},"anything":{"k":[1]}}""");

        Assert.Equal((1.0, 32, "x", Activation.LeakyRelu, null, 8),
            (settings.Lr, settings.BatchSize, settings.Name, settings.Activation, settings.Limit, settings.Model.HiddenSize));
        Assert.Equal([1, 2], settings.Parts[0].Sizes);
        Assert.Equal(0.5, settings.Weights["a_b"]);
        Assert.Equal(ParameterSet.Parse("""{"k":[1]}"""), settings.Anything);
    }

    [Fact]
    public void Whole_number_with_a_fraction_of_zero_is_whole()
    {
        Assert.Equal(64, Bind("""{"batch_size":64.0}""").BatchSize);
        Assert.Equal(1000L, ParameterSet.Parse("""{"a":1e3}""").Get<long>("a"));
        Assert.Equal(ulong.MaxValue - 1, ParameterSet.Parse("""{"a":3}""").Get<ulong>("a") + ulong.MaxValue - 4);
        Assert.Throws<InvalidOperationException>(() => ParameterSet.Parse("""{"a":300}""").Get<byte>("a"));
        Assert.Throws<InvalidOperationException>(() => ParameterSet.Parse("""{"a":-1}""").Get<ulong>("a"));
    }

    [Fact]
    public void Infinity_reaches_a_real_property() =>
        Assert.Equal(double.PositiveInfinity, ParameterSet.From([new("lr", double.PositiveInfinity)]).Bind<Settings>().Lr);

    [Theory]
    [InlineData("""{"batchsize":1}""", "The configuration does not fit Settings: 'batchsize' is no parameter here. Did you mean 'batch_size'?")]
    [InlineData("""{"model":{"hiden_size":1}}""",
        "The configuration does not fit Settings: 'model.hiden_size' is no parameter here. Did you mean 'hidden_size'?")]
    [InlineData("""{"batch_size":2.7}""",
        "The configuration does not fit Settings: batch_size is 2.7; it must be a whole number. Use int(…), round(…) or // where it is computed.")]
    [InlineData("""{"lr":"1e-3"}""", "The configuration does not fit Settings: lr is '1e-3'; it must be a number. Leave the quotes away.")]
    [InlineData("""{"activation":"leaky_rel"}""",
        "The configuration does not fit Settings: activation is 'leaky_rel'; it must be one of relu, leaky_relu. Did you mean 'leaky_relu'?")]
    [InlineData("""{"parts":[{"sizes":[1,"a"]}]}""", "The configuration does not fit Settings: parts.0.sizes.1 is 'a'; it must be a whole number.")]
    [InlineData("""{"weights":{"x":[]}}""", "The configuration does not fit Settings: weights.x is []; it must be a number.")]
    [InlineData("""{"model":5}""", "The configuration does not fit Settings: model is 5; it must be a map.")]
    [InlineData("""{"bias":null}""", "The configuration does not fit Settings: bias is null; it must be true or false.")]
    [InlineData("""{"limit":"x"}""", "The configuration does not fit Settings: limit is 'x'; it must be a whole number, or null.")]
    public void Bind_says_path_value_and_rule(string json, string message) => Assert.Equal(message, Error<Settings>(json));

    [Fact]
    public void Bind_tells_all_errors_at_once() => Assert.Equal(
        $"The configuration does not fit Settings:{Environment.NewLine}  batch_size is true; it must be a whole number.{Environment.NewLine}  'zzz' is no " +
            $"parameter here. Parameters: activation, anything, batch_size, bias, limit, lr, model, name, parts, weights.",
        Error<Settings>("""{"zzz":1,"batch_size":true}"""));

    [Fact]
    public void Bind_names_what_is_required() => Assert.Equal("The configuration does not fit Needed: needs 'name', a text.", Error<Needed>("""{"count":1}"""));

    [Fact]
    public void Get_says_path_value_and_rule() => Assert.Equal(
        "The parameter 'a.b' is \"x\"; it must be a number.",
        Assert.Throws<InvalidOperationException>(() => ParameterSet.Parse("""{"a":{"b":"x"}}""").Get<double>("a.b")).Message);

    [Fact]
    public void Object_to_parameters_and_back_is_equal()
    {
        var settings = new Settings { Lr = 0.25, Activation = Activation.LeakyRelu, Weights = new() { ["a"] = 1 }, Anything = 3L };

        var set = ConfigurationBinder.ToParameters(settings);

        Assert.Equal("leaky_relu", set["activation"]);
        Assert.Equal(set, ConfigurationBinder.ToParameters(set.Bind<Settings>()));
    }
}
