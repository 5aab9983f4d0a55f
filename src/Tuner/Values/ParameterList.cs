using System.Collections;
using System.Diagnostics.CodeAnalysis;

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

    /// <summary>The value at a path that begins with a position from 0.</summary>
    internal bool TryGet(string path, out object? value)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        value = null;
        if (!TryPosition(dot < 0 ? path : path[..dot], out var at))
        {
            return false;
        }

        value = _items[at];
        return dot < 0 || value switch
        {
            ParameterSet set => set.TryGet(path[(dot + 1)..], out value),
            ParameterList list => list.TryGet(path[(dot + 1)..], out value),
            _ => (value = null) is not null,
        };
    }

    /// <summary>The list with the value at such a path set.</summary>
    internal ParameterList With(string path, object? value)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        var head = dot < 0 ? path : path[..dot];
        if (!TryPosition(head, out var at))
        {
            throw new ArgumentException($"'{head}' is no position in {this}, which has {Count} values; they are counted from 0.", nameof(path));
        }

        var items = (object?[])_items.Clone();
        items[at] = dot < 0 ? ParameterSet.Normalize(value) : items[at] switch
        {
            ParameterList list => list.With(path[(dot + 1)..], value),
            ParameterSet set => set.With(path[(dot + 1)..], value),
            null => ParameterSet.Empty.With(path[(dot + 1)..], value),
            var other => throw new ArgumentException($"'{path}' cannot be set: '{head}' is {ConfigurationBinder.ToJson(other)}, which has nothing below it.",
                nameof(path)),
        };
        return new(items);
    }

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

    private bool TryPosition(string text, out int at) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out at) && at < _items.Length;
}
