using System.Reflection;
using System.Security.Cryptography;
using System.Text.Encodings.Web;

namespace Tuning.Running;

/// <summary>The first line of a journal: what the experiment is. It rules; the copy in YAML is for reading.</summary>
internal sealed record JournalHeader
{
    /// <summary>The format that this build writes. Every older one stays readable.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The version of the format.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>The version of the product that began the experiment.</summary>
    public required string Product { get; init; }

    /// <summary>The number of the rules that decided until the experiment was first resumed (<see cref="DecisionRules"/>).</summary>
    public int Rules { get; init; } = DecisionRules.Today.Current;

    /// <summary>The seed of everything random.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Whether the seed was drawn because none was given.</summary>
    public bool SeedDrawn { get; init; }

    /// <summary>What was supplied as code and must be supplied again, by name: <c>trainable train</c>, <c>searcher Mine</c>.</summary>
    public ImmutableArray<string> Code { get; init; } = [];

    /// <summary>Old names of metrics that the trainable understands → today's, so that results can be asked for by either without it.</summary>
    public IReadOnlyDictionary<string, string> OldMetrics { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The trials of earlier experiments that the search learns from, as the JSON of their record; null without a warm start.</summary>
    public string? WarmStart { get; init; }

    /// <summary>How many trials of each directory of a warm start are used, and why others are not: a line for each.</summary>
    public ImmutableArray<string> WarmStartUsage { get; init; } = [];

    /// <summary>The canonical JSON of the specification, on one line.</summary>
    public required string Specification { get; init; }

    /// <summary>SHA-256 over <see cref="Specification"/> in UTF-8, in hexadecimal digits.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Specification)));

    /// <summary>The version of this build.</summary>
    public static string ProductVersion { get; } =
        typeof(JournalHeader).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>Appends the line.</summary>
    public void Write(JournalBuffer buffer)
    {
        var start = buffer.Length;
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("tuner_journal", Format);
            json.WriteString("product", Product);
            json.WriteNumber("rules", Rules);
            json.WriteNumber("seed", Seed);
            json.WriteBoolean("seed_drawn", SeedDrawn);
            json.WriteStartArray("code");
            foreach (var name in Code)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
            if (OldMetrics.Count > 0)
            {
                json.WriteStartObject("old_metrics");
                foreach (var (old, today) in OldMetrics.OrderBy(m => m.Key, StringComparer.Ordinal))
                {
                    json.WriteString(old, today);
                }

                json.WriteEndObject();
            }

            json.WriteString("digest", "sha256:" + Digest);
            if (WarmStart is not null)
            {
                json.WritePropertyName("warm_start");
                json.WriteRawValue(WarmStart, skipInputValidation: true);
            }

            if (!WarmStartUsage.IsEmpty)
            {
                json.WriteStartArray("warm_start_usage");
                foreach (var usage in WarmStartUsage)
                {
                    json.WriteStringValue(usage);
                }

                json.WriteEndArray();
            }

            json.WritePropertyName("specification");
            json.WriteRawValue(Specification, skipInputValidation: true);
            json.WriteEndObject();
        }

        // The checksum goes where the brace was.
        buffer.Advance(-1);
        JournalChecksum.EndLine(buffer, start);
    }

    /// <summary>Reads the line.</summary>
    /// <param name="line">The line without its line feed.</param>
    /// <param name="path">The journal, for messages.</param>
    /// <exception cref="JournalException">It is no journal, a damaged one, or one of a newer format.</exception>
    public static JournalHeader Read(ReadOnlySpan<byte> line, string path)
    {
        JournalHeader header;
        try
        {
            var reader = new Utf8JsonReader(line);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            var format = Whole(root, "tuner_journal");
            if (format > CurrentFormat)
            {
                var product = root.TryGetProperty("product", out var newer) ? newer.ToString() : "a newer version";
                throw new JournalException(
                    $"{path} has format {format}, written by Tuner {product}; this is Tuner {ProductVersion}, which reads formats up to {CurrentFormat}. Use " +
                        $"that version or a newer one.")
                { Line = 1 };
            }

            if (!JournalChecksum.IsIntact(line))
            {
                throw new FormatException("its checksum does not fit");
            }

            header = new JournalHeader
            {
                Format = format,
                Product = Text(Field(root, "product", "a text", JsonValueKind.String), "product"),
                Rules = root.TryGetProperty("rules", out _) ? Whole(root, "rules") : DecisionRules.First,
                Seed = Field(root, "seed", "a number", JsonValueKind.Number) is var seed && seed.TryGetUInt64(out var value) ? value
                    : throw NotA("seed", seed, "a whole number of at least 0"),
                SeedDrawn = Field(root, "seed_drawn", "true or false", JsonValueKind.True, JsonValueKind.False).GetBoolean(),
                Code = Texts(Field(root, "code", "a list", JsonValueKind.Array), "code"),
                OldMetrics = root.TryGetProperty("old_metrics", out _)
                    ? Field(root, "old_metrics", "a map", JsonValueKind.Object).EnumerateObject()
                        .ToDictionary(m => m.Name, m => Text(m.Value, "old_metrics"))
                    : ImmutableDictionary<string, string>.Empty,
                WarmStart = root.TryGetProperty("warm_start", out var warm) ? warm.GetRawText() : null,
                WarmStartUsage = root.TryGetProperty("warm_start_usage", out _)
                    ? Texts(Field(root, "warm_start_usage", "a list", JsonValueKind.Array), "warm_start_usage") : [],
                Specification = Field(root, "specification", "a map", JsonValueKind.Object).GetRawText(),
            };
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException or InvalidOperationException)
        {
            throw new JournalException(
                $"{path}, line 1 is not the first line of a journal: {e.Message.TrimEnd('.')}. Without it the experiment cannot be continued.", e)
            { Line = 1 };
        }

        return header;
    }

    private static JsonElement Field(JsonElement root, string name, string expected, params ReadOnlySpan<JsonValueKind> kinds)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(name, out var value))
        {
            throw new FormatException($"it has no '{name}'");
        }

        return kinds.Contains(value.ValueKind) ? value : throw NotA(name, value, expected);
    }

    private static int Whole(JsonElement root, string name) =>
        Field(root, name, "a number", JsonValueKind.Number) is var number && number.TryGetInt32(out var whole) ? whole
            : throw NotA(name, number, "a whole number");

    private static string Text(JsonElement value, string name) => value.ValueKind == JsonValueKind.String ? value.GetString()!
        : throw NotA(name, value, "a text");

    private static ImmutableArray<string> Texts(JsonElement list, string name) => [.. list.EnumerateArray().Select(item => Text(item, name))];

    private static FormatException NotA(string name, JsonElement value, string expected) =>
        new($"its '{name}' has {value.ValueKind.ToString().ToLowerInvariant()} {Shortened(value.GetRawText())}, where {expected} belongs");

    private static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
