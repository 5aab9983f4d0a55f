namespace Tuning.Programs;

/// <summary>A program and its arguments, as words or as one line. Immutable.</summary>
[JsonConverter(typeof(Converter))]
public sealed record ProgramCommand
{
    /// <summary>A command of words; none is looked at for blanks or quotes.</summary>
    /// <param name="words">The program and its arguments.</param>
    public ProgramCommand(params ImmutableArray<string> words) => Words = words;

    /// <summary>A command on one line.</summary>
    /// <param name="line">Split as a shell splits it: quotes hold words together, a backslash takes the next character as it is.</param>
    /// <exception cref="FormatException">A quote is not closed, or there is no word.</exception>
    public ProgramCommand(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        (Line, Words) = (line, [.. Split(line)]);
        if (Words.IsEmpty)
        {
            throw new FormatException("has no word; it must be a program with its arguments, such as python3 train.py --lr ${lr}.");
        }
    }

    /// <summary>The line, where the command was given as one.</summary>
    public string? Line { get; }

    /// <summary>The words.</summary>
    public ImmutableArray<string> Words { get; }

    /// <summary>Same words, from a line alike.</summary>
    public bool Equals(ProgramCommand? other) => other is not null && Line == other.Line && Words.SequenceEqual(other.Words);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Line, Words.Length);

    /// <inheritdoc/>
    public override string ToString() => Line ?? string.Join(' ', Words);

    private static IEnumerable<string> Split(string line)
    {
        var word = new StringBuilder();
        var (quote, begun) = ('\0', false);
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '\\' && quote != '\'' && i + 1 < line.Length && (quote == '\0' || line[i + 1] is '"' or '\\' or '$'))
            {
                begun = true;
                word.Append(line[++i]);
            }
            else if (quote == '\0' ? c is '"' or '\'' : c == quote)
            {
                (quote, begun) = (quote == '\0' ? c : '\0', true);
            }
            else if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (begun)
                {
                    yield return word.ToString();
                }

                (begun, word.Length) = (false, 0);
            }
            else
            {
                begun = true;
                word.Append(c);
            }
        }

        if (quote != '\0')
        {
            throw new FormatException($"has a {quote} that is not closed.");
        }

        if (begun)
        {
            yield return word.ToString();
        }
    }

    private sealed class Converter : JsonConverter<ProgramCommand>, IValueForm
    {
        public string Form => "a list of words such as [python3, train.py, --lr, \"${lr}\"], or one text that is split into words, its quotes closed";

        public override ProgramCommand Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                try
                {
                    return new(reader.GetString()!);
                }
                catch (FormatException e)
                {
                    throw new JsonException(e.Message);
                }
            }

            // Numbers and flags among the words are what YAML makes of --epochs, 10.
            var words = JsonElement.ParseValue(ref reader);
            return words.ValueKind == JsonValueKind.Array && words.GetArrayLength() > 0
                && words.EnumerateArray().All(w => w.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)
                ? new([.. words.EnumerateArray().Select(w => w.ToString())])
                : throw new JsonException($"It must be {Form}.");
        }

        public override void Write(Utf8JsonWriter writer, ProgramCommand value, JsonSerializerOptions options)
        {
            if (value.Line is { } line)
            {
                writer.WriteStringValue(line);
                return;
            }

            writer.WriteStartArray();
            foreach (var word in value.Words)
            {
                writer.WriteStringValue(word);
            }

            writer.WriteEndArray();
        }
    }
}
