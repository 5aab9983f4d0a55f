namespace Tuning;

/// <summary>The devices, seats or whatever else there is of a resource: so many, or by name. In files a number, or a list of names. Immutable.</summary>
[JsonConverter(typeof(Converter))]
public sealed record DeviceList
{
    private const int Most = 1_000_000;

    /// <summary>So many, named 0, 1, 2 …</summary>
    /// <param name="count">How many, from 0 to a million.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is less or more.</exception>
    public DeviceList(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Most);
        (Count, Names) = (count, []);
    }

    /// <summary>These.</summary>
    /// <param name="names">Their names, each once; none has a comma, a blank or a control character.</param>
    /// <exception cref="ArgumentException">One has, is empty, or stands twice.</exception>
    public DeviceList(params ImmutableArray<string> names)
    {
        if (names.FirstOrDefault(n => string.IsNullOrEmpty(n) || n.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == ',')) is { } odd)
        {
            throw new ArgumentException($"'{odd}' is no name of a device; it must have a character, and no blank or comma.", nameof(names));
        }

        if (names.GroupBy(n => n).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"'{twice.Key}' stands twice; name each device once.", nameof(names));
        }

        (Count, Names) = (names.Length, names);
    }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>Their names, where they have some; else empty.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>The name of one.</summary>
    /// <param name="index">Its number, from 0.</param>
    public string this[int index] => Names.IsEmpty ? index.ToString(CultureInfo.InvariantCulture) : Names[index];

    /// <summary>So many.</summary>
    public static implicit operator DeviceList(int count) => new(count);

    /// <summary>Same devices.</summary>
    public bool Equals(DeviceList? other) => other is not null && Count == other.Count && Names.SequenceEqual(other.Names);

    /// <inheritdoc/>
    public override int GetHashCode() => Count;

    /// <inheritdoc/>
    public override string ToString() => Names.IsEmpty ? Invariant($"{Count}") : string.Join(", ", Names);

    private sealed class Converter : JsonConverter<DeviceList>, IValueForm
    {
        public string Form => "a whole number from 0 to a million, or a list of names such as [0, 2]";

        public override DeviceList Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var value = JsonElement.ParseValue(ref reader);
            try
            {
                return value.ValueKind switch
                {
                    JsonValueKind.Number when Numbers.Whole(value.GetDouble()) is >= 0 and <= Most and var count => new((int)count),
                    JsonValueKind.Array => new([.. value.EnumerateArray().Select(Name)]),
                    _ => throw new JsonException($"It must be {Form}."),
                };
            }
            catch (ArgumentException e)
            {
                throw new JsonException("It must be a list of devices: " + e.Message.Split(" (Parameter", 2)[0]);
            }
        }

        public override void Write(Utf8JsonWriter writer, DeviceList value, JsonSerializerOptions options)
        {
            if (value.Names.IsEmpty)
            {
                writer.WriteNumberValue(value.Count);
                return;
            }

            writer.WriteStartArray();
            foreach (var name in value.Names)
            {
                writer.WriteStringValue(name);
            }

            writer.WriteEndArray();
        }

        private string Name(JsonElement item) => item.ValueKind switch
        {
            JsonValueKind.String => item.GetString()!,
            JsonValueKind.Number when Numbers.Whole(item.GetDouble()) is >= 0 and var number => number.ToString(CultureInfo.InvariantCulture),
            _ => throw new JsonException($"It must be {Form}."),
        };
    }
}
