using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Tuning;

/// <summary>
/// The configuration of a trial: an immutable tree of null, <see cref="bool"/>, <see cref="long"/>, <see cref="double"/>,
/// <see cref="string"/>, <see cref="ParameterList"/> and <see cref="ParameterSet"/>. Names are kept in ordinal order, so equal
/// trees have one text. Paths have dots: <c>model.fcnet_hiddens</c>.
/// </summary>
/// <remarks>Safe for use by any thread. Compared by content.</remarks>
[SuppressMessage("Naming", "CA1710", Justification = "A set of parameters is what the field calls it")]
[JsonConverter(typeof(ParameterSetConverter))]
public sealed partial class ParameterSet : IReadOnlyCollection<KeyValuePair<string, object?>>, IEquatable<ParameterSet>
{
    private readonly string[] _names;
    private readonly object?[] _values;

    private ParameterSet(string[] names, object?[] values) => (_names, _values) = (names, values);

    /// <summary>The configuration without parameters.</summary>
    public static ParameterSet Empty { get; } = new([], []);

    /// <summary>How many names stand at this level.</summary>
    public int Count => _names.Length;

    /// <summary>The names at this level, in ordinal order.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The value at a dotted path.</summary>
    /// <exception cref="KeyNotFoundException">There is none; the message names the path.</exception>
    public object? this[string path] => TryGet(path, out var value)
        ? value
        : throw new MissingParameterException(path, [.. Flatten().Select(p => p.Key)]);

    /// <summary>A tree from names and values. Whole numbers become long, real ones double, lists and maps are taken over as trees.</summary>
    /// <exception cref="ArgumentException">A name stands twice, or a value is of a type that configurations do not hold.</exception>
    public static ParameterSet From(IEnumerable<KeyValuePair<string, object?>> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var sorted = new SortedDictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in entries)
        {
            ArgumentException.ThrowIfNullOrEmpty(name, nameof(entries));
            if (!sorted.TryAdd(name, Normalize(value)))
            {
                throw new ArgumentException($"The parameter '{name}' stands twice.", nameof(entries));
            }
        }

