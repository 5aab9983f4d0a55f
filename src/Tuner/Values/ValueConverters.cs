using System.Numerics;

namespace Tuning;

/// <summary>Reads whole numbers also where they are written as 64.0, which is what a computed value may come to.</summary>
internal sealed class WholeNumberConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => !typeToConvert.IsEnum && Type.GetTypeCode(typeToConvert) is >= TypeCode.SByte and <= TypeCode.UInt64;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) => Type.GetTypeCode(typeToConvert) switch
    {
        TypeCode.SByte => new WholeNumberConverter<sbyte>(),
        TypeCode.Byte => new WholeNumberConverter<byte>(),
        TypeCode.Int16 => new WholeNumberConverter<short>(),
        TypeCode.UInt16 => new WholeNumberConverter<ushort>(),
        TypeCode.Int32 => new WholeNumberConverter<int>(),
        TypeCode.UInt32 => new WholeNumberConverter<uint>(),
        TypeCode.Int64 => new WholeNumberConverter<long>(),
        _ => new WholeNumberConverter<ulong>(),
    };

    private sealed class WholeNumberConverter<T> : JsonConverter<T>
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.Number)
            {
                if (reader.TryGetInt64(out var whole) && Int128.CreateChecked(T.MinValue) <= whole && Int128.CreateChecked(T.MaxValue) >= whole)
                {
                    return T.CreateTruncating(whole);
                }

                if (reader.TryGetUInt64(out var large) && Int128.CreateChecked(T.MaxValue) >= large)
                {
                    return T.CreateTruncating(large);
                }

                if (reader.TryGetDouble(out var real) && Numbers.Whole(real) is { } meant && Int128.CreateChecked(T.MinValue) <= meant
                    && Int128.CreateChecked(T.MaxValue) >= meant)
                {
                    return T.CreateTruncating(meant);
                }
            }

            throw new JsonException($"A whole number is expected.");
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
        {
            if (typeof(T) == typeof(ulong))
            {
                writer.WriteNumberValue(ulong.CreateTruncating(value));
            }
            else
            {
                writer.WriteNumberValue(long.CreateTruncating(value));
            }
        }

        public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            T.TryParse(reader.GetString(), CultureInfo.InvariantCulture, out var value) ? value
                : throw new JsonException("A whole number is expected as a name.");

        public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WritePropertyName(value.ToString(null, CultureInfo.InvariantCulture));
    }
}

/// <summary>A property of type object gets the value as a configuration holds it, not a JSON element.</summary>
internal sealed class AnyValueConverter : JsonConverter<object?>
{
    public override object? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return ParameterSet.ValueFromJson(document.RootElement);
    }

    public override void Write(Utf8JsonWriter writer, object? value, JsonSerializerOptions options)
    {
        if (value is null || value.GetType() == typeof(object))
        {
            writer.WriteNullValue();
        }
        else
        {
            JsonSerializer.Serialize(writer, value, value.GetType(), options);
        }
    }
}
