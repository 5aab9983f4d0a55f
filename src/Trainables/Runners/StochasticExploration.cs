namespace Tuning.Runners;

/// <summary>Draws from the policy's own distribution (RLlib's <c>StochasticSampling</c>).</summary>
internal sealed class StochasticExploration : Exploration
{
    /// <inheritdoc/>
    public override void Act(
        RlModule module, ReadOnlySpan<float> observations, ReadOnlySpan<int> trajectories, Span<float> inputs, Span<float> actions,
        ModuleWorkspace workspace, RandomStream random)
    {
        module.ForwardExploration(observations, trajectories.Length, inputs, workspace);
        module.ActionDistribution.Sample(inputs, trajectories.Length, random, actions);
    }
}
