using System.Buffers.Binary;
using System.Numerics;

namespace Tuning.Running;

/// <summary>
/// The checksum at the end of each line of the journal: CRC-32C (Castagnoli), which the processor computes. It tells a line that
/// was damaged from one that was written, also where the damage leaves valid JSON.
/// </summary>
internal static class JournalChecksum
{
    /// <summary>How long the end of a line is: <c>,"x":"0123abcd"}</c>.</summary>
    public const int SuffixLength = 16;

    /// <summary>The checksum of the line without its end.</summary>
    public static uint Of(ReadOnlySpan<byte> line)
    {
        var crc = uint.MaxValue;
        while (line.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(line));
            line = line[8..];
        }

        foreach (var b in line)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }

    /// <summary>Ends a line that begins at <paramref name="start"/> of the buffer.</summary>
    public static void EndLine(JournalBuffer buffer, int start)
    {
        var crc = Of(buffer.Written[start..]);
        Span<byte> end = stackalloc byte[SuffixLength + 1];
        Write(end, crc);
        end[SuffixLength] = (byte)'\n';
        buffer.Raw(end);
    }

    /// <summary>Whether a line, without its line feed, ends with its own checksum.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> line)
    {
        if (line.Length <= SuffixLength)
        {
            return false;
        }

        Span<byte> end = stackalloc byte[SuffixLength];
        Write(end, Of(line[..^SuffixLength]));
        return line.EndsWith(end);
    }

    private static void Write(Span<byte> end, uint crc)
    {
        ",\"x\":\""u8.CopyTo(end);
        for (var i = 13; i >= 6; i--, crc >>= 4)
        {
            end[i] = "0123456789abcdef"u8[(int)(crc & 15)];
        }

        "\"}"u8.CopyTo(end[14..]);
    }
}
