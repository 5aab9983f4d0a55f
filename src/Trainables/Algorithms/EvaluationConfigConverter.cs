using System.Text.Json;
using System.Text.Json.Serialization;
using Tuning.Environments;

namespace Tuning.Algorithms;

/// <summary>Reads and writes <c>evaluation_config</c>: a map of what is different, each as in the algorithm's own options.</summary>
internal sealed class EvaluationConfigConverter : JsonConverter<EvaluationConfig>
{
    private static readonly string[] _names = ["explore", "env", "env_config", "num_envs_per_env_runner"];

    /// <inheritdoc/>
    public override EvaluationConfig? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException($"it must be a map with {string.Join(", ", _names)}, or null");
        }

        var config = new EvaluationConfig();
        foreach (var property in document.RootElement.EnumerateObject())
        {
            var value = property.Value;
            if (value.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            config = property.Name switch
            {
                "explore" => config with { Explore = value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(property, "true or false") },
                "env" or "environment" => config with { Env = value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(property, "the name of an environment") },
                "env_config" => config with { EnvConfig = value.ValueKind == JsonValueKind.Object ? ParameterSet.FromJson(value) : throw Wrong(property, "a map") },
                "num_envs_per_env_runner" or "num_envs_per_worker" => config with { NumEnvsPerEnvRunner = value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : throw Wrong(property, "a whole number") },
                var name => throw new JsonException(
                    $"it must be a map with {string.Join(", ", _names)}: '{name}' cannot be another one while evaluating{(NameSuggestion.Nearest(name, _names) is { } near ? $". Did you mean '{near}'?" : "")}"),
            };
        }

        return config;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, EvaluationConfig value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        if (value.Explore is { } explore)
        {
            writer.WriteBoolean("explore", explore);
        }

        if (value.Env is { } env)
        {
            writer.WriteString("env", env);
        }

        if (value.EnvConfig is { } envConfig)
        {
            writer.WritePropertyName("env_config");
            envConfig.WriteTo(writer);
        }

        if (value.NumEnvsPerEnvRunner is { } copies)
        {
            writer.WriteNumber("num_envs_per_env_runner", copies);
        }

        writer.WriteEndObject();
    }

    private static JsonException Wrong(JsonProperty property, string rule) => new($"it must be, for '{property.Name}', {rule}");
}
