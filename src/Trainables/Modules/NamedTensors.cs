using System.Collections.Immutable;
using Tuning.Checkpointing;
using Tuning.Networks;

namespace Tuning.Modules;

/// <summary>Turns the arrays of modules and optimizers into those of checkpoints and back.</summary>
internal static class NamedTensors
{
    /// <summary>The arrays by name.</summary>
    public static ImmutableSortedDictionary<string, StateTensor> ToState(IReadOnlyList<NamedTensor> tensors) =>
        ComponentState.Empty.Tensors.AddRange(tensors.Select(t => KeyValuePair.Create(t.Name, StateTensor.Of(t.Data, t.Shape))));

    /// <summary>The arrays of a checkpoint, which must have the names and shapes that exist here.</summary>
    /// <param name="state">What the checkpoint holds.</param>
    /// <param name="like">What exists here.</param>
    /// <exception cref="CheckpointException">A name is missing or unknown, or a shape differs; the message names the tensor and both shapes.</exception>
    public static IReadOnlyList<NamedTensor> FromState(ComponentState state, IReadOnlyList<NamedTensor> like)
    {
        state.RequireTensors(like.Select(t => t.Name));
        var result = new NamedTensor[like.Count];
        for (var i = 0; i < result.Length; i++)
        {
            var data = new float[like[i].Data.Length];
            state.Tensor(like[i].Name).CopyTo(like[i].Name, data, like[i].Shape);
            result[i] = like[i] with { Data = data };
        }

        return result;
    }
}
