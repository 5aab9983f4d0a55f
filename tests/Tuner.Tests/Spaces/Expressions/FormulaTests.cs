using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Tuning.Spaces.Expressions;

namespace Tuning.Tests.Spaces.Expressions;

public sealed class FormulaTests
{
    private static readonly ParameterSet _parameters = ParameterSet.Parse(
        """{"layers":3,"units":64,"lr":0.01,"bias":true,"optimizer":{"name":"sgd","betas":[0.9,0.999]},"lambda":0.5,"nothing":null,"a b":7,"x":{"y.z":8}}""");

    [Theory]
    [InlineData("1 + 2 * 3", "7")]
    [InlineData("(1 + 2) * 3", "9")]
    [InlineData("7 / 2", "3.5")]
    [InlineData("6 / 2", "3.0")]
    [InlineData("7 // 2", "3")]
    [InlineData("-7 // 2", "-4")]
    [InlineData("7 // -2", "-4")]
    [InlineData("-7 % 3", "2")]
    [InlineData("7 % -3", "-2")]
    [InlineData("7.5 // 2", "3.0")]
    [InlineData("-7.5 % 2", "0.5")]
    [InlineData("2 ** 10", "1024")]
    [InlineData("2 ** -1", "0.5")]
    [InlineData("-2 ** 2", "-4")]
    [InlineData("2 ** 3 ** 2", "512")]
    [InlineData("1e-5", "1E-05")]
    [InlineData(".5 + 1.", "1.5")]
    [InlineData("1 - 2 - 3", "-4")]
    [InlineData("true + 1", "2")]
    [InlineData("'a' + \"b\\n\"", "\"ab\\n\"")]
    [InlineData("layers * units", "192")]
    [InlineData("spec.config.layers + spec.config['a b']", "10")]
    [InlineData("`a b` + 1", "8")]
    [InlineData("x.`y.z`", "8")]
    [InlineData("x['y.z']", "8")]
    [InlineData("lambda * 2", "1.0")]
    [InlineData("optimizer.betas[0]", "0.9")]
    [InlineData("optimizer.betas[-1]", "0.999")]
    [InlineData("optimizer['betas'][1]", "0.999")]
    [InlineData("[1, 2, 3][layers - 1]", "3")]
    [InlineData("1 < 2 <= 2 != 3", "true")]
    [InlineData("1 < 2 > 5", "false")]
    [InlineData("1 == 1.0", "true")]
    [InlineData("true == 1", "true")]
    [InlineData("'1' == 1", "false")]
    [InlineData("[1, 'a'] == [1.0, 'a']", "true")]
    [InlineData("'abc' < 'b'", "true")]
    [InlineData("optimizer.name in ['sgd', 'adam']", "true")]
    [InlineData("optimizer.name not in ['sgd', 'adam']", "false")]
    [InlineData("'g' in optimizer.name", "true")]
    [InlineData("'betas' in optimizer", "true")]
    [InlineData("not 1 == 2", "true")]
    [InlineData("!bias || layers == 3 && units > 9", "true")]
    [InlineData("false and lr / 0 > 1", "false")]
    [InlineData("0 or 'x'", "\"x\"")]
    [InlineData("1 if bias else 2", "1")]
    [InlineData("bias ? 1 : 2", "1")]
    [InlineData("1 if false else 2 if false else 3", "3")]
    [InlineData("false ? 1 : false ? 2 : 3", "3")]
    [InlineData("1 / 0 if false else 5", "5")]
    [InlineData("nothing == null", "true")]
    [InlineData("nothing is None", "true")]
    [InlineData("lr is not None", "true")]
    [InlineData("min(3, 1, 2) + max([4, 5])", "6")]
    [InlineData("round(2.5) + round(3.5)", "6")]
    [InlineData("round(1.2345, 2)", "1.23")]
    [InlineData("round(1234, -2)", "1200.0")]
    [InlineData("floor(-1.5) + ceil(1.2)", "0")]
    [InlineData("sqrt(16)", "4.0")]
    [InlineData("np.log10(1000)", "3.0")]
    [InlineData("log(8, 2)", "3.0")]
    [InlineData("log2(8) + exp(0) + log(1)", "4.0")]
    [InlineData("int(2.9) + int('5') + int(true)", "8")]
    [InlineData("float(3)", "3.0")]
    [InlineData("str(3) + str(1.5) + str(bias)", "\"31.5true\"")]
    [InlineData("len('abc') + len([1]) + len(optimizer)", "6")]
    [InlineData("sum([1, 2.5])", "3.5")]
    [InlineData("abs(-3) + abs(-0.5)", "3.5")]
    [InlineData("pow(2, 3)", "8")]
    [InlineData("sin(0) + cos(0) + tan(0) + tanh(0)", "1.0")]
    [InlineData("-9223372036854775807 % -1", "0")]
    public void Evaluate_gives_what_python_gives(string text, string expected) =>
        Assert.Equal(expected, ConfigurationBinder.ToJson(Formula.Parse(text).Evaluate(_parameters)));

