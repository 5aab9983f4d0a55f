using Tuning.Networks;

namespace Tuning.Modules;

/// <summary>Compares tensors that were given with those that are expected.</summary>
internal static class TensorSet
{
    /// <summary>The data by name, when exactly the expected tensors are there.</summary>
    /// <param name="given">The tensors, in any order.</param>
    /// <param name="expected">Names and shapes.</param>
    /// <param name="what">What they are, for the message.</param>
    /// <exception cref="ArgumentException">A name is missing, unknown or given twice, a shape differs, or the data do not fill it; the message lists all faults.</exception>
    public static IReadOnlyDictionary<string, float[]> Check(IReadOnlyList<NamedTensor> given, IEnumerable<(string Name, int[] Shape)> expected, string what)
    {
        ArgumentNullException.ThrowIfNull(given);
        var faults = new List<string>();
        var byName = new Dictionary<string, NamedTensor>(StringComparer.Ordinal);
        foreach (var tensor in given)
        {
            if (!byName.TryAdd(tensor.Name, tensor))
            {
                faults.Add($"'{tensor.Name}' is given twice");
            }
        }

        var result = new Dictionary<string, float[]>(StringComparer.Ordinal);
        foreach (var (name, shape) in expected)
        {
            if (!byName.Remove(name, out var tensor))
            {
                faults.Add($"'{name}' is missing");
            }
            else if (!tensor.Shape.AsSpan().SequenceEqual(shape))
            {
                faults.Add($"'{name}' has shape {tensor.ShapeText}; it must be [{string.Join(", ", shape)}]");
            }
            else if (tensor.Data.LongLength != tensor.ElementCount)
            {
                faults.Add($"'{name}' has {tensor.Data.LongLength} elements for shape {tensor.ShapeText}");
            }
            else
            {
                result.Add(name, tensor.Data);
            }
        }

        faults.AddRange(byName.Keys.Select(name => $"'{name}' is unknown"));
        return faults.Count == 0 ? result : throw new ArgumentException($"The {what} does not fit: {string.Join("; ", faults)}.", nameof(given));
    }
}
