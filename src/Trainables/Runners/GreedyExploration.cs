using Tuning.Modules;
using Tuning.Randomness;

namespace Tuning.Runners;

/// <summary>None: the likeliest action (<c>explore: false</c>, and evaluation).</summary>
internal sealed class GreedyExploration : Exploration
{
    /// <inheritdoc/>
    public override void Act(RlModule module, ReadOnlySpan<float> observations, ReadOnlySpan<int> lanes, Span<float> inputs, Span<float> actions, ModuleWorkspace workspace, RandomStream random)
    {
        module.ForwardInference(observations, lanes.Length, inputs, workspace);
        module.ActionDistribution.Deterministic(inputs, lanes.Length, actions);
    }
}
