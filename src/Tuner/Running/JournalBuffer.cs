using System.Buffers;
using System.Buffers.Text;

namespace Tuning.Running;

/// <summary>UTF-8 text in one reused array: what the journal writes between two calls of the operating system.</summary>
internal sealed class JournalBuffer : IBufferWriter<byte>
{
    private byte[] _bytes = new byte[64 * 1024];

    /// <summary>How many bytes are waiting.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes that are waiting.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Forgets what is waiting.</summary>
    public void Clear() => Length = 0;

    /// <inheritdoc/>
    public void Advance(int count) => Length += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 256));
        return _bytes.AsMemory(Length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 256));
        return _bytes.AsSpan(Length);
    }

    /// <summary>Bytes as they are.</summary>
    [MethodImpl(AggressiveInlining)]
    public void Raw(ReadOnlySpan<byte> text)
    {
        Reserve(text.Length);
        text.CopyTo(_bytes.AsSpan(Length));
        Length += text.Length;
    }

    /// <summary>A whole number.</summary>
    public void Whole(long value)
    {
        Reserve(20);
        Utf8Formatter.TryFormat(value, _bytes.AsSpan(Length), out var written);
        Length += written;
    }

    /// <summary>
    /// A real number in its shortest exact form, always with a fraction or an exponent; infinities as ±1e999, NaN as null.
    /// </summary>
    public void Real(double value)
    {
        if (!double.IsFinite(value))
        {
            Raw(double.IsNaN(value) ? "null"u8 : value > 0 ? "1e999"u8 : "-1e999"u8);
            return;
        }

        Reserve(40);
        var target = _bytes.AsSpan(Length);
        value.TryFormat(target, out var written, "R", CultureInfo.InvariantCulture);
        Length += written;
        if (target[..written].IndexOfAny((byte)'.', (byte)'E', (byte)'e') < 0)
        {
            Raw(".0"u8);
        }
    }

    /// <summary>Sixteen hexadecimal digits in quotes.</summary>
    public void Digest(ulong value)
    {
        Reserve(18);
        var target = _bytes.AsSpan(Length);
        target[0] = target[17] = (byte)'"';
        for (var i = 16; i >= 1; i--, value >>= 4)
        {
            target[i] = "0123456789abcdef"u8[(int)(value & 15)];
        }

        Length += 18;
    }

    /// <summary>A text in quotes, escaped as JSON wants it; null as null.</summary>
    public void Text(string? text)
    {
        if (text is null)
        {
            Raw("null"u8);
            return;
        }

        Raw("\""u8);
        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            var plain = rest.IndexOfAny(_escaped);
            var run = plain < 0 ? rest : rest[..plain];
            Reserve(Encoding.UTF8.GetMaxByteCount(run.Length));
            Length += Encoding.UTF8.GetBytes(run, _bytes.AsSpan(Length));
            if (plain < 0)
            {
                break;
            }

            Escape(rest[plain]);
            rest = rest[(plain + 1)..];
        }

        Raw("\""u8);
    }

    private static readonly SearchValues<char> _escaped =
        SearchValues.Create([.. Enumerable.Range(0, 32).Select(c => (char)c), '"', '\\']);

    private void Escape(char c)
    {
        switch (c)
        {
            case '"':
                Raw("\\\""u8);
                break;
            case '\\':
                Raw("\\\\"u8);
                break;
            case '\n':
                Raw("\\n"u8);
                break;
            default:
                Raw("\\u00"u8);
                Raw([HexDigit(c >> 4), HexDigit(c & 15)]);
                break;
        }
    }

    private static byte HexDigit(int value) => "0123456789abcdef"u8[value];

    [MethodImpl(AggressiveInlining)]
    private void Reserve(int more)
    {
        if (_bytes.Length - Length < more)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + more));
        }
    }
}
