using Tuning.Numerics;

namespace Tuning.Tests.Numerics;

public sealed unsafe class KernelsTests
{
    [Fact]
    public void Narrow_equals_the_obvious_loop_for_both_layouts_of_the_result()
    {
        const int rows = 6, outputs = 3, inner = 32;
        var x = GemmTests.Filled(rows * inner, 1);
        var w = GemmTests.Filled(outputs * inner, 2);
        var bias = GemmTests.Filled(16, 3);
        var (byRow, byColumn) = (new FloatBuffer(rows * outputs), new FloatBuffer(rows * outputs));

        Kernels.Narrow(x.Floats, inner, w.Floats, inner, bias.Floats, byRow.Floats, outputs, 1, rows, outputs, inner);
        Kernels.Narrow(x.Floats, inner, w.Floats, inner, bias.Floats, byColumn.Floats, 1, rows, rows, outputs, inner);

        for (var r = 0; r < rows; r++)
        {
            for (var n = 0; n < outputs; n++)
            {
                double sum = bias.Span[n];
                for (var k = 0; k < inner; k++)
                {
                    sum += (double)x.Span[(r * inner) + k] * w.Span[(n * inner) + k];
                }

                Assert.Equal(sum, byRow.Span[(r * outputs) + n], 1e-5);
                Assert.Equal(byRow.Span[(r * outputs) + n], byColumn.Span[(n * rows) + r]);
            }
        }
    }

    [Fact]
    public void Narrow_gives_a_row_the_same_bits_alone_and_among_others()
    {
        const int rows = 7, outputs = 2, inner = 64;
        var x = GemmTests.Filled(rows * inner, 1);
        var w = GemmTests.Filled(outputs * inner, 2);
        var bias = GemmTests.Filled(16, 3);
        var (together, alone) = (new FloatBuffer(rows * outputs), new FloatBuffer(rows * outputs));

        Kernels.Narrow(x.Floats, inner, w.Floats, inner, bias.Floats, together.Floats, outputs, 1, rows, outputs, inner);
        for (var r = 0; r < rows; r++)
        {
            Kernels.Narrow(x.Floats + (r * inner), inner, w.Floats, inner, bias.Floats, alone.Floats + (r * outputs), outputs, 1, 1, outputs, inner);
        }

        Assert.Equal(alone.Span.ToArray(), together.Span.ToArray());
    }

    [Fact]
    public void Add_of_three_gives_the_same_bits_as_three_additions()
    {
        const int length = 48;
        var (one, other) = (GemmTests.Filled(length, 1), GemmTests.Filled(length, 1));
        var terms = Enumerable.Range(2, 3).Select(seed => GemmTests.Filled(length, (ulong)seed)).ToArray();

        Kernels.Add(one.Floats, terms[0].Floats, terms[1].Floats, terms[2].Floats, length);
        foreach (var term in terms)
        {
            Kernels.Add(other.Floats, term.Floats, length);
        }

        Assert.Equal(other.Span.ToArray(), one.Span.ToArray());
    }

    [Theory]
    [InlineData(4, 16)]
    [InlineData(64, 64)]
    [InlineData(20, 32)]
    public void Transpose_moves_every_element(int rows, int columns)
    {
        var source = GemmTests.Filled(rows * columns, 4);
        var target = new FloatBuffer(rows * columns);

        Kernels.Transpose(source.Floats, columns, target.Floats, rows, rows, columns);

        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                Assert.Equal(source.Span[(i * columns) + j], target.Span[(j * rows) + i]);
            }
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(48)]
    [InlineData(4496)]
    public void Sums_equal_the_obvious_loop(int length)
    {
        var x = GemmTests.Filled(length, 5);

        Assert.Equal(x.Span.ToArray().Sum(v => (double)v), Kernels.Sum(x.Floats, length), 1e-3);
        Assert.Equal(x.Span.ToArray().Sum(v => (double)v * v), Kernels.SumOfSquares(x.Floats, length), 1e-3);
    }

    [Fact]
    public void Adam_follows_the_formula_over_several_steps()
    {
        const int length = 32;
        var (parameters, moment1, moment2) = (GemmTests.Filled(length, 6), new FloatBuffer(length), new FloatBuffer(length));
        var twin = parameters.Span.ToArray().Select(p => (P: (double)p, M: 0.0, V: 0.0)).ToArray();
        for (var t = 1; t <= 5; t++)
        {
            var gradient = GemmTests.Filled(length, 10 + (ulong)t);
            gradient.Span[0] = 0;
            Kernels.Adam(parameters.Floats, moment1.Floats, moment2.Floats, gradient.Floats, length, AdamStep.Of(t, 0.01, 0.9, 0.999, 1e-8, 0.5));
            for (var i = 0; i < length; i++)
            {
                var g = 0.5 * gradient.Span[i];
                var (p, m, v) = twin[i];
                (m, v) = ((0.9 * m) + (0.1 * g), (0.999 * v) + (0.001 * g * g));
                p -= 0.01 * (m / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(v / (1 - Math.Pow(0.999, t))) + 1e-8);
                twin[i] = (p, m, v);
                Assert.Equal(p, parameters.Span[i], 2e-6);
            }
        }
    }
}
