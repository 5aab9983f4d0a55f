using System.Collections.Concurrent;

namespace Tuning.Environments;

/// <summary>What a program makes known by name, for the whole process. Safe for concurrent use.</summary>
/// <param name="kind">What it is, for messages: <c>environment</c>.</param>
/// <param name="same">Whether two entries are the same, so that the name may come again; null compares them.</param>
internal sealed class NameRegistry<T>(string kind, Func<T, T, bool>? same = null)
    where T : class
{
    private readonly ConcurrentDictionary<string, T> _entries = new(StringComparer.Ordinal);

    /// <summary>All names, in ordinal order.</summary>
    public IReadOnlyList<string> Names => [.. _entries.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Makes something known. The same under the same name once more changes nothing.</summary>
    /// <exception cref="InvalidOperationException">The name is taken by something else.</exception>
    public NameRegistry<T> Add(string name, T entry)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(entry);
        var known = _entries.GetOrAdd(name, entry);
        return ReferenceEquals(known, entry) || (same ?? EqualityComparer<T>.Default.Equals)(known, entry)
            ? this
            : throw new InvalidOperationException($"The {kind} '{name}' is registered already, and is made in another way; give another version another name.");
    }

    /// <summary>What a name stands for; null when it stands for nothing.</summary>
    public T? Find(string name) => _entries.GetValueOrDefault(name);

    /// <summary>What a name stands for.</summary>
    /// <exception cref="ArgumentException">Nothing; the message lists all names.</exception>
    public T Get(string name) => Find(name)
        ?? throw new ArgumentException($"No {kind} is registered as '{name}'; registered are: "
            + $"{(Names.Count == 0 ? "none" : string.Join(", ", Names))}.", nameof(name));
}
