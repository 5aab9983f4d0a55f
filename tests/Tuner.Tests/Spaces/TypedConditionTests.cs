using System.Linq.Expressions;
using Tuning.Randomness;
using Tuning.Spaces.Expressions;
using Tuning.Specification;

namespace Tuning.Tests.Spaces;

/// <summary>Conditions in C# say in the expression language what they say in C#.</summary>
public sealed class TypedConditionTests
{
    private static readonly int[] _some = [1, 3, -2];

    public enum Opt
    {
        Sgd,
        Adam,
        AdamW,
    }

    public sealed record Part
    {
        public int HiddenSize { get; init; }
    }

    public sealed record Config
    {
        public int A { get; init; }

        public int B { get; init; } = 1;

        public long L { get; init; }

        public double X { get; init; }

        public float F { get; init; }

        public double? N { get; init; }

        public bool Flag { get; init; }

        public string Text { get; init; } = "";

        public Opt Optimizer { get; init; }

        public Opt? Other { get; init; }

        public int[] Widths { get; init; } = [];

        public List<string> Names { get; init; } = [];

        public Part Part { get; init; } = new();

        public int In { get; init; }
    }

    private static Expression<Func<Config, bool>>[] Conditions
    {
        get
        {
            var (limit, wanted, names) = (2, Opt.AdamW, new List<string> { "a", "b\"c" });
            return
            [
                c => c.A + c.B <= 1, c => c.A * c.B - limit > c.X, c => c.A / c.B >= 1, c => c.A % c.B == 1, c => -c.A < c.L, c => c.X / c.B > 0.3, c =>
                    c.A / 2.0 != 1.5, c => (int)c.X == c.A,
                c => (c.X > 0.5 && c.Flag) || !(c.A == limit), c => c.Flag, c => !c.Flag, c => c.Flag == false, c => c.Flag ^ c.A > 1, c => c.A > 1 ? c.Flag
                    : c.X < 0.5,
                c => c.Optimizer == Opt.Sgd, c => c.Optimizer != wanted, c => Opt.Adam == c.Optimizer, c => c.Optimizer.Equals(Opt.AdamW), c =>
                    c.Other == Opt.Adam, c => c.Other == null, c => c.Other.HasValue,
                c => new[] { Opt.Sgd, Opt.AdamW }.Contains(c.Optimizer), c => c.Optimizer == c.Other, c => _some.Contains(c.A), c =>
                    names.Contains(c.Text), c => c.Widths.Contains(c.A), c => c.Names.Contains("a"), c => c.Text.Contains("b"),
                c => c.Text == "b\"c" || c.Text == "a\\b", c => string.Equals(c.Text, "a"), c => c.Text + "x" == "ax", c => c.Text.Length > 1, c =>
                    c.Widths.Length == 2, c => c.Widths.Length > 0 && c.Widths[0] > 1, c => c.Names.Count == 1,
                c => c.N != null && c.N.Value > 0.5, c => c.N.HasValue == false, c => c.F == 0.1f, c => c.F < 0.3f, c => c.Part.HiddenSize > 2, c => c.In > 1,
                c => Math.Abs(c.A) == 2, c => Math.Max(c.A, c.B) > 1, c => Math.Min(c.X, 0.5) < 0.4, c => Math.Pow(c.X, 2) < 0.25, c =>
                    Math.Sqrt(c.X) > 0.7, c => Math.Floor(c.X * 4) == 2, c => Math.Ceiling(c.X * 4) >= 2,
                c => Math.Round(c.X * 4) == 2, c => Math.Log(c.X + 1) < 0.4, c => Math.Log2(c.X + 1) < 0.4, c => Math.Log10(c.X + 1) < 0.1, c =>
                    Math.Exp(c.X) > 2, c => Math.Tanh(c.X) > 0.3, c => MathF.Abs(c.F) > 0.15f,
                c => c.A == -1, c => c.X > -1e-3, c => c.L >= long.MaxValue, c => c.X < double.MaxValue, c => true,
            ];
        }
    }

    [Fact]
    public void Text_holds_where_the_condition_holds()
    {
        var random = new RandomStream(5);
        foreach (var condition in Conditions)
        {
            var (formula, function) = (Formula.Parse(FormulaWriter.Write(condition)), condition.Compile());
            for (var i = 0; i < 60; i++)
            {
                var config = Draw(random);
                var parameters = ConfigurationBinder.ToParameters(config);
                Assert.True(Operations.IsTrue(formula.Evaluate(parameters)) == function(config),
                    $"{condition} is {function(config)} of {parameters}, but `{formula}` is not.");
            }
        }
    }

