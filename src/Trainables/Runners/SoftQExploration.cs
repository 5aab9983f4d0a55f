namespace Tuning.Runners;

/// <summary>Each action with a probability in proportion to exp(value / temperature) (RLlib's <c>SoftQ</c>).</summary>
/// <param name="temperature">Above 0; the smaller, the greedier.</param>
internal sealed class SoftQExploration(double temperature) : Exploration
{
    private float[] _scaled = [];

    /// <inheritdoc/>
    [MethodImpl(AggressiveOptimization)]
    public override void Act(
        RlModule module, ReadOnlySpan<float> observations, ReadOnlySpan<int> trajectories, Span<float> inputs, Span<float> actions,
        ModuleWorkspace workspace, RandomStream random)
    {
        module.ForwardExploration(observations, trajectories.Length, inputs, workspace);
        var length = trajectories.Length * module.ActionDistribution.InputSize;
        if (_scaled.Length < length)
        {
            _scaled = new float[length];
        }

        for (var i = 0; i < length; i++)
        {
            _scaled[i] = (float)(inputs[i] / temperature);
        }

        module.ActionDistribution.Sample(_scaled.AsSpan(0, length), trajectories.Length, random, actions);
    }
}