    [Theory]
    [InlineData("", 0, "The expression is empty.")]
    [InlineData("1 +", 3, "The expression ends where a value is expected.")]
    [InlineData("a = 1", 2, "A single '=' is no operator; compare with '=='.")]
    [InlineData("a b", 2, "The expression is complete before 'b'; an operator is missing.")]
    [InlineData("2x", 1, "'x' cannot follow the number 2; an operator is missing, or the name begins with a digit and needs `backticks`.")]
    [InlineData("(1 + 2", 0, "There is no ')' for this '(': the bracket is not closed.")]
    [InlineData("1 if a", 2, "There is no 'else' for this 'if': the conditional is written 'a if condition else b'.")]
    [InlineData("'abc", 0, "The text has no closing quotation mark.")]
    [InlineData("sqroot(2)", 0, "There is no function 'sqroot'; did you mean 'sqrt'?")]
    [InlineData("random.uniform(0, 1)", 0,
        "'random.uniform' is no function here; a random value is a domain, such as {uniform: [0, 1]}, in a parameter of its own.")]
    [InlineData("pow(2)", 0, "pow takes 2 argument(s), here are 1.")]
    [InlineData("__import__('os')", 0, "There is no function '__import__'")]
    [InlineData("x ^ 2", 2, "'^' is no operator; a power is written '**'.")]
    [InlineData("2 ** not 1", 5, "'not' cannot stand here; put it in brackets with what it belongs to.")]
    [InlineData("1e999", 0, "The number 1e999 is too large.")]
    public void Parse_points_to_the_place(string text, int position, string problem)
    {
        var error = Assert.Throws<ExpressionException>(() => Formula.Parse(text));

        Assert.StartsWith(problem, error.Problem, StringComparison.Ordinal);
        Assert.Equal(position, error.Position);
    }

    [Theory]
    [InlineData("layer * 2", 0, "There is no parameter 'layer'; did you mean 'layers'?")]
    [InlineData("1 + optimizer.nam", 4, "There is no parameter 'optimizer.nam'; did you mean 'optimizer.name'?")]
    [InlineData("layers + 'a'", 7, "3 + \"a\" has no value: '+' takes numbers, or two texts.")]
    [InlineData("nothing * 2", 8, "null * 2 has no value; test for null first: 0 if x == null else x.")]
    [InlineData("optimizer.name > 3", 15, "\"sgd\" > 3 has no value: two numbers have an order, or two texts.")]
    [InlineData("1 // 0", 2, "1 // 0 has no value.")]
    [InlineData("1.5 / 0", 4, "1.5 / 0 has no value.")]
    [InlineData("9 ** 99", 2, "9 ** 99 is too large for a whole number; write one of them with a fraction, such as 9.0.")]
    [InlineData("sqrt(-1)", 0, "sqrt(-1) is not a number.")]
    [InlineData("log(0)", 0, "log(0) has no value: the logarithm takes numbers above 0.")]
    [InlineData("[1, 2][2 + 0]", 6, "There is no element 2 in [1,2], which has 2.")]
    [InlineData("int('x')", 0, "int(\"x\") has no value: it takes the text of a whole number.")]
    [InlineData("3 in 4", 2, "3 in 4 has no value: 'in' takes a list, or a text in a text.")]
    [InlineData("int(1e300)", 0, "int(1e+300) is too large for a whole number.")]
    public void Evaluate_shows_the_values_and_the_place(string text, int position, string problem)
    {
        var error = Assert.Throws<ExpressionException>(() => Formula.Parse(text).Evaluate(_parameters));

        Assert.Equal(problem, error.Problem);
        Assert.Equal(position, error.Position);
    }