        return sorted.Count == 0 ? Empty : new([.. sorted.Keys], [.. sorted.Values]);
    }

    /// <summary>A tree over arrays that nobody changes any more: names in ordinal order, values in normal form.</summary>
    /// <param name="names">The names; shared between trees of one shape.</param>
    /// <param name="values">The values.</param>
    /// <param name="absent">How many of the values are <paramref name="mark"/>, which are left out.</param>
    /// <param name="mark">What stands for no value.</param>
    internal static ParameterSet Own(string[] names, object?[] values, int absent, object mark)
    {
        if (absent == 0)
        {
            return names.Length == 0 ? Empty : new(names, values);
        }

        var (someNames, someValues) = (new string[names.Length - absent], new object?[names.Length - absent]);
        for (int i = 0, at = 0; i < names.Length; i++)
        {
            if (!ReferenceEquals(values[i], mark))
            {
                (someNames[at], someValues[at++]) = (names[i], values[i]);
            }
        }

        return someNames.Length == 0 ? Empty : new(someNames, someValues);
    }

    /// <summary>The value in the form in which a tree holds it: whole numbers as long, real ones as double, collections as trees.</summary>
    /// <exception cref="ArgumentException">The type is none that configurations hold, or the number is NaN.</exception>
    public static object? Normalize(object? value) => value switch
    {
        null or bool or long or string or ParameterSet or ParameterList => value,
        double.NaN => throw new ArgumentException("A configuration cannot hold NaN.", nameof(value)),
        0.0 => 0.0,
        double => value,
        float f => Normalize((double)f),
        decimal d => (double)d,
        int or short or byte or sbyte or ushort or uint => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        ulong u when u <= long.MaxValue => (long)u,
        Enum e => EnumWords.Word(e),
        JsonElement e => ValueFromJson(e),
        IEnumerable<KeyValuePair<string, object?>> map => From(map),
        IDictionary map => From(map.Keys.Cast<object>().Select(k => KeyValuePair.Create(k as string
            ?? throw new ArgumentException(Invariant($"A configuration's names are texts; {k} is a {k.GetType().Name}."), nameof(value)), map[k]))),
        IEnumerable list => new ParameterList(list.Cast<object?>()),
        _ => throw new ArgumentException($"A configuration holds numbers, flags, texts, lists and maps; {value.GetType()} is none of them.", nameof(value)),
    };

    /// <summary>The value at a dotted path, if there is one. A name that contains dots itself is found as it stands; a number is a position in a
    /// list.</summary>
    public bool TryGet(string path, out object? value)
    {
        ArgumentNullException.ThrowIfNull(path);
        var at = Array.BinarySearch(_names, path, StringComparer.Ordinal);
        if (at >= 0)
        {
            value = _values[at];
            return true;
        }

        for (var dot = path.IndexOf('.', StringComparison.Ordinal); dot > 0; dot = path.IndexOf('.', dot + 1))
        {
            at = Array.BinarySearch(_names, path[..dot], StringComparer.Ordinal);
            if (at >= 0 && _values[at] switch
            {
                ParameterSet branch => branch.TryGet(path[(dot + 1)..], out value),
                ParameterList list => list.TryGet(path[(dot + 1)..], out value),
                _ => (value = null) is not null,
            })
            {
                return true;
            }
        }

        value = null;
        return false;
    }

    /// <summary>The value of a name of this level; dots in it are part of the name.</summary>
    internal bool TryGetOwn(string name, out object? value)
    {
        var at = Array.BinarySearch(_names, name, StringComparer.Ordinal);
        value = at >= 0 ? _values[at] : null;
        return at >= 0;
    }

    /// <summary>The value at a path as <typeparamref name="T"/>, converted as from JSON with names in snake_case.</summary>
    /// <exception cref="KeyNotFoundException">There is no such parameter.</exception>
    /// <exception cref="InvalidOperationException">The value cannot be read as <typeparamref name="T"/>; the message names both.</exception>
    public T Get<T>(string path) => ConfigurationBinder.Convert<T>(this[path], path);

    /// <summary>The value at a path as <typeparamref name="T"/>, or <paramref name="fallback"/> when it is absent.</summary>
    public T Get<T>(string path, T fallback) => TryGet(path, out var value) ? ConfigurationBinder.Convert<T>(value, path) : fallback;

    /// <summary>The tree as an object: <c>Lr</c> from <c>lr</c>, <c>BatchSize</c> from <c>batch_size</c>; absent names keep the object's defaults.</summary>
    /// <exception cref="InvalidOperationException">A value has the wrong type, or a name belongs to no property; the message says which.</exception>
    public T Bind<T>() => ConfigurationBinder.Bind<T>(this);

    /// <summary>The tree with the value at a dotted path set; maps that are missing on the way are made.</summary>
    /// <exception cref="ArgumentException">On the way stands a value that has nothing below it, or a list without this position.</exception>
    public ParameterSet With(string path, object? value)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var name = HeadOf(path);
        var at = Array.BinarySearch(_names, name, StringComparer.Ordinal);
        var content = name.Length == path.Length ? Normalize(value) : (at >= 0 ? _values[at] : null) switch
        {
            ParameterSet branch => branch.With(path[(name.Length + 1)..], value),
            ParameterList list => list.With(path[(name.Length + 1)..], value),
            null => Empty.With(path[(name.Length + 1)..], value),
            var other => throw new ArgumentException($"'{path}' cannot be set: '{name}' is {ConfigurationBinder.ToJson(other)}, which has nothing below it.",
                nameof(path)),
        };
        if (at >= 0)
        {
            var values = (object?[])_values.Clone();
            values[at] = content;
            return new(_names, values);
        }

        return new([.. _names[..~at], name, .. _names[~at..]], [.. _values[..~at], content, .. _values[~at..]]);
    }

    /// <summary>All leaves by dotted path. Lists are leaves.</summary>
    public IEnumerable<KeyValuePair<string, object?>> Flatten()
    {
        for (var i = 0; i < _names.Length; i++)
        {
            if (_values[i] is ParameterSet { Count: > 0 } branch)
            {
                foreach (var (path, value) in branch.Flatten())
                {
                    yield return new(_names[i] + "." + path, value);
                }
            }
            else
            {
                yield return new(_names[i], _values[i]);
            }
        }
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var i = 0; i < _names.Length; i++)
        {
            yield return new(_names[i], _values[i]);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The canonical JSON of the tree on one line.</summary>
    public override string ToString() => ConfigurationBinder.ToJson(this);

    /// <inheritdoc/>
    public bool Equals(ParameterSet? other) =>
        ReferenceEquals(this, other) || (other is not null && _names.AsSpan().SequenceEqual(other._names) && _values.AsSpan().SequenceEqual(other._values));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ParameterSet);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        for (var i = 0; i < _names.Length; i++)
        {
            hash.Add(_names[i], StringComparer.Ordinal);
            hash.Add(_values[i]);
        }

        return hash.ToHashCode();
    }

    // The name of this level that a path begins with: the one below which the rest exists, else up to the first dot.
    private string HeadOf(string path)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        if (dot <= 0 || TryGetOwn(path, out _))
        {
            return path;
        }

        for (var end = dot; end > 0; end = path.IndexOf('.', end + 1))
        {
            if (TryGetOwn(path[..end], out var below) && (below is ParameterSet set ? set.TryGet(path[(end + 1)..], out _) : below is ParameterList))
            {
                return path[..end];
            }
        }

        return path[..dot];
    }
}
