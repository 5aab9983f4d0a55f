using Tuning.Modules;
using Tuning.Randomness;

namespace Tuning.Runners;

/// <summary>Draws from the policy's own distribution (RLlib's <c>StochasticSampling</c>).</summary>
internal sealed class StochasticExploration : Exploration
{
    /// <inheritdoc/>
    public override void Act(RlModule module, ReadOnlySpan<float> observations, ReadOnlySpan<int> lanes, Span<float> inputs, Span<float> actions, ModuleWorkspace workspace, RandomStream random)
    {
        module.ForwardExploration(observations, lanes.Length, inputs, workspace);
        module.ActionDistribution.Sample(inputs, lanes.Length, random, actions);
    }
}
