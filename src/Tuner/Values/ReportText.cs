using System.Buffers;

namespace Tuning.Values;

/// <summary>A JSON object as a program writes it, as metrics: Python's NaN and Infinity too, maps below as paths.</summary>
internal static class ReportText
{
    private const int MostMetrics = 2000;
    private const int LongestName = 256;

    private static readonly JsonDocumentOptions _json = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    // Not a number, as the encoders of Python, Java and others write it.
    private static readonly (byte[] Token, string Text)[] _names =
        [("NaN"u8.ToArray(), "\"NaN\""), ("-Infinity"u8.ToArray(), "\"-Infinity\""), ("Infinity"u8.ToArray(), "\"Infinity\"")];

    /// <summary>The object on a line; null where the line is none.</summary>
    public static JsonDocument? Parse(ReadOnlySpan<byte> line) => TryParse(line.ToArray()) ?? TryParse(Named(line));

    /// <summary>The metrics of an object.</summary>
    /// <param name="values">The object.</param>
    /// <param name="ignored">Names whose values are none: lists, for example.</param>
    /// <exception cref="FormatException">A name cannot be one, or there are too many.</exception>
    public static Metrics Metrics(JsonElement values, out IReadOnlyList<string> ignored)
    {
        var (metrics, left) = (new Metrics(), new List<string>());
        Add(values, "", metrics, left);
        ignored = left;
        return metrics;
    }

    private static JsonDocument? TryParse(byte[] line)
    {
        try
        {
            var document = JsonDocument.Parse(line, _json);
            if (document.RootElement.ValueKind == JsonValueKind.Object && (!line.AsSpan().Contains((byte)'\\') || IsText(document.RootElement)))
            {
                return document;
            }

            document.Dispose();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter of names that are half a character.
        }

        return null;
    }

    // Half of a character, "\ud800", is JSON and no text.
    private static bool IsText(JsonElement element)
    {
        try
        {
            return element.ValueKind switch
            {
                JsonValueKind.Object => element.EnumerateObject().All(p => p.Name is not null && IsText(p.Value)),
                JsonValueKind.Array => element.EnumerateArray().All(IsText),
                JsonValueKind.String => element.GetString() is not null,
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static void Add(JsonElement values, string prefix, Metrics metrics, List<string> left)
    {
        foreach (var property in values.EnumerateObject())
        {
            var name = prefix + property.Name;
            if (property.Name.Length == 0 || name.Length > LongestName || name.Any(char.IsControl))
            {
                throw new FormatException($"a metric has the name {JsonSerializer.Serialize(name[..Math.Min(name.Length, 40)])}; a name has 1 to " +
                    $"{LongestName} characters and no control characters.");
            }

            switch (property.Value.ValueKind)
            {
                case JsonValueKind.Number:
                    metrics[name] = property.Value.TryGetInt64(out var whole) && Math.Abs(whole) <= 1L << 53 ? whole : property.Value.GetDouble();
                    break;
                case JsonValueKind.True or JsonValueKind.False:
                    metrics[name] = property.Value.GetBoolean();
                    break;
                case JsonValueKind.String:
                    metrics[name] = property.Value.GetString() switch
                    {
                        "NaN" => double.NaN,
                        "Infinity" => double.PositiveInfinity,
                        "-Infinity" => double.NegativeInfinity,
                        var text => text!,
                    };
                    break;
                case JsonValueKind.Object:
                    Add(property.Value, name + "/", metrics, left);
                    break;
                case JsonValueKind.Array:
                    left.Add(name);
                    break;
            }

            if (metrics.Count > MostMetrics)
            {
                throw new FormatException($"a report has more than {MostMetrics} metrics.");
            }
        }
    }

    // NaN and its like, where they stand outside of texts, in quotes.
    private static byte[] Named(ReadOnlySpan<byte> line)
    {
        var named = new ArrayBufferWriter<byte>(line.Length + 16);
        var inText = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (inText && line[i] == '\\' && i + 1 < line.Length)
            {
                named.Write(line.Slice(i++, 2));
                continue;
            }

            inText ^= line[i] == '"';
            var length = 0;
            foreach (var (token, text) in _names)
            {
                if (!inText && length == 0 && line[i..].StartsWith(token))
                {
                    named.Write(Encoding.UTF8.GetBytes(text));
                    length = token.Length;
                }
            }

            if (length == 0)
            {
                named.Write(line.Slice(i, 1));
            }

            i += Math.Max(0, length - 1);
        }

        return named.WrittenSpan.ToArray();
    }
}
