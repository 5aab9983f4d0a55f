using Tuning.Numerics;

namespace Tuning.Tests.Numerics;

public sealed unsafe class ActivationTests
{
    [Theory]
    [InlineData(Activation.Tanh)]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Swish)]
    [InlineData(Activation.Linear)]
    public void Backward_is_the_slope_and_sums_each_column(Activation kind)
    {
        const int rows = 5, columns = 32, length = rows * columns;
        var (x, y, d, sums) = (GemmTests.Filled(length, 1), new FloatBuffer(length), GemmTests.Filled(length, 2), new FloatBuffer(columns));
        var incoming = d.Span.ToArray();

        Activations.Apply(kind, x.Floats, y.Floats, length);
        Activations.Backward(kind, y.Floats, x.Floats, d.Floats, rows, columns, sums.Floats);

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
        foreach (var kind in Enum.GetValues<Activation>())
        {
            var buffer = new FloatBuffer(16);
            Activations.Apply(kind, buffer.Floats, buffer.Floats, 16);
            Assert.All(buffer.Span.ToArray(), value => Assert.Equal(0, value));
        }
    }

    private static double Value(Activation kind, double x) => kind switch
    {
        Activation.Tanh => Math.Tanh(x),
        Activation.Relu => Math.Max(0, x),
        Activation.Swish => x / (1 + Math.Exp(-x)),
        _ => x,
    };
}
