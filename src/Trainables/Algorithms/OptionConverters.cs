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

/// <summary>A whole number, or two as a range.</summary>
internal sealed class StepRangeConverter : JsonConverter<StepRange>
{
    public override StepRange Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var root = document.RootElement;
        return root.ValueKind == JsonValueKind.Number && root.TryGetInt32(out var steps) ? steps
            : root.ValueKind == JsonValueKind.Array && root.GetArrayLength() == 2 && root[0].TryGetInt32(out var least) && root[1].TryGetInt32(out var most) ? new StepRange(least, most)
            : throw new JsonException("it must be a whole number, or a range of two: [1, 5]");
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