    [Fact]
    public void Error_draws_a_caret_under_the_place()
    {
        var error = Assert.Throws<ExpressionException>(() => Formula.Parse("1 + = 2"));

        Assert.Equal($"A single '=' is no operator; compare with '=='.{Environment.NewLine}  1 + = 2{Environment.NewLine}      ^", error.Message);
    }

    [Fact]
    public void Names_are_listed_once_and_without_ray_prefix() =>
        Assert.Equal(["a.b", "c.0", "d"], Formula.Parse("a.b + spec.config.c[0] * max(d, a.b) + a['b']").Names);

    [Theory]
    [InlineData("gone > 1", null)]
    [InlineData("gone + 1", null)]
    [InlineData("gone == 1", null)]
    [InlineData("gone == null", true)]
    [InlineData("gone != null", false)]
    [InlineData("gone > 1 or true", true)]
    [InlineData("gone > 1 or false", null)]
    [InlineData("gone > 1 and false", false)]
    [InlineData("false and gone > 1", false)]
    [InlineData("not gone > 1", null)]
    [InlineData("1 > 2 > gone", false)]
    [InlineData("max(gone, 1) > 0", null)]
    [InlineData("gone ? true : true", null)]
    public void Absent_parameter_is_undecided_unless_it_does_not_matter(string text, bool? expected) =>
        Assert.Equal(expected, Formula.Parse(text).Test(new Gone()));

    [Fact]
    public void Any_text_gives_a_value_or_an_ExpressionException()
    {
        string[] pieces = ["1", "2.5", "-", "+", "*", "/", "//", "%", "**", "(", ")", "[", "]", ",", "layers", "lr", "optimizer", "nothing", "'s'", "not",
            "and", "or", "in", "is", "if", "else", "?", ":", "<", "==", "min(", "round(", "int(", "str(", "log(", "0", ".", "!", "1e308", "9223372036854775807",
            "true", "null", "\"", "`", "é", "\0"];
        var texts = Gen.Elements(pieces).ListOf().Select(p => string.Join(' ', p)).ToArbitrary();

        Prop.ForAll(texts, text =>
        {
            try
            {
                ParameterSet.Normalize(Formula.Parse(text).Evaluate(_parameters));
            }
            catch (ExpressionException e)
            {
                Assert.InRange(e.Position, 0, e.Text.Length);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000).WithReplay(17, 3));
    }

    [Fact]
    public void Any_characters_give_a_value_or_an_ExpressionException() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text =>
        {
            try
            {
                Formula.Parse(text.Get).Evaluate(_parameters);
            }
            catch (ExpressionException)
            {
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(17, 3));

    [Fact]
    public void Random_arithmetic_agrees_with_a_slow_twin()
    {
        var node = Gen.Sized(size => Arithmetic(Math.Min(size, 12)));

        Prop.ForAll(node.ToArbitrary(), n => Assert.Equal(n.Value, Assert.IsType<long>(Formula.Parse(n.Text).Evaluate(ParameterSet.Empty))))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithReplay(17, 3));
    }

    [Fact]
    public void Deep_nesting_is_refused_not_a_crash()
    {
        Assert.Throws<ExpressionException>(() => Formula.Parse(new string('(', 3000)));
        Assert.Throws<ExpressionException>(() => Formula.Parse(new string('-', 3000) + "1"));
        Assert.Throws<ExpressionException>(() => Formula.Parse(string.Concat(Enumerable.Repeat("2**", 1000)) + "1"));
        Assert.Throws<ExpressionException>(() => Formula.Parse(new string('1', 5000)));
        Assert.Equal(1999L, Formula.Parse(string.Join('+', Enumerable.Repeat("1", 1999))).Evaluate(ParameterSet.Empty));
    }

    private static Gen<(string Text, long Value)> Arithmetic(int size) => size <= 1
        ? Gen.Choose(0, 9).Select(n => ($"{n}", (long)n))
        : from left in Arithmetic(size / 2)
          from right in Arithmetic(size / 2)
          from sign in Gen.Elements("+", "-", "*")
          select ($"({left.Text} {sign} {right.Text})",
              sign == "+" ? left.Value + right.Value : sign == "-" ? left.Value - right.Value : left.Value * right.Value);

    private sealed class Gone : IFormulaScope
    {
        public IReadOnlyCollection<string> Names => ["gone"];

        public NameLookup Find(ImmutableArray<string> name, out object? value)
        {
            value = null;
            return name is ["gone"] ? NameLookup.Absent : NameLookup.Unknown;
        }
    }
}
