namespace Tuning.Distributions;

/// <summary>Independent normal distributions. Inputs of a row: the means, then the log standard deviations.</summary>
internal sealed class DiagonalGaussian : ActionDistribution
{
    /// <summary>½ ln 2π.</summary>
    internal const float HalfLogTwoPi = 0.918938533f;

    internal DiagonalGaussian(int size)
        : base(2 * Positive(size), size)
    {
    }

    public override bool IsDiscrete => false;

    public override string Name => $"diagonal_gaussian({ActionSize})";

    [MethodImpl(AggressiveOptimization)]
    public override void Sample(ReadOnlySpan<float> inputs, int batch, RandomStream random, Span<float> actions)
    {
        for (var row = 0; row < batch; row++)
        {
            var input = inputs.Slice(row * InputSize, InputSize);
            for (var i = 0; i < ActionSize; i++)
            {
                actions[(row * ActionSize) + i] = input[i] + (MathF.Exp(input[ActionSize + i]) * (float)random.NextGaussian());
            }
        }
    }

    [MethodImpl(AggressiveOptimization)]
    public override void Deterministic(ReadOnlySpan<float> inputs, int batch, Span<float> actions)
    {
        var (inputSize, actionSize) = (InputSize, ActionSize);
        for (var row = 0; row < batch; row++)
        {
            for (var i = 0; i < actionSize; i++)
            {
                actions[(row * actionSize) + i] = inputs[(row * inputSize) + i];
            }
        }
    }

    internal override string Export(ModelGraph graph, string inputs) => graph.Columns(inputs, 0, ActionSize);

    public override void LogProbabilities(ReadOnlySpan<float> inputs, ReadOnlySpan<float> actions, int batch, Span<float> result)
    {
        for (var row = 0; row < batch; row++)
        {
            var input = inputs.Slice(row * InputSize, InputSize);
            var sum = 0f;
            for (var i = 0; i < ActionSize; i++)
            {
                var logStd = input[ActionSize + i];
                var z = (actions[(row * ActionSize) + i] - input[i]) * MathF.Exp(-logStd);
                sum -= (0.5f * z * z) + logStd + HalfLogTwoPi;
            }

            result[row] = sum;
        }
    }

    public override void AddLogProbabilityGradients(ReadOnlySpan<float> inputs, ReadOnlySpan<float> actions, ReadOnlySpan<float> weights, int batch,
        Span<float> gradients)
    {
        for (var row = 0; row < batch; row++)
        {
            var input = row * InputSize;
            var gradient = gradients.Slice(input, InputSize);
            for (var i = 0; i < ActionSize; i++)
            {
                var inverse = MathF.Exp(-inputs[input + ActionSize + i]);
                var z = (actions[(row * ActionSize) + i] - inputs[input + i]) * inverse;
                gradient[i] += weights[row] * z * inverse;
                gradient[ActionSize + i] += weights[row] * ((z * z) - 1);
            }
        }
    }

    public override void AddEntropyGradients(ReadOnlySpan<float> inputs, float weight, int batch, Span<float> gradients)
    {
        for (var row = 0; row < batch; row++)
        {
            foreach (ref var gradient in gradients.Slice((row * InputSize) + ActionSize, ActionSize))
            {
                gradient += weight;
            }
        }
    }

    public override void Entropies(ReadOnlySpan<float> inputs, int batch, Span<float> result)
    {
        for (var row = 0; row < batch; row++)
        {
            var sum = 0f;
            foreach (var logStd in inputs.Slice((row * InputSize) + ActionSize, ActionSize))
            {
                sum += logStd + HalfLogTwoPi + 0.5f;
            }

            result[row] = sum;
        }
    }

    public override void Divergences(ReadOnlySpan<float> first, ReadOnlySpan<float> second, int batch, Span<float> result)
    {
        for (var row = 0; row < batch; row++)
        {
            var p = first.Slice(row * InputSize, InputSize);
            var q = second.Slice(row * InputSize, InputSize);
            var sum = 0f;
            for (var i = 0; i < ActionSize; i++)
            {
                var difference = p[ActionSize + i] - q[ActionSize + i];
                var z = (p[i] - q[i]) * MathF.Exp(-q[ActionSize + i]);
                sum += (0.5f * (MathF.Exp(2 * difference) + (z * z) - 1)) - difference;
            }

            result[row] = sum;
        }
    }

    private static int Positive(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        return size;
    }
}
