using Tuning.Numerics;

namespace Tuning.Tests.Numerics;

public sealed unsafe class ActivationTests
{
    [Theory]
    [InlineData("tanh")]
    [InlineData("relu")]
    [InlineData("swish")]
    [InlineData("linear")]
    public void Backward_is_the_slope_and_sums_each_column(string name)
    {
        const int rows = 5, columns = 32, length = rows * columns;
        var kind = Activation.Parse(name);
        var (x, y, d, sums) = (GemmTests.Filled(length, 1), new FloatBuffer(length), GemmTests.Filled(length, 2), new FloatBuffer(columns));
        var incoming = d.Span.ToArray();

        Activation.Apply(kind, x.Floats, y.Floats, length);
        Activation.Backward(kind, y.Floats, x.Floats, d.Floats, rows, columns, sums.Floats);

        for (var i = 0; i < length; i++)
        {
            Assert.Equal(Value(kind, x.Span[i]), y.Span[i], 1e-6);
            var slope = (Value(kind, x.Span[i] + 1e-5) - Value(kind, x.Span[i] - 1e-5)) / 2e-5;
            Assert.Equal(slope * incoming[i], d.Span[i], 2e-5);
        }

        for (var j = 0; j < columns; j++)
        {
            Assert.Equal(Enumerable.Range(0, rows).Sum(r => (double)d.Span[(r * columns) + j]), sums.Span[j], 1e-5);
        }
    }

    [Fact]
    public void Apply_at_zero_is_zero_so_that_padding_stays()
    {
        foreach (var kind in Enum.GetValues<ActivationKind>())
        {
            var buffer = new FloatBuffer(16);
            Activation.Apply(kind, buffer.Floats, buffer.Floats, 16);
            Assert.All(buffer.Span.ToArray(), value => Assert.Equal(0, value));
        }
    }

    [Fact]
    public void Parse_unknown_name_lists_the_known()
    {
        var error = Assert.Throws<ArgumentException>(() => Activation.Parse("gelu"));

        Assert.Contains("gelu", error.Message);
        Assert.Contains("swish", error.Message);
    }

    private static double Value(ActivationKind kind, double x) => kind switch
    {
        ActivationKind.Tanh => Math.Tanh(x),
        ActivationKind.Relu => Math.Max(0, x),
        ActivationKind.Swish => x / (1 + Math.Exp(-x)),
        _ => x,
    };
}
