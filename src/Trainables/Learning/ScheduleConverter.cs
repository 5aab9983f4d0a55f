namespace Tuning.Learning;

/// <summary>A number, or <c>[[step, value], …]</c>.</summary>
internal sealed class ScheduleConverter : JsonConverter<Schedule>, IValueForm
{
    private const string Words = "a number, or a list of points [[step, value], ...]";

    public string Form => Words;

    public override Schedule Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var root = document.RootElement;
        try
        {
            return root.ValueKind switch
            {
                JsonValueKind.Number => Schedule.Constant(root.GetDouble()),
                JsonValueKind.Array => Schedule.Linear(root.EnumerateArray().Select(Point)),
                _ => throw new JsonException($"it must be {Words}"),
            };
        }
        catch (ArgumentException e)
        {
            throw new JsonException(e.Message.Split(" (Parameter", 2)[0], e);
        }
    }

    public override void Write(Utf8JsonWriter writer, Schedule value, JsonSerializerOptions options)
    {
        if (value.Points.Count == 1)
        {
            writer.WriteNumberValue(value.Points[0].Value);
            return;
        }

        writer.WriteStartArray();
        foreach (var (step, number) in value.Points)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(step);
            writer.WriteNumberValue(number);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static KeyValuePair<long, double> Point(JsonElement point) =>
        point.ValueKind == JsonValueKind.Array && point.GetArrayLength() == 2 && point[0].ValueKind == JsonValueKind.Number
            && point[1].ValueKind == JsonValueKind.Number
        && Step(point[0]) is { } step
            ? new(step, point[1].GetDouble())
            : throw new JsonException($"it must be {Words}; {point.GetRawText()} is no point [step, " +
                $"value]{(point.ValueKind == JsonValueKind.Array && point.GetArrayLength() == 2 && point[0].ValueKind == JsonValueKind.Number
                    ? ": its step is no whole number" : "")}");

    // 1e5 is a whole number of steps, too.
    private static long? Step(JsonElement step) => step.TryGetInt64(out var whole) ? whole : step.TryGetDouble(out var real) ? Numbers.Whole(real) : null;
}
