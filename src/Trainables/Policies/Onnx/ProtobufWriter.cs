using System.Buffers;

namespace Tuning.Policies.Onnx;

/// <summary>Writes the fields of a message in the wire format of Protocol Buffers: varints, and bytes with their length before them.</summary>
internal sealed class ProtobufWriter
{
    private const int Varint = 0;
    private const int LengthDelimited = 2;
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    public ProtobufWriter Number(int field, long value)
    {
        Write((ulong)((field << 3) | Varint));
        Write((ulong)value);
        return this;
    }

    public ProtobufWriter Text(int field, string value) => Data(field, Encoding.UTF8.GetBytes(value));

    public ProtobufWriter Data(int field, ReadOnlySpan<byte> value)
    {
        Write((ulong)((field << 3) | LengthDelimited));
        Write((ulong)value.Length);
        _bytes.Write(value);
        return this;
    }

    public ProtobufWriter Message(int field, ProtobufWriter message) => Data(field, message.Bytes);

    private void Write(ulong value)
    {
        while (value >= 0x80)
        {
            Append((byte)(value | 0x80));
            value >>= 7;
        }

        Append((byte)value);
    }

    private void Append(byte value) => _bytes.Write([value]);
}
