namespace Tuning.Networks;

/// <summary>Starting weights, [outputs, inputs] in row order.</summary>
internal static class Initializers
{
    /// <summary>Fills weights and biases of one layer.</summary>
    public static void Fill(KernelInitializer initializer, int outputs, int inputs, double gain, RandomStream random, Span<float> weights, Span<float> biases)
    {
        switch (initializer)
        {
            case KernelInitializer.Orthogonal:
                FillOrthogonal(outputs, inputs, gain, random, weights);
                biases.Clear();
                break;
            case KernelInitializer.KaimingUniform:
                var bound = 1 / Math.Sqrt(inputs);
                foreach (ref var weight in weights)
                {
                    weight = (float)(bound * ((2 * random.NextDouble()) - 1));
                }

                foreach (ref var bias in biases)
                {
                    bias = (float)(bound * ((2 * random.NextDouble()) - 1));
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(initializer), initializer, null);
        }
    }

    /// <summary>Rows, or columns where there are fewer, that are orthonormal but for the gain (Saxe et al., 2014): Gram-Schmidt on normal numbers.</summary>
    [MethodImpl(AggressiveOptimization)]
    private static void FillOrthogonal(int outputs, int inputs, double gain, RandomStream random, Span<float> weights)
    {
        var (count, length) = outputs <= inputs ? (outputs, inputs) : (inputs, outputs);
        var vectors = new double[count][];
        for (var i = 0; i < count; i++)
        {
            var vector = vectors[i] = new double[length];
            double norm;
            do
            {
                foreach (ref var element in vector.AsSpan())
                {
                    element = random.NextGaussian();
                }

                // Twice is enough for float precision.
                for (var pass = 0; pass < 2; pass++)
                {
                    for (var j = 0; j < i; j++)
                    {
                        AddScaled(vector, vectors[j], -Dot(vector, vectors[j]));
                    }
                }

                norm = Math.Sqrt(Dot(vector, vector));
            }
            while (norm < 1e-6);

            foreach (ref var element in vector.AsSpan())
            {
                element /= norm;
            }
        }

        for (var o = 0; o < outputs; o++)
        {
            for (var i = 0; i < inputs; i++)
            {
                weights[(o * inputs) + i] = (float)(gain * (outputs <= inputs ? vectors[o][i] : vectors[i][o]));
            }
        }
    }

    [MethodImpl(AggressiveOptimization)]
    private static double Dot(double[] a, double[] b)
    {
        double even = 0, odd = 0;
        var i = 0;
        for (; i + 1 < a.Length; i += 2)
        {
            even += a[i] * b[i];
            odd += a[i + 1] * b[i + 1];
        }

        return i < a.Length ? even + odd + (a[i] * b[i]) : even + odd;
    }

    [MethodImpl(AggressiveOptimization)]
    private static void AddScaled(double[] a, double[] b, double factor)
    {
        for (var i = 0; i < a.Length; i++)
        {
            a[i] += factor * b[i];
        }
    }
}
