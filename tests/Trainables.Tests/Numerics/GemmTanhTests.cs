using Tuning.Numerics;
using Tuning.Randomness;

namespace Tuning.Tests.Numerics;

public sealed unsafe class GemmTanhTests
{
    [Theory]
    [InlineData(1, 3, 64)]
    [InlineData(4, 3, 64)]
    [InlineData(10, 64, 64)]
    [InlineData(64, 64, 128)]
    [InlineData(13, 7, 48)]
    public void Forward_gives_the_same_bits_as_product_and_tanh(int rows, int inner, int columns)
    {
        var (a, b, start) = (Filled(rows * inner, 1), Filled(inner * columns, 2), Filled(columns, 3));
        var (expected, actual) = (new FloatBuffer(rows * columns), new FloatBuffer(rows * columns));

        Gemm.Multiply(a.Floats, inner, 1, b.Floats, columns, expected.Floats, columns, rows, inner, columns, start.Floats);
        Activations.Apply(Activation.Tanh, expected.Floats, expected.Floats, rows * columns);
        Gemm.Tanh(a.Floats, inner, b.Floats, columns, actual.Floats, rows, inner, columns, start.Floats);

        Assert.Equal(expected.Span.ToArray(), actual.Span.ToArray());
    }

    [Theory]
    [InlineData(4, 1, 64)]
    [InlineData(16, 64, 64)]
    [InlineData(64, 2, 128)]
    [InlineData(13, 7, 64)]
    [InlineData(16, 7, 48)]
    public void Backward_gives_the_same_bits_as_product_and_slope(int rows, int inner, int columns)
    {
        var (a, b, y) = (Filled(inner * rows, 1), Filled(inner * columns, 2), Filled(rows * columns, 3));
        var (expected, actual) = (new FloatBuffer(rows * columns), new FloatBuffer(rows * columns));
        var (expectedSums, actualSums) = (new FloatBuffer(columns), new FloatBuffer(columns));

        Gemm.Multiply(a.Floats, 1, rows, b.Floats, columns, expected.Floats, columns, rows, inner, columns);
        Activations.Backward(Activation.Tanh, y.Floats, y.Floats, expected.Floats, rows, columns, expectedSums.Floats);
        Gemm.TanhSlope(a.Floats, 1, rows, b.Floats, columns, y.Floats, actual.Floats, rows, inner, columns, actualSums.Floats);

        Assert.Equal(expected.Span.ToArray(), actual.Span.ToArray());
        Assert.Equal(expectedSums.Span.ToArray(), actualSums.Span.ToArray());
    }

    private static FloatBuffer Filled(int length, ulong seed)
    {
        var (buffer, random) = (new FloatBuffer(length), new RandomStream(seed));
        foreach (ref var x in buffer.Span)
        {
            x = (2 * random.NextSingle()) - 1;
        }

        return buffer;
    }
}
