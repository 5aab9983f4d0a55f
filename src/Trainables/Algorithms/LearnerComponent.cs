using System.Collections.Immutable;
using Tuning.Checkpointing;

namespace Tuning.Algorithms;

/// <summary>
/// The branch <c>learner</c> of a checkpoint: what learners add to their modules, which are below it under <c>rl_module</c>.
/// </summary>
/// <remarks>
/// With one policy its state is that of the learner; with several it has one for each that is trained, and takes over those
/// that both sides have.
/// </remarks>
/// <param name="name">The class in checkpoints.</param>
/// <param name="several">Whether there can be several policies.</param>
/// <param name="modules">All modules by policy.</param>
/// <param name="learners">The learners by policy; frozen policies have none.</param>
internal sealed class LearnerComponent(string name, bool several, IReadOnlyList<KeyValuePair<string, RlModule>> modules, IReadOnlyList<KeyValuePair<string, Learner>> learners) : ICheckpointable
{
    private const char Separator = '/';

    private readonly KeyValuePair<string, ICheckpointable>[] _components =
    [
        new("rl_module", new ContainerComponent("MultiRlModule", [.. modules.Select(m => KeyValuePair.Create<string, ICheckpointable>(m.Key, m.Value))]) { TakesWhatBothHave = several }),
    ];

    /// <inheritdoc/>
    public ComponentClass CheckpointClass { get; } = new(several ? "MultiAgent" + name : name, ParameterSet.Empty) { TensorFile = "optimizer_state.safetensors" };

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, ICheckpointable>> GetCheckpointableComponents() => _components;

    /// <inheritdoc/>
    public ComponentState CaptureState()
    {
        if (!several)
        {
            return learners.Count == 0 ? ComponentState.Empty : learners[0].Value.CaptureState();
        }

        var values = new List<KeyValuePair<string, object?>>();
        var tensors = ComponentState.Empty.Tensors.ToBuilder();
        foreach (var (id, learner) in learners)
        {
            var state = learner.CaptureState();
            values.Add(new(id, state.Values ?? ParameterSet.Empty));
            foreach (var (tensor, value) in state.Tensors)
            {
                tensors.Add(id + Separator + tensor, value);
            }
        }

        return ComponentState.Empty with { Values = ParameterSet.From([new("policies", ParameterSet.From(values))]), Tensors = tensors.ToImmutable() };
    }

    /// <inheritdoc/>
    public void ApplyState(ComponentState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (!several)
        {
            if (learners.Count > 0)
            {
                learners[0].Value.ApplyState(state);
            }

            return;
        }

        var policies = state.Value<ParameterSet>("policies");
        foreach (var (id, learner) in learners)
        {
            if (policies.FirstOrDefault(p => p.Key == id).Value is ParameterSet values)
            {
                var prefix = id + Separator;
                learner.ApplyState(ComponentState.Empty with
                {
                    Values = values,
                    Tensors = state.Tensors.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal))
                        .ToImmutableSortedDictionary(t => t.Key[prefix.Length..], t => t.Value, StringComparer.Ordinal),
                });
            }
        }
    }
}
