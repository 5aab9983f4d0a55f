using System.Text.Json.Nodes;

namespace Tuning.Learning;

/// <summary>Reads and writes <c>multi_agent</c>: <c>policies</c> is a list of names, or a map of names to what is special about them.</summary>
internal sealed class MultiAgentConverter : JsonConverter<MultiAgentOptions>, IValueForm
{
    private static readonly string[] _keys = ["policies", "policy_mapping", "policies_to_train"];

    /// <inheritdoc/>
    public string Form => "a map with policies, policy_mapping and policies_to_train";

    private static readonly JsonSerializerOptions _json = new(ConfigurationBinder.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <inheritdoc/>
    public override MultiAgentOptions? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (JsonNode.Parse(ref reader) is not JsonObject map)
        {
            throw new JsonException("it must be " + Form);
        }

        // RLlib's files write this for one agent.
        if (map.All(p => _keys.Contains(p.Key) && p.Value is null or JsonObject { Count: 0 } or JsonArray { Count: 0 }))
        {
            return null;
        }

        if (map.Select(p => p.Key).FirstOrDefault(k => !_keys.Contains(k)) is { } unknown)
        {
            throw new JsonException(
                $"it must be {Form}; '{unknown}' is none of them{(NearestName.Of(unknown, _keys) is { } near ? $". Did you mean '{near}'?" : "")}");
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

    private static ImmutableSortedDictionary<string, PolicyOptions> Policies(JsonNode? node)
    {
        if (node is JsonObject map)
        {
            return map.ToImmutableSortedDictionary(p => p.Key, p => Policy(p.Key, p.Value), StringComparer.Ordinal);
        }

        var names = Names(node, "policies");
        return names.GroupBy(n => n).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? throw new JsonException($"it must be a map whose policies have different names; '{twice.Key}' stands there twice")
            : names.ToImmutableSortedDictionary(n => n, _ => new PolicyOptions(), StringComparer.Ordinal);
    }

    private static PolicyOptions Policy(string name, JsonNode? node)
    {
        try
        {
            // RLlib's tuple of a class, two spaces and a configuration: only the last is given.
            return node is null ? new()
                : node is JsonArray { Count: 4 } parts && parts.Take(3).All(p => p is null or JsonObject { Count: 0 }) && parts[3] is null or JsonObject
                    ? new() { Config = parts[3] is JsonObject { Count: > 0 } own ? Set(own) : null }
                : node.Deserialize<PolicyOptions>(_json) ?? new();
        }
        catch (JsonException e)
        {
            throw new JsonException($"it must be a map whose policies have nothing of their own but model, module and config; {Fault(name, node)}", e);
        }
    }

    private static string Fault(string name, JsonNode? node)
    {
        if (node is not JsonObject map)
        {
            return $"policies.{name} is {node!.ToJsonString()}, which is no map";
        }

        var faults = OptionSchema.Of(typeof(PolicyOptions)).Read(Set(map), out _).Select(fault =>
            (fault.IsAboutName ? fault.Message.Replace($"'{fault.Path}'", $"'policies.{name}.{fault.Path}'", StringComparison.Ordinal)
                : $"policies.{name}.{fault.Path} {fault.Message}").TrimEnd('.'));
        return string.Join("; ", faults);
    }

    private static ParameterSet Set(JsonObject map) => ParameterSet.FromJson(map.Deserialize<JsonElement>());

    private static ImmutableSortedDictionary<string, string> Mapping(JsonNode node) => node is JsonObject map
        ? map.ToImmutableSortedDictionary(p => p.Key, p => Text(p.Value)
            ?? throw new JsonException($"it must be a map whose policy_mapping gives '{p.Key}' the name of a policy"), StringComparer.Ordinal)
        : throw new JsonException("it must be a map whose policy_mapping is a map from agents to policies");

    private static List<string> Names(JsonNode? node, string name) => node is JsonArray list
        ? list.Select(item => Text(item) ?? throw NoNames(name, item)).ToList()
        : throw NoNames(name, node);

    private static JsonException NoNames(string name, JsonNode? found) =>
        new($"it must be a map whose {name} are a list of names{(name == "policies" ? ", or a map of names to what is special about them" : "")}; " +
            $"{found?.ToJsonString() ?? "null"} is not");

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
