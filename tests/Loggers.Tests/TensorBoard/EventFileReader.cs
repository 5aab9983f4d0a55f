using System.Buffers.Binary;
using Tuning.Loggers.TensorBoard.Messages;

namespace Tuning.Tests.Loggers.TensorBoard;

/// <summary>Reads event files by the public description of the format, with nothing of the writer but the message classes.</summary>
internal static class EventFileReader
{
    private static readonly uint[] _table = MakeTable();

    public static List<Event> Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var events = new List<Event>();
        for (var at = 0; at < bytes.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
            Assert.Equal(Masked(bytes.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 8)));
            var data = bytes.AsSpan(at + 12, length);
            Assert.Equal(Masked(data), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 12 + length)));
            events.Add(Event.Parser.ParseFrom(data));
            at += 16 + length;
        }

        return events;
    }

    /// <summary>CRC-32C bit by bit: the reflected polynomial 0x82F63B78.</summary>
    public static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc = (crc >> 8) ^ _table[(crc ^ b) & 0xff];
        }

        return ~crc;
    }

    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        var crc = Crc(bytes);
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < 256; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? (value >> 1) ^ 0x82F63B78 : value >> 1;
            }

            table[i] = value;
        }

        return table;
    }
}
