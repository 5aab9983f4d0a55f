using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tuning.Algorithms;

/// <summary>A whole number, or <c>auto</c> for null.</summary>
internal sealed class AutoNumberConverter : JsonConverter<int?>
{
    public override bool HandleNull => true;

    public override int? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.String when reader.GetString() == "auto" => null,
        JsonTokenType.Number when reader.TryGetInt32(out var number) => number,
        _ => throw new JsonException("it must be a whole number, or auto"),
    };

    public override void Write(Utf8JsonWriter writer, int? value, JsonSerializerOptions options)
    {
        if (value is { } number)
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteStringValue("auto");
        }
    }
}

/// <summary>A number, or <c>auto</c> for null.</summary>
internal sealed class AutoDoubleConverter : JsonConverter<double?>
{
    public override bool HandleNull => true;

    public override double? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.String when reader.GetString() == "auto" => null,
        JsonTokenType.Number => reader.GetDouble(),
        _ => throw new JsonException("it must be a number, or auto"),
    };

    public override void Write(Utf8JsonWriter writer, double? value, JsonSerializerOptions options)
    {
        if (value is { } number)
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteStringValue("auto");
        }
    }
}

/// <summary>A tree of parameters as it stands.</summary>
internal sealed class ParameterSetConverter : JsonConverter<ParameterSet>
{
    public override ParameterSet Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.ValueKind == JsonValueKind.Object ? ParameterSet.FromJson(document.RootElement) : throw new JsonException("it must be a map");
    }

    public override void Write(Utf8JsonWriter writer, ParameterSet value, JsonSerializerOptions options) => value.WriteTo(writer);
}
