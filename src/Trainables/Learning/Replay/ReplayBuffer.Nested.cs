using System.Collections.Immutable;
using Tuning.Checkpointing;

namespace Tuning.Learning;

/// <content>The state inside that of a learner: tensors <c>replay_buffer.observations</c> …, and a value <c>replay_buffer</c>.</content>
internal sealed partial class ReplayBuffer
{
    private const string Name = "replay_buffer";
    private const string Prefix = Name + ".";

    /// <summary>A learner's state with this buffer's in it.</summary>
    public ComponentState AddTo(ComponentState learner)
    {
        ArgumentNullException.ThrowIfNull(learner);
        var own = CaptureState();
        return learner with
        {
            Values = (learner.Values ?? ParameterSet.Empty).With(Name, own.Values),
            Tensors = learner.Tensors.AddRange(own.Tensors.Select(tensor => KeyValuePair.Create(Prefix + tensor.Key, tensor.Value))),
        };
    }

    /// <summary>Takes a learner's state apart: what is its own, and the buffer's, null where the checkpoint holds none.</summary>
    public static (ComponentState Learner, ComponentState? Replay) Split(ComponentState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var (own, replay) = (ImmutableSortedDictionary.CreateBuilder<string, StateTensor>(StringComparer.Ordinal), ImmutableSortedDictionary.CreateBuilder<string, StateTensor>(StringComparer.Ordinal));
        foreach (var (name, tensor) in state.Tensors)
        {
            if (name.StartsWith(Prefix, StringComparison.Ordinal))
            {
                replay.Add(name[Prefix.Length..], tensor);
            }
            else
            {
                own.Add(name, tensor);
            }
        }

        return (state with { Tensors = own.ToImmutable() }, replay.Count == 0 ? null : new() { Values = state.Value<ParameterSet>(Name), Tensors = replay.ToImmutable() });
    }

    /// <summary>Goes on where a state was taken; with null, begins empty.</summary>
    /// <exception cref="CheckpointException">The state does not fit, or is damaged; nothing has changed then.</exception>
    public void Restore(ComponentState? state)
    {
        if (state is null)
        {
            Clear();
        }
        else
        {
            ApplyState(state);
        }
    }
}
