using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Tuning;

/// <summary>An immutable list inside a <see cref="ParameterSet"/>. Compared by content.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "A list")]
[JsonConverter(typeof(ParameterListConverter))]
public sealed class ParameterList : IReadOnlyList<object?>, IEquatable<ParameterList>
{
    private readonly object?[] _items;

    /// <summary>A list of values, each taken over as <see cref="ParameterSet.Normalize"/> does.</summary>
    public ParameterList(IEnumerable<object?> items) => _items = [.. items.Select(ParameterSet.Normalize)];

    /// <inheritdoc/>
    public int Count => _items.Length;

    /// <inheritdoc/>
    public object? this[int index] => _items[index];

    /// <inheritdoc/>
    public IEnumerator<object?> GetEnumerator() => ((IEnumerable<object?>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(ParameterList? other) => other is not null && _items.AsSpan().SequenceEqual(other._items);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ParameterList);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var item in _items)
        {
            hash.Add(item);
        }

        return hash.ToHashCode();
    }

    /// <summary>The list as JSON on one line.</summary>
    public override string ToString() => ConfigurationBinder.ToJson(this);
}
