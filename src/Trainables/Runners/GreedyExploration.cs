namespace Tuning.Runners;

/// <summary>None: the likeliest action (<c>explore: false</c>, and evaluation).</summary>
internal sealed class GreedyExploration : Exploration
{
    /// <inheritdoc/>
    public override void Act(
        RlModule module, ReadOnlySpan<float> observations, ReadOnlySpan<int> trajectories, Span<float> inputs, Span<float> actions,
        ModuleWorkspace workspace, RandomStream random)
    {
        module.ForwardInference(observations, trajectories.Length, inputs, workspace);
        module.ActionDistribution.Deterministic(inputs, trajectories.Length, actions);
    }
}
