namespace Tuning.Learning;

/// <summary>A number, or <c>auto</c> for null.</summary>
internal sealed class AutoConverter<T> : JsonConverter<T?>, IValueForm
    where T : struct
{
    public string Form => TypeText.Of(typeof(T)) + ", or auto";

    public override bool HandleNull => true;

    public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.String when reader.GetString() == "auto" => null,
        JsonTokenType.Number => JsonSerializer.Deserialize<T>(ref reader, ConfigurationBinder.Options),
        _ => throw new JsonException("it must be " + Form),
    };

    public override void Write(Utf8JsonWriter writer, T? value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize<object>(writer, value is { } number ? number : "auto", ConfigurationBinder.Options);
}

/// <summary>A whole number, or two as a range.</summary>
internal sealed class StepRangeConverter : JsonConverter<StepRange>, IValueForm
{
    public string Form => "a whole number, or a range of two: [1, 5]";

    public override StepRange Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var root = document.RootElement;
        return Steps(root) is { } steps ? steps
            : root.ValueKind == JsonValueKind.Array && root.GetArrayLength() == 2 && Steps(root[0]) is { } least && Steps(root[1]) is { } most
                ? new StepRange(least, most)
            : throw new JsonException("it must be " + Form);
    }

    public override void Write(Utf8JsonWriter writer, StepRange value, JsonSerializerOptions options)
    {
        if (value.Least == value.Most)
        {
            writer.WriteNumberValue(value.Least);
            return;
        }

        writer.WriteStartArray();
        writer.WriteNumberValue(value.Least);
        writer.WriteNumberValue(value.Most);
        writer.WriteEndArray();
    }

    private static int? Steps(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && Numbers.Whole(element.GetDouble()) is { } whole and >= int.MinValue and <= int.MaxValue ? (int)whole
            : null;
}
