namespace Tuning;

/// <content>To JSON and back.</content>
public sealed partial class ParameterSet
{
    /// <summary>Reads the text that <see cref="ToString"/> writes, or any other JSON object.</summary>
    /// <exception cref="JsonException">The text is not a JSON object.</exception>
    public static ParameterSet Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return FromJson(document.RootElement);
    }

    /// <summary>A tree from a JSON object. Numbers without fraction and exponent become long.</summary>
    public static ParameterSet FromJson(JsonElement element) => element.ValueKind == JsonValueKind.Object
        ? From(element.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, ValueFromJson(p.Value))))
        : throw new JsonException($"A configuration is a map; this is {(element.ValueKind == JsonValueKind.Array ? "a list" : element.GetRawText())}.");

    /// <summary>A value of a tree from JSON.</summary>
    public static object? ValueFromJson(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.GetRawText().AsSpan().IndexOfAny('.', 'e', 'E') < 0 && element.TryGetInt64(out var whole) ? (object)whole
            : element.GetDouble(),
        JsonValueKind.Array => new ParameterList(element.EnumerateArray().Select(ValueFromJson)),
        JsonValueKind.Object => FromJson(element),
        _ => throw new JsonException($"A configuration cannot hold {element.ValueKind}."),
    };

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
