namespace Tuning;

/// <summary>An amount of memory. In files a number of bytes, or a text: <c>4GiB</c>, <c>500 MB</c>.</summary>
/// <param name="Bytes">How many bytes.</param>
[JsonConverter(typeof(Converter))]
public readonly record struct ByteSize(long Bytes)
{
    private static readonly (string Unit, long Bytes)[] _units =
        [("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000),
            ("KB", 1000), ("B", 1)];

    /// <summary>So many bytes.</summary>
    public static implicit operator ByteSize(long bytes) => new(bytes);

    /// <summary>Reads a text: <c>4GiB</c> is 4 · 2³⁰ bytes, <c>4 GB</c> 4 · 10⁹; also KiB, MiB, TiB, kB, MB, TB, B, or a bare number of bytes.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static ByteSize Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        var (unit, bytes) = Array.Find(_units, u => trimmed.EndsWith(u.Unit, StringComparison.OrdinalIgnoreCase));
        var digits = unit is null ? trimmed : trimmed[..^unit.Length].TrimEnd();
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && Math.Abs(number) * (unit is null ? 1 : bytes) is < 9e18 and var size ? new((long)Math.CopySign(Math.Round(size), number))
            : throw new FormatException($"'{text}' is no amount of memory; write 4GiB, 500MB or a number of bytes.");
    }

    /// <summary><c>4GiB</c>, as short as it is exact; else with two digits after the point.</summary>
    public override string ToString()
    {
        var bytes = Bytes;
        var exact = Array.Find(_units, u => bytes != 0 && bytes % u.Bytes == 0 && u.Unit != "KB");
        if (exact.Unit is not (null or "B"))
        {
            return Invariant($"{bytes / exact.Bytes}{exact.Unit}");
        }

        var (unit, size) = Array.Find(_units[..4], u => bytes >= u.Bytes);
        return unit is null ? Invariant($"{bytes}B") : Invariant($"{(double)bytes / size:0.##}{unit}");
    }

    private sealed class Converter : JsonConverter<ByteSize>, IValueForm
    {
        public string Form => "an amount of memory such as 4GiB, 500MB or a number of bytes";

        public override ByteSize Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                return reader.TokenType switch
                {
                    JsonTokenType.Number => reader.TryGetInt64(out var whole) ? new(whole)
                        : Numbers.Whole(reader.GetDouble()) is { } meant ? new(meant) : throw new FormatException(),
                    JsonTokenType.String => Parse(reader.GetString()!),
                    _ => throw new FormatException(),
                };
            }
            catch (FormatException)
            {
                throw new JsonException($"It must be {Form}.");
            }
        }

        public override void Write(Utf8JsonWriter writer, ByteSize value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Bytes);
    }
}
