namespace Tuning.Spaces;

/// <summary>A search space as a JSON object in canonical form; in the options of components.</summary>
internal sealed class SearchSpaceConverter : JsonConverter<SearchSpace>, IValueForm
{
    public string Form => "a map";

    public override SearchSpace Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("A map is expected.");
        }

        var space = SearchSpace.FromTree(ParameterSet.FromJson(document.RootElement), out var errors);
        return errors.Count == 0 ? space : throw new JsonException(string.Join(" ", errors.Select(e => $"{e.Path}: {e.Message}")));
    }

    public override void Write(Utf8JsonWriter writer, SearchSpace value, JsonSerializerOptions options) => value.ToParameters().WriteTo(writer);
}
