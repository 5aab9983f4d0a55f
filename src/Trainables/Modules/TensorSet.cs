namespace Tuning.Modules;

/// <summary>Compares tensors that were given with those that are expected.</summary>
internal static class TensorSet
{
    /// <summary>The data by name, when exactly the expected tensors are there.</summary>
    /// <param name="given">The tensors, in any order.</param>
    /// <param name="expected">Names and shapes.</param>
    /// <param name="what">What they are, for the message.</param>
    /// <exception cref="ArgumentException">A name is missing, unknown or given twice, a shape differs, or the elements are no floats; the message lists all
    /// faults.</exception>
    public static IReadOnlyDictionary<string, float[]> Check(IReadOnlyList<NamedTensor> given, IEnumerable<(string Name, int[] Shape)> expected, string what)
    {
        ArgumentNullException.ThrowIfNull(given);
        var faults = Faults(given, expected);
        return faults.Count == 0
            ? given.ToDictionary(t => t.Name, t => t.Data)
            : throw new ArgumentException($"The {what} does not fit: {string.Join("; ", faults)}.", nameof(given));
    }

    /// <summary>The tensors of a checkpoint, which must have the names and shapes that are here.</summary>
    /// <exception cref="CheckpointException">They have not; the message lists all faults.</exception>
    public static IReadOnlyList<NamedTensor> Require(ComponentState state, IEnumerable<(string Name, int[] Shape)> here)
    {
        ArgumentNullException.ThrowIfNull(state);
        var faults = Faults([.. state.Tensors.Values], here);
        return faults.Count == 0 ? [.. state.Tensors.Values]
            : throw new CheckpointException($"The tensors of the checkpoint do not fit: {string.Join("; ", faults)}.");
    }

    private static List<string> Faults(IReadOnlyList<NamedTensor> given, IEnumerable<(string Name, int[] Shape)> expected)
    {
        var faults = new List<string>();
        var byName = new Dictionary<string, NamedTensor>();
        foreach (var tensor in given)
        {
            if (!byName.TryAdd(tensor.Name, tensor))
            {
                faults.Add($"'{tensor.Name}' is given twice");
            }
        }

        foreach (var (name, shape) in expected)
        {
            if (!byName.Remove(name, out var tensor))
            {
                faults.Add($"'{name}' is missing");
            }
            else if (!tensor.Shape.AsSpan().SequenceEqual(shape))
            {
                faults.Add($"'{name}' has shape {tensor.ShapeText}; here it has [{string.Join(", ", shape)}]");
            }
            else if (tensor.Element is not (TensorElement.F32 or TensorElement.F16 or TensorElement.BF16))
            {
                faults.Add($"'{name}' holds {tensor.Element}; here it holds floats of 32 bits");
            }
        }

        faults.AddRange(byName.Values.Select(tensor => $"'{tensor.Name}' of shape {tensor.ShapeText} is unknown here"));
        return faults;
    }
}
