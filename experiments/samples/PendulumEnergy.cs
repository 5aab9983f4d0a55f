using Tuning.Connectors;

/// <summary>A sample connector: shows the network the pendulum's energy beside cos θ, sin θ and the angular velocity, which is scaled to ±1.</summary>
internal sealed class PendulumEnergy(int inputSize) : ObservationConnector(inputSize, inputSize + 1)
{
    public override void Apply(ReadOnlySpan<float> observation, Span<float> result, bool learn)
    {
        var velocity = observation[2] / 8;
        (result[0], result[1], result[2]) = (observation[0], observation[1], velocity);
        result[3] = observation[0] + (2 * velocity * velocity);
    }
}
