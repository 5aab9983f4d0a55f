using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tuning;

/// <summary>
/// The configuration of a trial: an immutable tree of null, <see cref="bool"/>, <see cref="long"/>, <see cref="double"/>,
/// <see cref="string"/>, <see cref="ParameterList"/> and <see cref="ParameterSet"/>. Names are kept in ordinal order, so equal
/// trees have one text. Paths have dots: <c>model.fcnet_hiddens</c>.
/// </summary>
/// <remarks>Safe for use by any thread. Compared by content.</remarks>
[SuppressMessage("Naming", "CA1710", Justification = "A set of parameters is what the field calls it")]
[JsonConverter(typeof(ParameterSetConverter))]
public sealed class ParameterSet : IReadOnlyCollection<KeyValuePair<string, object?>>, IEquatable<ParameterSet>
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

    /// <summary>Reads the text that <see cref="ToString"/> writes, or any other JSON object.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static ParameterSet Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return FromJson(document.RootElement);
    }

    /// <summary>A tree from a JSON object. Numbers without fraction and exponent become long.</summary>
    public static ParameterSet FromJson(JsonElement element) => From(element.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, ValueFromJson(p.Value))));

    /// <summary>A value of a tree from JSON.</summary>
    public static object? ValueFromJson(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.GetRawText().AsSpan().IndexOfAny('.', 'e', 'E') < 0 && element.TryGetInt64(out var whole) ? (object)whole : element.GetDouble(),
        JsonValueKind.Array => new ParameterList(element.EnumerateArray().Select(ValueFromJson)),
        JsonValueKind.Object => FromJson(element),
        _ => throw new JsonException($"A configuration cannot hold {element.ValueKind}."),
    };

    /// <summary>The value in the form in which a tree holds it: whole numbers as long, real ones as double, collections as trees.</summary>
    /// <exception cref="ArgumentException">The type is none that configurations hold, or the number is NaN.</exception>
    public static object? Normalize(object? value) => value switch
    {
        null or bool or long or string or ParameterSet or ParameterList => value,
        double.NaN => throw new ArgumentException("A configuration cannot hold NaN.", nameof(value)),
        double => value,
        float f => Normalize((double)f),
        decimal d => (double)d,
        int or short or byte or sbyte or ushort or uint => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        Enum e => JsonNamingPolicy.SnakeCaseLower.ConvertName(e.ToString()),
        JsonElement e => ValueFromJson(e),
        IEnumerable<KeyValuePair<string, object?>> map => From(map),
        IDictionary map => From(map.Keys.Cast<object>().Select(k => KeyValuePair.Create(k as string ?? throw new ArgumentException($"A configuration's names are texts; {k} is a {k.GetType().Name}.", nameof(value)), map[k]))),
        IEnumerable list => new ParameterList(list.Cast<object?>()),
        _ => throw new ArgumentException($"A configuration holds numbers, flags, texts, lists and maps; {value.GetType()} is none of them.", nameof(value)),
    };

    /// <summary>The value at a dotted path, if there is one. A name that contains dots itself is found as it stands.</summary>
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
            if (at >= 0 && _values[at] is ParameterSet branch && branch.TryGet(path[(dot + 1)..], out value))
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

    /// <summary>The tree with the value at a dotted path set; branches that are missing are made.</summary>
    public ParameterSet With(string path, object? value)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        var name = dot < 0 || Array.BinarySearch(_names, path, StringComparer.Ordinal) >= 0 ? path : path[..dot];
        var at = Array.BinarySearch(_names, name, StringComparer.Ordinal);
        var content = name.Length == path.Length
            ? Normalize(value)
            : ((at >= 0 ? _values[at] as ParameterSet : null) ?? Empty).With(path[(dot + 1)..], value);
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

    /// <summary>Writes the tree as JSON. Real numbers always have a fraction or an exponent; infinities are written as ±1e999.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        for (var i = 0; i < _names.Length; i++)
        {
            writer.WritePropertyName(_names[i]);
            WriteValue(writer, _values[i]);
        }

        writer.WriteEndObject();
    }

    /// <summary>Writes one value of a tree as JSON.</summary>
    public static void WriteValue(Utf8JsonWriter writer, object? value)
    {
        ArgumentNullException.ThrowIfNull(writer);
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case long whole:
                writer.WriteNumberValue(whole);
                break;
            case double real:
                writer.WriteRawValue(RealText(real), skipInputValidation: true);
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case ParameterSet set:
                set.WriteTo(writer);
                break;
            case ParameterList list:
                writer.WriteStartArray();
                foreach (var item in list)
                {
                    WriteValue(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                WriteValue(writer, Normalize(value));
                break;
        }
    }

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

    private static string RealText(double value)
    {
        if (double.IsInfinity(value))
        {
            return value > 0 ? "1e999" : "-1e999";
        }

        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().IndexOfAny('.', 'e', 'E') >= 0 ? text : text + ".0";
    }
}