    [Theory]
    [InlineData(0, "a + b <= 1")]
    [InlineData(2, "int(a / b) >= 1")]
    [InlineData(14, "optimizer == \"sgd\"")]
    [InlineData(15, "optimizer != \"adam_w\"")]
    [InlineData(21, "optimizer in [\"sgd\", \"adam_w\"]")]
    [InlineData(39, "part.hidden_size > 2")]
    [InlineData(40, "`in` > 1")]
    public void Text_is_what_one_would_write(int condition, string text) => Assert.Equal(text, FormulaWriter.Write(Conditions[condition]));

    [Fact]
    public void What_the_language_has_no_words_for_is_named()
    {
        Expression<Func<Config, bool>>[] wordless =
        [
            c => c.Text.StartsWith('a'), c => c.Names.Any(n => n == "a"), c => Math.Cbrt(c.X) > 1, c => c.A << 1 > 2, c => c.Text.ToUpper() == "A", c =>
                new Part { HiddenSize = c.A }.HiddenSize > 1, c => double.IsNaN(c.X),
            c => c.Part == new Part(), c => c.Text + c.A == "a1",
        ];
        Assert.All(wordless, w => Assert.Contains("in the expression language, which has no words for ",
            Assert.Throws<ArgumentException>(() => FormulaWriter.Write(w)).Message, StringComparison.Ordinal));
        Assert.Contains("no words for c.Text.StartsWith(a)", Assert.Throws<ArgumentException>(() => FormulaWriter.Write(wordless[0])).Message.Replace("\"", "",
            StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Space_holds_conditions_and_constraints_as_text()
    {
        var space = new SearchSpace<Config>()
            .Add(c => c.Optimizer, Domain.Choice(Opt.Sgd, Opt.AdamW))
            .Add(c => c.X, Domain.Uniform(0, 1)).When(c => c.Optimizer == Opt.Sgd)
            .Add(c => c.F, Domain.Uniform(0, 1).When((Config c) => c.Optimizer == Opt.AdamW))
            .Add(c => c.A, Domain.RandInt(0, 9)).Add(c => c.B, Domain.RandInt(0, 9))
            .Constrain(c => c.A + c.B <= 1);

        Assert.Equal("""{"uniform":[0.0,1.0],"when":"optimizer == \"sgd\""}""", space.ToParameters()["x"]!.ToString());
        Assert.Equal("""{"uniform":[0.0,1.0],"when":"optimizer == \"adam_w\""}""", space.ToParameters()["f"]!.ToString());
        Assert.Equal(["a + b <= 1"], space.Constraints);
        Assert.Equal(["a + b <= 1"], space.Copy().WithDefaults(ParameterSet.Empty).Constraints);
        Assert.NotEqual(space, SearchSpace.FromTree(space.ToParameters()));
        Assert.Contains("follows no domain",
            Assert.Throws<InvalidOperationException>(() => new SearchSpace<Config>().Add(c => c.A, 1).When(c => c.Flag)).Message, StringComparison.Ordinal);

        var built = ExperimentBuilder.Build(new ComponentCatalog(), Train, space, new TuneConfig { Constraints = ["a > 0"] }).Specification;
        Assert.Equal(["a > 0", "a + b <= 1"], built.Constraints);
    }

    [Fact]
    public void Members_of_enumerations_go_by_their_names_in_CSharp_too()
    {
        var space = new SearchSpace<Config>()
            .Add(c => c.Optimizer, Domain.Choice(Opt.Sgd, Opt.AdamW))
            .Add(c => c.X, Domain.Uniform(0, 1).When("optimizer == 'AdamW'"))
            .Add(c => c.F, Domain.Uniform(0, 1).When("optimizer in ['Sgd', 'adam_w']"))
            .Add(c => c.A, Domain.Expression("1 if 'AdamW' == optimizer else 2"));

        var built = ExperimentBuilder.Build(new ComponentCatalog(), Train, space,
            new TuneConfig { Constraints = ["optimizer != 'Sgd' or a > 0"] }).Specification;

        Assert.Equal("optimizer == \"adam_w\"", ((ParameterSet)built.Space.ToParameters()["x"]!)["when"]);
        Assert.Equal("optimizer in [\"sgd\", 'adam_w']", ((ParameterSet)built.Space.ToParameters()["f"]!)["when"]);
        Assert.Equal("1 if \"adam_w\" == optimizer else 2", ((ParameterSet)built.Space.ToParameters()["a"]!)["expr"]);
        Assert.Equal(["optimizer != \"sgd\" or a > 0"], built.Constraints);
    }

    [Theory]
    [InlineData("""{"act": {"choice": ["tanh", "relu"]}, "p": {"uniform": [0, 1], "when": "act == 'Tanh'"}}""", "p",
        "'act' is never \"Tanh\": it is one of [\"tanh\",\"relu\"]; did you mean \"tanh\"?")]
    [InlineData("""{"act": {"choice": ["tanh", "relu"]}, "p": {"expr": "1 if act in ['relu', 'gelu'] else 2"}}""", "p",
        "'act' is never \"gelu\": it is one of [\"tanh\",\"relu\"]; did you mean \"relu\"?")]
    [InlineData("""{"k": {"randint": [1, 9]}, "p": {"uniform": [0, 1], "when": "k == 9"}}""", "p", "'k' is never 9: it is a whole number from 1 to 8.")]
    [InlineData("""{"k": {"uniform": [1, 9]}, "p": {"uniform": [0, 1], "when": "k != 'a'"}}""", "p", "'k' is never \"a\": it is a real number from 1 to 9.")]
    [InlineData("""{"o": {"choice": [{"type": "sgd"}, {"type": "adam"}]}, "p": {"uniform": [0, 1], "when": "o.type == 'adamw'"}}""", "p",
        "'o.type' is never \"adamw\": it is one of [\"sgd\",\"adam\"]; did you mean \"adam\"?")]
    public void Comparison_with_what_a_domain_never_is_is_an_error(string tree, string path, string message)
    {
        var error = Assert.Single(SearchSpace.FromTree(ParameterSet.Parse(tree)).Validate([]));

        Assert.Equal(path, error.Path);
        Assert.Equal(message, error.Message.Split('\n')[0].TrimEnd('\r'));
    }

    [Theory]
    [InlineData("""{"act": "tanh", "p": {"uniform": [0, 1], "when": "act == 'relu'"}}""")]
    [InlineData("""{"k": {"randint": [1, 9]}, "p": {"uniform": [0, 1], "when": "k == 8.0 or k in [1, 2]"}}""")]
    [InlineData("""{"k": {"choice": [1, null, true]}, "p": {"uniform": [0, 1], "when": "k == null or k == 1.0"}}""")]
    [InlineData("""{"k": {"expr": "'a'"}, "p": {"uniform": [0, 1], "when": "k == 'b'"}}""")]
    [InlineData("""{"o": {"choice": [{"type": "sgd"}, {"type": {"choice": ["adam", "x"]}}]}, "p": {"uniform": [0, 1], "when": "o.type == 'adam'"}}""")]
    [InlineData("""{"k": {"uniform": [0, 1]}, "p": {"uniform": [0, 1], "when": "k == 1 or k > 5"}}""")]
    public void Comparison_with_what_a_parameter_may_be_is_none(string tree) => Assert.Empty(SearchSpace.FromTree(ParameterSet.Parse(tree)).Validate([]));

    private static Tuning.Training.TrainableDefinition Train { get; } = Trainable.FromFunction<Config>("train", _ => new Metrics());

    private static Config Draw(RandomStream random) => new()
    {
        A = random.NextInt32(6) - 2,
        B = random.NextInt32(3) + 1,
        L = random.NextInt32(4),
        X = random.NextInt32(9) / 8.0,
        F = random.NextInt32(4) * 0.1f,
        N = random.NextInt32(2) == 0 ? null : random.NextDouble(),
        Flag = random.NextInt32(2) == 0,
        Text = new[] { "a", "b\"c", "a\\b", "" }[random.NextInt32(4)],
        Optimizer = (Opt)random.NextInt32(3),
        Other = random.NextInt32(2) == 0 ? null : (Opt)random.NextInt32(3),
        Widths = [.. Enumerable.Range(0, random.NextInt32(3)).Select(_ => random.NextInt32(4))],
        Names = [.. Enumerable.Range(0, random.NextInt32(3)).Select(_ => "ab"[random.NextInt32(2)].ToString())],
        Part = new() { HiddenSize = random.NextInt32(5) },
        In = random.NextInt32(3),
    };
}
