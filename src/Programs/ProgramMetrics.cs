using System.Text.RegularExpressions;

namespace Tuning.Programs;

/// <summary>How metrics are read from a program's standard output. Immutable.</summary>
[JsonConverter(typeof(Converter))]
public sealed record ProgramMetrics
{
    private const string Number = "(?<number>[-+]?(?:(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[nN][aA][nN]|[iI][nN][fF](?:[iI][nN][iI][tT][yY])?))";

    private ProgramMetrics(bool lines, ImmutableSortedDictionary<string, string> patterns)
    {
        (JsonLines, Patterns) = (lines, patterns);
        Expressions = [.. patterns.Select(p => (p.Key, Compile(p.Key, p.Value)))];
    }

    /// <summary>Not at all: the program reports by the socket or the file that it is told.</summary>
    public static ProgramMetrics Reported { get; } = new(false, ImmutableSortedDictionary<string, string>.Empty);

    /// <summary>Each line that is a JSON object is a report.</summary>
    public static ProgramMetrics StandardOutput { get; } = new(true, ImmutableSortedDictionary<string, string>.Empty);

    /// <summary>Whether lines that are JSON objects are reports.</summary>
    public bool JsonLines { get; }

    /// <summary>Metric → regular expression, with <c>${number}</c> for a number or with one group.</summary>
    public ImmutableSortedDictionary<string, string> Patterns { get; }

    /// <summary>The patterns, compiled; each in time that is linear in the line.</summary>
    internal ImmutableArray<(string Metric, Regex Expression)> Expressions { get; }

    /// <summary>Reads metrics by patterns. A report is whole when each has matched, or when one matches again.</summary>
    /// <param name="patterns">Metric → regular expression, with <c>${number}</c> for a number or with one group.</param>
    /// <exception cref="FormatException">An expression is none, or has no group.</exception>
    public static ProgramMetrics Matching(IReadOnlyDictionary<string, string> patterns) =>
        new(false, patterns.ToImmutableSortedDictionary(StringComparer.Ordinal));

    /// <summary>Same way of reading.</summary>
    public bool Equals(ProgramMetrics? other) => other is not null && JsonLines == other.JsonLines && Patterns.SequenceEqual(other.Patterns);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(JsonLines, Patterns.Count);

    private static Regex Compile(string metric, string pattern)
    {
        try
        {
            var expression = new Regex(pattern.Replace("${number}", Number, StringComparison.Ordinal),
                RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return expression.GetGroupNumbers().Length == 2 ? expression
                : throw new FormatException($"has the pattern '{pattern}' for {metric}; it must have ${{number}} once, or one group in parentheses.");
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new FormatException(
                $"has the pattern '{pattern}' for {metric}, which is no regular expression that can be searched for in linear time: {e.Message}");
        }
    }

    private sealed class Converter : JsonConverter<ProgramMetrics>, IValueForm
    {
        public string Form => "stdout (lines of JSON), or a map of patterns such as {loss: \"val_loss=${number}\"}";

        public override ProgramMetrics Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var value = JsonElement.ParseValue(ref reader);
            try
            {
                return value.ValueKind switch
                {
                    JsonValueKind.String when value.ValueEquals("stdout") => StandardOutput,
                    JsonValueKind.String when value.ValueEquals("reported") => Reported,
                    JsonValueKind.Object when value.EnumerateObject().Any() && value.EnumerateObject().All(p => p.Value.ValueKind == JsonValueKind.String) =>
                        Matching(value.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!, StringComparer.Ordinal)),
                    _ => throw new JsonException($"It must be {Form}."),
                };
            }
            catch (FormatException e)
            {
                throw new JsonException(e.Message);
            }
        }

        public override void Write(Utf8JsonWriter writer, ProgramMetrics value, JsonSerializerOptions options)
        {
            if (value.Patterns.IsEmpty)
            {
                writer.WriteStringValue(value.JsonLines ? "stdout" : "reported");
                return;
            }

            writer.WriteStartObject();
            foreach (var (metric, pattern) in value.Patterns)
            {
                writer.WriteString(metric, pattern);
            }

            writer.WriteEndObject();
        }
    }
}
