namespace Tuning.Dashboard.Projection;

/// <summary>Values in the JSON that the page reads: what is no finite number is a text, as in the journal.</summary>
internal static class JsonValues
{
    public static void Number(this Utf8JsonWriter writer, double? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case { } number when double.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            case { } number:
                writer.WriteStringValue(double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
                break;
        }
    }

    public static void Number(this Utf8JsonWriter writer, string name, double? value)
    {
        writer.WritePropertyName(name);
        writer.Number(value);
    }

    public static void Time(this Utf8JsonWriter writer, string name, DateTimeOffset? value)
    {
        writer.WritePropertyName(name);
        writer.Time(value);
    }

    /// <summary>Milliseconds since 1970.</summary>
    public static void Time(this Utf8JsonWriter writer, DateTimeOffset? value)
    {
        if (value is { } time)
        {
            writer.WriteNumberValue(time.ToUnixTimeMilliseconds());
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    public static void Metric(this Utf8JsonWriter writer, MetricValue value)
    {
        switch (value.Kind)
        {
            case MetricKind.Text:
                writer.WriteStringValue(value.Text);
                break;
            case MetricKind.Flag:
                writer.WriteBooleanValue(value.Flag!.Value);
                break;
            case MetricKind.Number:
                writer.Number(value.Number);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }

    /// <summary>A list under a name.</summary>
    public static void List<T>(this Utf8JsonWriter writer, string name, IEnumerable<T> values, Action<Utf8JsonWriter, T> write)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            write(writer, value);
        }

        writer.WriteEndArray();
    }
}
