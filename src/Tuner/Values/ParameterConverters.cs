namespace Tuning;

/// <summary>A configuration tree as a JSON object.</summary>
internal sealed class ParameterSetConverter : JsonConverter<ParameterSet>, IValueForm
{
    public string Form => "a map";

    public override ParameterSet Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.ValueKind == JsonValueKind.Object ? ParameterSet.FromJson(document.RootElement)
            : throw new JsonException("A map is expected.");
    }

    public override void Write(Utf8JsonWriter writer, ParameterSet value, JsonSerializerOptions options) => value.WriteTo(writer);
}

/// <summary>A list of a configuration tree as a JSON array.</summary>
internal sealed class ParameterListConverter : JsonConverter<ParameterList>, IValueForm
{
    public string Form => "a list";

    public override ParameterList Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return ParameterSet.ValueFromJson(document.RootElement) as ParameterList ?? throw new JsonException("A list is expected.");
    }

    public override void Write(Utf8JsonWriter writer, ParameterList value, JsonSerializerOptions options) => ParameterSet.WriteValue(writer, value);
}
