using Tuning.Modules;
using Tuning.Randomness;

/// <summary>
/// A sample of a network of one's own: radial basis functions φₖ = exp(−|x − cₖ|²/2) around trained centres c, and a linear layer on them
/// for the inputs of the action distribution and the value. PPO trains it by the gradient given here.
/// </summary>
internal sealed class RadialModule : DifferentiableModule
{
    private const int Centres = 24;
    private readonly int _outputs;

    public RadialModule(ModuleSpec spec, RandomStream random)
        : base(spec, scratch: Centres, ("centres", [Centres, spec.ObservationSize]), ("weights", [spec.ActionDistribution.InputSize + 1, Centres]))
    {
        _outputs = spec.ActionDistribution.InputSize + 1;
        foreach (ref var centre in Parameters[..(Centres * ObservationSize)])
        {
            centre = (float)random.NextGaussian();
        }
    }

    public override float Forward(ReadOnlySpan<float> parameters, ReadOnlySpan<float> observation, Span<float> actionDistributionInputs, Span<float> scratch)
    {
        for (var k = 0; k < Centres; k++)
        {
            var distance = 0f;
            for (var i = 0; i < observation.Length; i++)
            {
                var difference = observation[i] - parameters[(k * observation.Length) + i];
                distance += difference * difference;
            }

            scratch[k] = MathF.Exp(-distance / 2);
        }

        var weights = parameters[(Centres * observation.Length)..];
        for (var n = 0; n < _outputs - 1; n++)
        {
            actionDistributionInputs[n] = Dot(weights.Slice(n * Centres, Centres), scratch);
        }

        return Dot(weights[^Centres..], scratch);
    }

    public override void Backward(ReadOnlySpan<float> parameters, ReadOnlySpan<float> observation, ReadOnlySpan<float> inputGradients, float valueGradient, Span<float> scratch, Span<float> gradients)
    {
        var first = Centres * observation.Length;
        for (var k = 0; k < Centres; k++)
        {
            var byBasis = 0f;
            for (var n = 0; n < _outputs; n++)
            {
                var byOutput = n < _outputs - 1 ? inputGradients[n] : valueGradient;
                gradients[first + (n * Centres) + k] += byOutput * scratch[k];
                byBasis += byOutput * parameters[first + (n * Centres) + k];
            }

            for (var i = 0; i < observation.Length; i++)
            {
                gradients[(k * observation.Length) + i] += byBasis * scratch[k] * (observation[i] - parameters[(k * observation.Length) + i]);
            }
        }
    }

    private static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var sum = 0f;
        for (var i = 0; i < x.Length; i++)
        {
            sum += x[i] * y[i];
        }

        return sum;
    }
}
