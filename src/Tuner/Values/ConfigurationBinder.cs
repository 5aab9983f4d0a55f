using System.Text.Encodings.Web;
using System.Text.Json.Serialization.Metadata;

namespace Tuning;

/// <summary>Turns configuration trees into objects and back, by JSON with names in snake_case.</summary>
internal static class ConfigurationBinder
{
    /// <summary>How configurations and states are written: snake_case names, enumerations as text, NaN and infinities by name.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { EmptyWhereDefault } },
        Converters = { new EnumWordConverterFactory(), new WholeNumberConverterFactory(), new AnyValueConverter() },
    };

    private static readonly JsonWriterOptions _writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // An array that nobody made is written as an empty one.
    private static void EmptyWhereDefault(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(p => p.Get is not null && p.PropertyType.IsGenericType
            && p.PropertyType.GetGenericTypeDefinition() == typeof(ImmutableArray<>)))
        {
            var (get, empty) = (property.Get!, property.PropertyType.GetField("Empty")!.GetValue(null));
            var isDefault = property.PropertyType.GetProperty("IsDefault")!;
            property.Get = owner => get(owner) is { } array && isDefault.GetValue(array) is false ? array : empty;
        }
    }

    public static T Bind<T>(ParameterSet set)
    {
        if (set is T same)
        {
            return same;
        }

        var issues = OptionSchema.Of(typeof(T)).Read(set, out var value, "parameter");
        return issues.Count == 0 ? (T)value! : throw new InvalidOperationException(
            $"The configuration does not fit " +
                $"{typeof(T).Name}:{(issues is [var only] ? " " + only.Sentence
                    : string.Concat(issues.Select(i => Environment.NewLine + "  " + i.Sentence)))}");
    }

    public static T Convert<T>(object? value, string path) => value switch
    {
        T same => same,

        // What numbers mostly are asked for, without the way through JSON.
        long whole when typeof(T) == typeof(double) => (T)(object)(double)whole,
        long whole and >= int.MinValue and <= int.MaxValue when typeof(T) == typeof(int) => (T)(object)(int)whole,
        _ => (T)Convert(value, path, typeof(T))!,
    };

    public static object? Convert(object? value, string path, Type type)
    {
        return TryConvert(value, type, out var converted) ? converted
            : throw new InvalidOperationException($"The parameter '{path}' is {ToJson(value)}; it must be {TypeText.Of(type)}.");
    }

    /// <summary>A value as a type, if it can be read as that.</summary>
    public static bool TryConvert(object? value, Type type, out object? converted) =>
        OptionSchema.TryDeserialize(ToJson(value), type, Options, out converted, out _);

    public static ParameterSet ToParameters<T>(T value) => ParameterSet.FromJson(JsonSerializer.SerializeToElement(value, Options));

    public static string ToJson(object? value)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, _writing))
        {
            ParameterSet.WriteValue(writer, value);
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
