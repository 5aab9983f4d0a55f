namespace Tuning.Environments;

/// <summary>True for the sign, a number for a bound, false or null for neither.</summary>
internal sealed class RewardClipConverter : JsonConverter<RewardClip?>, IValueForm
{
    public string Form => "a number above 0, or true for the sign";

    public override bool HandleNull => true;

    public override RewardClip? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Null or JsonTokenType.False => null,
        JsonTokenType.True => new(0),
        JsonTokenType.Number when reader.GetDouble() is > 0 and < double.PositiveInfinity and var bound => new(bound),
        _ => throw new JsonException("it must be " + Form),
    };

    public override void Write(Utf8JsonWriter writer, RewardClip? value, JsonSerializerOptions options)
    {
        if (value is { Bound: > 0 } clip)
        {
            writer.WriteNumberValue(clip.Bound);
        }
        else
        {
            writer.WriteBooleanValue(value is not null);
        }
    }
}

/// <summary>True for the defaults, a map for others, false or null for none.</summary>
internal sealed class RewardNormalizationConverter : JsonConverter<RewardNormalization?>, IValueForm
{
    public string Form => "true, or a map such as {gamma: 0.99, clip: 10}";

    public override bool HandleNull => true;

    public override RewardNormalization? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        switch (document.RootElement.ValueKind)
        {
            case JsonValueKind.Null or JsonValueKind.False:
                return null;
            case JsonValueKind.True:
                return new();
            case JsonValueKind.Object:
                var issues = OptionSchema.Of(typeof(RewardNormalization)).Read(ParameterSet.FromJson(document.RootElement), out var read);
                return issues.Count == 0 ? (RewardNormalization)read!
                    : throw new JsonException(string.Join("; ", issues.Select(i => $"{i.Path} {i.Message.TrimEnd('.')}")));
            default:
                throw new JsonException("it must be " + Form);
        }
    }

    public override void Write(Utf8JsonWriter writer, RewardNormalization? value, JsonSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteBooleanValue(false);
        }
        else
        {
            OptionSchema.Of(typeof(RewardNormalization)).ToParameters(value).WriteTo(writer);
        }
    }
}
