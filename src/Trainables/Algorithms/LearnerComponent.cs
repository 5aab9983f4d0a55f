using System.Collections.Immutable;
using Tuning.Checkpointing;
using Tuning.Learning;

namespace Tuning.Algorithms;

/// <summary>
/// The branch <c>learner</c> of a checkpoint where there are several policies: what their learners add to their modules, which are
/// below it under <c>rl_module</c>. Restoring takes over those that both sides have. With one policy the branch is its <see cref="Learner"/>.
/// </summary>
/// <param name="identity">How the learners are made again.</param>
/// <param name="modules">All modules by policy.</param>
/// <param name="learners">The learners by policy; frozen policies have none.</param>
internal sealed class LearnerComponent(LearnerIdentity identity, IReadOnlyList<KeyValuePair<string, RlModule>> modules, IReadOnlyList<KeyValuePair<string, Learner>> learners) : ICheckpointable
{
    private const char Separator = '/';

    private readonly KeyValuePair<string, ICheckpointable>[] _components =
    [
        new("rl_module", new ContainerComponent("MultiRlModule", [.. modules.Select(m => KeyValuePair.Create<string, ICheckpointable>(m.Key, m.Value))]) { TakesWhatBothHave = true }),
    ];

    /// <inheritdoc/>
    public ComponentClass CheckpointClass { get; } = identity.ToClass();

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, ICheckpointable>> GetCheckpointableComponents() => _components;

    /// <inheritdoc/>
    public ParameterSet GetMetadata() => ParameterSet.From([new("policy_ids", modules.Select(m => m.Key)), new("policies_to_train", learners.Select(l => l.Key))]);

    /// <inheritdoc/>
    public ComponentState CaptureState()
    {
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
        foreach (var (id, learner) in learners)
        {
            if (Of(state, id) is { } own)
            {
                learner.ApplyState(own);
            }
        }
    }

    /// <summary>The part of one policy in the state of several; null when it was not trained.</summary>
    public static ComponentState? Of(ComponentState state, string id)
    {
        if (state.Value<ParameterSet>("policies").FirstOrDefault(p => p.Key == id).Value is not ParameterSet values)
        {
            return null;
        }

        var prefix = id + Separator;
        return ComponentState.Empty with
        {
            Values = values,
            Tensors = state.Tensors.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal))
                .ToImmutableSortedDictionary(t => t.Key[prefix.Length..], t => t.Value, StringComparer.Ordinal),
        };
    }
}
