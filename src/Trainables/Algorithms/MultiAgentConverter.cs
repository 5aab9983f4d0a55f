using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Tuning.Algorithms;

/// <summary>Reads and writes <c>multi_agent</c>: <c>policies</c> is a list of names, or a map of names to what is special about them.</summary>
internal sealed class MultiAgentConverter : JsonConverter<MultiAgentOptions>
{
    private static readonly JsonSerializerOptions _json = new(OptionsCodec.Json) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <inheritdoc/>
    public override MultiAgentOptions? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (JsonNode.Parse(ref reader) is not JsonObject map)
        {
            throw new JsonException("it must be a map with policies, policy_mapping and policies_to_train");
        }

        // RLlib's files write this for one agent.
        if (map.All(p => p.Key is "policies" or "policy_mapping" or "policies_to_train" && (p.Value is null or JsonObject { Count: 0 } or JsonArray { Count: 0 })))
        {
            return null;
        }

        if (map.Select(p => p.Key).FirstOrDefault(k => k is not ("policies" or "policy_mapping" or "policies_to_train")) is { } unknown)
        {
            throw new JsonException($"it must be a map with policies, policy_mapping and policies_to_train; '{unknown}' is none of them");
        }

        return new()
        {
            Policies = Policies(map["policies"]),
            PolicyMapping = map["policy_mapping"] is { } mapping ? Mapping(mapping) : null,
            PoliciesToTrain = map["policies_to_train"] is { } train ? Names(train, "policies_to_train").ToImmutableSortedSet(StringComparer.Ordinal) : null,
        };
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, MultiAgentOptions value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("policies");
        JsonSerializer.Serialize(writer, value.Policies, _json);
        if (value.PolicyMapping is { } mapping)
        {
            writer.WritePropertyName("policy_mapping");
            JsonSerializer.Serialize(writer, mapping, _json);
        }

        if (value.PoliciesToTrain is { } train)
        {
            writer.WritePropertyName("policies_to_train");
            JsonSerializer.Serialize(writer, train, _json);
        }

        writer.WriteEndObject();
    }

    private static ImmutableSortedDictionary<string, PolicyOptions> Policies(JsonNode? node) => (node switch
    {
        JsonObject map => map.Select(p => KeyValuePair.Create(p.Key, Policy(p.Key, p.Value))),
        _ => Names(node, "policies").Select(n => KeyValuePair.Create(n, new PolicyOptions())),
    }).ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static PolicyOptions Policy(string name, JsonNode? node)
    {
        try
        {
            // RLlib's tuple of a class, two spaces and a configuration: nothing of it is given.
            return node is null || (node is JsonArray { Count: 4 } parts && parts.All(p => p is null or JsonObject { Count: 0 })) ? new() : node.Deserialize<PolicyOptions>(_json) ?? new();
        }
        catch (JsonException e)
        {
            throw new JsonException($"it must be, for the policy '{name}', a map with model and module ({e.Message})", e);
        }
    }

    private static ImmutableSortedDictionary<string, string> Mapping(JsonNode node) => node is JsonObject map
        ? map.ToImmutableSortedDictionary(p => p.Key, p => Text(p.Value) ?? throw new JsonException($"it must be the name of a policy that policy_mapping gives for '{p.Key}'"), StringComparer.Ordinal)
        : throw new JsonException("it must be a map from agents to policies that policy_mapping gives");

    private static List<string> Names(JsonNode? node, string name) => node is JsonArray list
        ? list.Select(item => Text(item) ?? throw new JsonException($"it must be a list of names that {name} gives")).ToList()
        : throw new JsonException($"it must be a list of names that {name} gives");

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
