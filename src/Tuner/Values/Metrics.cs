using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Tuning;

/// <summary>
/// What a trial reports: values by path, <c>a/b/c</c>, in the order in which they were set. Fill it, report it, and do not
/// change it afterwards: from then on it is shared between threads as an immutable message.
/// </summary>
/// <remarks>Not safe for concurrent change. Reading is safe from any thread once nobody changes it.</remarks>
[SuppressMessage("Naming", "CA1710", Justification = "Metrics is the field's word")]
public sealed class Metrics : IReadOnlyCollection<KeyValuePair<string, MetricValue>>
{
    private const int LinearLimit = 12;

    private KeyValuePair<string, MetricValue>[] _entries;
    private Dictionary<string, int>? _index;

    /// <summary>An empty set of metrics.</summary>
    public Metrics()
        : this(8)
    {
    }

    /// <summary>An empty set with room for <paramref name="capacity"/> values.</summary>
    public Metrics(int capacity) => _entries = new KeyValuePair<string, MetricValue>[Math.Max(1, capacity)];

    /// <summary>How many values there are.</summary>
    public int Count { get; private set; }

    /// <summary>The values in order. Valid until the next change.</summary>
    public ReadOnlySpan<KeyValuePair<string, MetricValue>> Entries => _entries.AsSpan(0, Count);

    /// <summary>The value at a path. Setting an existing path replaces its value in place.</summary>
    /// <exception cref="KeyNotFoundException">There is no such metric; the message lists those that exist.</exception>
    public MetricValue this[string path]
    {
        get => TryGet(path, out var value)
            ? value
            : throw new KeyNotFoundException($"There is no metric '{path}'; there are: {string.Join(", ", Entries.ToArray().Select(e => e.Key))}.");
        set
        {
            ArgumentException.ThrowIfNullOrEmpty(path);
            if (Count == _entries.Length)
            {
                Array.Resize(ref _entries, Count * 2);
            }

            var at = Count > LinearLimit ? IndexOrAdd(path) : IndexOf(path);
            if (at < 0)
            {
                at = Count++;
            }

            _entries[at] = new(path, value);
        }
    }

    /// <summary>The value at a path, if there is one.</summary>
    public bool TryGet(string path, out MetricValue value)
    {
        var at = IndexOf(path);
        value = at >= 0 ? _entries[at].Value : default;
        return at >= 0;
    }

    /// <summary>The number (or flag as 0 or 1) at a path; null when it is absent or a text.</summary>
    public double? Number(string path) => TryGet(path, out var value) ? value.Number : null;

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, MetricValue>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return _entries[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>All values, for a person: <c>loss: 0.25, accuracy: 0.9</c>.</summary>
    public override string ToString() => string.Join(", ", this.Select(m => $"{m.Key}: {m.Value}"));

    private int IndexOf(string path)
    {
        if (Count > LinearLimit)
        {
            return (_index ??= BuildIndex()).TryGetValue(path, out var found) ? found : -1;
        }

        for (var i = 0; i < Count; i++)
        {
            if (ReferenceEquals(_entries[i].Key, path) || _entries[i].Key == path)
            {
                return i;
            }
        }

        return -1;
    }

    // The place of a path; -1 if it is new, and then it is the next.
    private int IndexOrAdd(string path)
    {
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(_index ??= BuildIndex(), path, out var exists);
        if (exists)
        {
            return place;
        }

        place = Count;
        return -1;
    }

    private Dictionary<string, int> BuildIndex()
    {
        var index = new Dictionary<string, int>(Math.Max(Count * 2, _entries.Length), StringComparer.Ordinal);
        for (var i = 0; i < Count; i++)
        {
            index.Add(_entries[i].Key, i);
        }

        return index;
    }
}
