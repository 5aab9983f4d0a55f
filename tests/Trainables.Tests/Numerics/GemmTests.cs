using Tuning.Numerics;
using Tuning.Randomness;

namespace Tuning.Tests.Numerics;

public sealed unsafe class GemmTests
{
    [Theory]
    [InlineData(1, 3, 64)]
    [InlineData(4, 3, 64)]
    [InlineData(5, 64, 64)]
    [InlineData(64, 64, 64)]
    [InlineData(13, 7, 16)]
    [InlineData(11, 33, 32)]
    [InlineData(9, 20, 48)]
    [InlineData(6, 5, 112)]
    [InlineData(3, 256, 256)]
    public void Multiply_any_shape_equals_the_obvious_loop(int rows, int inner, int columns)
    {
        var a = Filled(rows * inner, 1);
        var b = Filled(inner * columns, 2);
        var start = Filled(columns, 3);
        var c = new FloatBuffer(rows * columns);

        Gemm.Multiply(a.Floats, inner, 1, b.Floats, columns, c.Floats, columns, rows, inner, columns, start.Floats);

        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                double sum = start.Span[j];
                for (var p = 0; p < inner; p++)
                {
                    sum += (double)a.Span[(i * inner) + p] * b.Span[(p * columns) + j];
                }

                Assert.Equal(sum, c.Span[(i * columns) + j], 1e-5);
            }
        }
    }

    [Fact]
    public void Multiply_transposed_left_factor_equals_the_obvious_loop()
    {
        const int rows = 7, inner = 10, columns = 32;
        var a = Filled(rows * inner, 4);
        var b = Filled(inner * columns, 5);
        var c = new FloatBuffer(rows * columns);

        Gemm.Multiply(a.Floats, 1, rows, b.Floats, columns, c.Floats, columns, rows, inner, columns);

        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                double sum = 0;
                for (var p = 0; p < inner; p++)
                {
                    sum += (double)a.Span[(p * rows) + i] * b.Span[(p * columns) + j];
                }

                Assert.Equal(sum, c.Span[(i * columns) + j], 1e-5);
            }
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(32)]
    [InlineData(64)]
    [InlineData(112)]
    public void Multiply_a_row_gives_the_same_bits_in_every_batch(int columns)
    {
        const int rows = 13, inner = 9;
        var a = Filled(rows * inner, 6);
        var b = Filled(inner * columns, 7);
        var all = new FloatBuffer(rows * columns);
        var single = new FloatBuffer(columns);

        Gemm.Multiply(a.Floats, inner, 1, b.Floats, columns, all.Floats, columns, rows, inner, columns);

        for (var i = 0; i < rows; i++)
        {
            Gemm.Multiply(a.Floats + (i * inner), inner, 1, b.Floats, columns, single.Floats, columns, 1, inner, columns);
            Assert.True(all.Span.Slice(i * columns, columns).SequenceEqual(single.Span), $"row {i}");
        }
    }

    internal static FloatBuffer Filled(int length, ulong seed)
    {
        var (buffer, random) = (new FloatBuffer(length), new RandomStream(seed));
        foreach (ref var x in buffer.Span)
        {
            x = (2 * random.NextSingle()) - 1;
        }

        return buffer;
    }
}
