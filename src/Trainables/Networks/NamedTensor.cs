namespace Tuning.Networks;

/// <summary>One named array of numbers of a module's or an optimizer's state, in no backend's own form.</summary>
/// <param name="Name">The name, dots between the parts: <c>encoder.actor.0.weight</c>.</param>
/// <param name="Shape">The lengths of its dimensions, the last one contiguous; a linear layer's weight is [outputs, inputs].</param>
/// <param name="Data">The numbers, row by row; as many as the product of <paramref name="Shape"/>.</param>
public sealed record NamedTensor(string Name, int[] Shape, float[] Data)
{
    /// <summary>The number of elements that <see cref="Shape"/> asks for.</summary>
    public long ElementCount => Shape.Aggregate(1L, (product, length) => product * length);

    /// <summary>The shape as text: <c>[64, 3]</c>.</summary>
    public string ShapeText => $"[{string.Join(", ", Shape)}]";
}
