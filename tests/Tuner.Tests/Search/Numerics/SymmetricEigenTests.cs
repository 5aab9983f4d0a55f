using Tuning.Randomness;
using Tuning.Search.Numerics;

namespace Tuning.Tests.Search.Numerics;

public sealed class SymmetricEigenTests
{
    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(8), InlineData(9), InlineData(41)]
    public void Values_and_vectors_make_the_matrix_again(int n)
    {
        var (random, stride) = (new RandomStream((ulong)n), Vector512Math.Padded(n));
        var matrix = new double[n * stride];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                matrix[(i * stride) + j] = matrix[(j * stride) + i] = random.NextGaussian();
            }
        }

        var (values, vectors) = (new double[n], new double[n * stride]);
        Assert.True(SymmetricEigen.Decompose((double[])matrix.Clone(), values, vectors));

        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var (sum, product) = (0.0, 0.0);
                for (var k = 0; k < n; k++)
                {
                    sum += values[k] * vectors[(k * stride) + i] * vectors[(k * stride) + j];
                    product += vectors[(i * stride) + k] * vectors[(j * stride) + k];
                }

                Assert.Equal(matrix[(i * stride) + j], sum, 1e-12 * n);
                Assert.Equal(i == j ? 1 : 0, product, 1e-13 * n);
            }
        }
    }

    [Fact]
    public void Diagonal_and_equal_values_are_fine()
    {
        var (values, vectors) = (new double[4], new double[32]);
        var matrix = new double[32];
        (matrix[0], matrix[9], matrix[18], matrix[27]) = (2, 2, 0, -1);

        Assert.True(SymmetricEigen.Decompose(matrix, values, vectors));
        Assert.Equal([-1, 0, 2, 2], values.Order());
    }

    [Fact]
    public void NaN_is_told()
    {
        var matrix = new double[16];
        matrix.AsSpan().Fill(double.NaN);

        Assert.False(SymmetricEigen.Decompose(matrix, new double[2], new double[16]));
    }
}
