namespace Tuning.Distributions;

/// <summary>
/// Independent normal numbers u through the hyperbolic tangent, so that actions are between −1 and 1 (Haarnoja et al., 2018, appendix C).
/// Inputs of a row: the means of u, then its log standard deviations, which count as −20 to 2.
/// </summary>
/// <remarks>
/// ln p(a) = ln N(u) − Σ ln(1 − tanh² u) with ln(1 − tanh² u) = 2(ln 2 − u − ln(1 + e⁻²ᵘ)), which is exact where 1 − tanh² u rounds to 0.
/// The likeliest action is taken to be tanh of the mean, as RLlib and Stable-Baselines3 do. The entropy has no closed form and is integrated.
/// </remarks>
internal sealed class SquashedGaussian : ActionDistribution
{
    /// <summary>The smallest log standard deviation.</summary>
    internal const float MinLogStd = -20;

    /// <summary>The largest log standard deviation.</summary>
    internal const float MaxLogStd = 2;

    // The largest float below 1: its argument is 8.66.
    private const float Bound = 0.99999994f;

    private readonly DiagonalGaussian _gaussian;

    internal SquashedGaussian(int size)
        : base(2 * size, size) => _gaussian = new(size);

    public override bool IsDiscrete => false;

    public override string Name => $"squashed_gaussian({ActionSize})";

    /// <summary>ln(1 − tanh² u).</summary>
    internal static double LogSlope(double u) => 2 * (Math.Log(2) - Math.Abs(u) - Math.Log(1 + Math.Exp(-2 * Math.Abs(u))));

    /// <summary>Turns normal numbers into actions, in place.</summary>
    internal static void Squash(Span<float> actions)
    {
        foreach (ref var action in actions)
        {
            action = MathF.Tanh(action);
        }
    }

    [MethodImpl(AggressiveOptimization)]
    public override void Sample(ReadOnlySpan<float> inputs, int batch, RandomStream random, Span<float> actions)
    {
        for (var row = 0; row < batch; row++)
        {
            var input = inputs.Slice(row * InputSize, InputSize);
            for (var i = 0; i < ActionSize; i++)
            {
                actions[(row * ActionSize) + i] = MathF.Tanh(input[i] + (MathF.Exp(Clamp(input[ActionSize + i])) * (float)random.NextGaussian()));
            }
        }
    }

    public override void Deterministic(ReadOnlySpan<float> inputs, int batch, Span<float> actions)
    {
        _gaussian.Deterministic(inputs, batch, actions);
        Squash(actions[..(batch * ActionSize)]);
    }

    internal override string Export(ModelGraph graph, string inputs) => graph.Add("Tanh", [_gaussian.Export(graph, inputs)]);

    public override void LogProbabilities(ReadOnlySpan<float> inputs, ReadOnlySpan<float> actions, int batch, Span<float> result)
    {
        for (var row = 0; row < batch; row++)
        {
            var input = inputs.Slice(row * InputSize, InputSize);
            var sum = 0.0;
            for (var i = 0; i < ActionSize; i++)
            {
                var u = Math.Atanh(Math.Clamp(actions[(row * ActionSize) + i], -Bound, Bound));
                var logStd = Clamp(input[ActionSize + i]);
                var z = (u - input[i]) * Math.Exp(-logStd);
                sum -= (0.5 * z * z) + logStd + Distributions.DiagonalGaussian.HalfLogTwoPi + LogSlope(u);
            }

            result[row] = (float)sum;
        }
    }

    public override void AddLogProbabilityGradients(ReadOnlySpan<float> inputs, ReadOnlySpan<float> actions, ReadOnlySpan<float> weights, int batch,
        Span<float> gradients)
    {
        for (var row = 0; row < batch; row++)
        {
            for (var i = 0; i < ActionSize; i++)
            {
                // The slope of the tangent depends on the action alone. Beyond its bounds a deviation changes nothing.
                var (mean, log) = ((row * InputSize) + i, (row * InputSize) + ActionSize + i);
                var inverse = Math.Exp(-Clamp(inputs[log]));
                var z = (Math.Atanh(Math.Clamp(actions[(row * ActionSize) + i], -Bound, Bound)) - inputs[mean]) * inverse;
                gradients[mean] += (float)(weights[row] * z * inverse);
                gradients[log] += Clamp(inputs[log]) == inputs[log] ? (float)(weights[row] * ((z * z) - 1)) : 0;
            }
        }
    }

    public override void Entropies(ReadOnlySpan<float> inputs, int batch, Span<float> result)
    {
        // The trapezoid rule on a smooth function that vanishes at both ends: far more exact than a float.
        const int half = 400;
        const double width = 8.0 / half;
        for (var row = 0; row < batch; row++)
        {
            var input = inputs.Slice(row * InputSize, InputSize);
            var sum = 0.0;
            for (var i = 0; i < ActionSize; i++)
            {
                var logStd = Clamp(input[ActionSize + i]);
                var (std, slope) = (Math.Exp(logStd), 0.0);
                for (var k = -half; k <= half; k++)
                {
                    var z = k * width;
                    slope += Math.Exp(-0.5 * z * z) * LogSlope(input[i] + (std * z));
                }

                sum += logStd + Distributions.DiagonalGaussian.HalfLogTwoPi + 0.5 + (slope * width / Math.Sqrt(2 * Math.PI));
            }

            result[row] = (float)sum;
        }
    }

    /// <remarks>That of the normal distributions: a function that can be undone changes no divergence.</remarks>
    public override void Divergences(ReadOnlySpan<float> first, ReadOnlySpan<float> second, int batch, Span<float> result)
    {
        for (var row = 0; row < batch; row++)
        {
            var p = first.Slice(row * InputSize, InputSize);
            var q = second.Slice(row * InputSize, InputSize);
            var sum = 0f;
            for (var i = 0; i < ActionSize; i++)
            {
                var (logP, logQ) = (Clamp(p[ActionSize + i]), Clamp(q[ActionSize + i]));
                var z = (p[i] - q[i]) * MathF.Exp(-logQ);
                sum += (0.5f * (MathF.Exp(2 * (logP - logQ)) + (z * z) - 1)) - (logP - logQ);
            }

            result[row] = sum;
        }
    }

    private static float Clamp(float logStd) => Math.Clamp(logStd, MinLogStd, MaxLogStd);
}
