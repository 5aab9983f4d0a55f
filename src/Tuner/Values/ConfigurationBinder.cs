using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

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
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower), new WholeNumberConverterFactory(), new AnyValueConverter() },
    };

    private static readonly JsonWriterOptions _writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static T Bind<T>(ParameterSet set)
    {
        if (set is T same)
        {
            return same;
        }

        try
        {
            return JsonSerializer.Deserialize<T>(ToJson(set), Options)!;
        }
        catch (JsonException e)
        {
            var errors = BindingErrors.Of(set, typeof(T));
            throw new InvalidOperationException(errors.Count switch
            {
                0 => $"The configuration does not fit {typeof(T).Name}: {e.Message}",
                1 => $"The configuration does not fit {typeof(T).Name}: {errors[0]}",
                _ => $"The configuration does not fit {typeof(T).Name}:{string.Concat(errors.Select(x => Environment.NewLine + "  " + x))}",
            }, e);
        }
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
        try
        {
            return JsonSerializer.Deserialize(ToJson(value), type, Options);
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException($"The parameter '{path}' is {ToJson(value)}; it must be {BindingErrors.Wanted(type)}.", e);
        }
    }

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
