using System.Buffers.Binary;
using System.Numerics;

namespace Tuning.Loggers.TensorBoard;

/// <summary>
/// The framing of event files: length (8 bytes, little-endian), masked CRC32C of the length, data, masked CRC32C of the data.
/// </summary>
internal static class Records
{
    /// <summary>Bytes before the data.</summary>
    public const int HeaderSize = 12;

    /// <summary>Bytes after the data.</summary>
    public const int FooterSize = 4;

    /// <summary>CRC-32C (Castagnoli) of the bytes, as RFC 3720 defines it.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }

    /// <summary>The checksum as it stands in a file: rotated by 15 bits and shifted, so that a checksum of a checksum is not degenerate.</summary>
    public static uint Masked(uint crc) => BitOperations.RotateRight(crc, 15) + 0xa282ead8u;

    /// <summary>Fills the header and the footer around data that stands in its place.</summary>
    /// <param name="record">The record: header, data, footer.</param>
    public static void Frame(Span<byte> record)
    {
        var data = record[HeaderSize..^FooterSize];
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record[8..], Masked(Crc32C(record[..8])));
        BinaryPrimitives.WriteUInt32LittleEndian(record[^FooterSize..], Masked(Crc32C(data)));
    }

    /// <summary>The data of the record that begins at <paramref name="offset"/>; null where no whole, sound record begins.</summary>
    public static byte[]? Read(TrialFile file, long offset)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        if (file.Read(offset, header) < HeaderSize || BinaryPrimitives.ReadUInt32LittleEndian(header[8..]) != Masked(Crc32C(header[..8])))
        {
            return null;
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(header);
        if (length > (ulong)(file.Length - offset))
        {
            return null;
        }

        var rest = file.Slice(offset + HeaderSize, offset + HeaderSize + (long)length + FooterSize);
        if (rest.Length < (int)length + FooterSize)
        {
            return null;
        }

        var data = rest[..(int)length];
        return BinaryPrimitives.ReadUInt32LittleEndian(rest.AsSpan((int)length)) == Masked(Crc32C(data)) ? data : null;
    }
}
