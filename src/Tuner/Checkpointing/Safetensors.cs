using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Tuning.Checkpointing;

/// <summary>
/// Reads and writes <c>.safetensors</c> files: eight bytes with the length of a JSON header, the header with element type, shape and
/// place of each tensor, then the numbers, little-endian. Other tools read these files.
/// </summary>
/// <remarks>
/// Every length is checked against the file before anything is allocated for it, so that a damaged or hostile file fails with a message.
/// Types other than F32, F64, I64 and U8 are refused. Stateless.
/// </remarks>
public static class Safetensors
{
    private const int LongestHeader = 16 << 20;

    /// <summary>Writes tensors by name, in ordinal order of the names, so that equal tensors give equal files.</summary>
    public static void Write(string file, IReadOnlyDictionary<string, StateTensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var sorted = tensors.OrderBy(t => t.Key, StringComparer.Ordinal).ToList();
        var header = Header(sorted);
        using var stream = new FileStream(file, FileMode.Create, FileAccess.Write);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var (_, tensor) in sorted)
        {
            stream.Write(tensor.Bytes);
        }
    }

    /// <summary>Reads all tensors of a file.</summary>
    /// <exception cref="CheckpointException">The file is not well-formed; the message says where.</exception>
    public static IReadOnlyDictionary<string, StateTensor> Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read);
        Span<byte> prefix = stackalloc byte[8];
        if (stream.ReadAtLeast(prefix, 8, throwOnEndOfStream: false) < 8)
        {
            throw Damaged(file, "it is shorter than the eight bytes that every such file begins with");
        }

        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength > (ulong)(stream.Length - 8) || headerLength > LongestHeader)
        {
            throw Damaged(file, $"its header claims {headerLength} bytes; the file has {stream.Length}, and a header at most {LongestHeader}");
        }

        var header = new byte[headerLength];
        stream.ReadExactly(header);
        var places = Places(file, header, stream.Length - 8 - header.Length);
        var tensors = new SortedDictionary<string, StateTensor>(StringComparer.Ordinal);
        foreach (var place in places)
        {
            var bytes = new byte[place.End - place.Begin];
            stream.Position = 8 + header.Length + place.Begin;
            stream.ReadExactly(bytes);
            tensors.Add(place.Name, StateTensor.Adopt(place.Element, place.Shape, bytes));
        }

        return tensors;
    }

    private static byte[] Header(List<KeyValuePair<string, StateTensor>> tensors)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            var offset = 0L;
            foreach (var (name, tensor) in tensors)
            {
                writer.WriteStartObject(name);
                writer.WriteString("dtype", tensor.Element.ToString());
                writer.WriteStartArray("shape");
                foreach (var dimension in tensor.Shape)
                {
                    writer.WriteNumberValue(dimension);
                }

                writer.WriteEndArray();
                writer.WriteStartArray("data_offsets");
                writer.WriteNumberValue(offset);
                writer.WriteNumberValue(offset += tensor.Bytes.Length);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        // The numbers begin at a multiple of eight; the format pads the header with spaces.
        while (stream.Length % 8 != 0)
        {
            stream.WriteByte((byte)' ');
        }

        return stream.ToArray();
    }

    private static List<Place> Places(string file, byte[] header, long dataLength)
    {
        var places = new List<Place>();
        try
        {
            using var document = JsonDocument.Parse(header, new() { MaxDepth = 8 });
            foreach (var entry in document.RootElement.EnumerateObject())
            {
                if (entry.Name != "__metadata__")
                {
                    places.Add(PlaceOf(file, entry.Name, entry.Value));
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or OverflowException or DecoderFallbackException)
        {
            throw new CheckpointException($"{file} is damaged: its header is malformed: {e.Message}", e);
        }

        var expected = 0L;
        foreach (var place in places.OrderBy(p => p.Begin).ThenBy(p => p.End))
        {
            if (place.Begin != expected)
            {
                throw Damaged(file, $"the tensor '{place.Name}' begins at {place.Begin}; the one before ends at {expected}");
            }

            expected = place.End;
        }

        if (expected != dataLength)
        {
            throw Damaged(file, $"its tensors end at {expected}; its data has {dataLength} bytes");
        }

        var twice = places.GroupBy(p => p.Name).FirstOrDefault(g => g.Count() > 1);
        return twice is null ? places : throw Damaged(file, $"the tensor '{twice.Key}' stands twice");
    }

    private static Place PlaceOf(string file, string name, JsonElement entry)
    {
        var type = entry.GetProperty("dtype").GetString();
        if (!Enum.TryParse<TensorElement>(type, out var element) || element.ToString() != type)
        {
            throw new CheckpointException($"{file}: the tensor '{name}' is of type {type}; F32, F64, I64 and U8 are read.");
        }

        var shape = entry.GetProperty("shape").EnumerateArray().Select(d => d.GetInt32()).ToImmutableArray();
        var offsets = entry.GetProperty("data_offsets").EnumerateArray().Select(d => d.GetInt64()).ToArray();
        var count = 1L;
        foreach (var dimension in shape)
        {
            count = dimension < 0 ? throw Damaged(file, $"the tensor '{name}' has a negative dimension") : checked(count * dimension);
        }

        var bytes = checked(count * StateTensor.Size(element));
        if (offsets.Length != 2 || offsets[0] < 0 || checked(offsets[1] - offsets[0]) != bytes || bytes > Array.MaxLength)
        {
            throw Damaged(file, $"the tensor '{name}' of shape {StateTensor.Text(shape.AsSpan())} needs {bytes} bytes; its place is [{string.Join(", ", offsets)}]");
        }

        return new(name, element, shape, offsets[0], offsets[1]);
    }

    private static CheckpointException Damaged(string file, string what) => new($"{file} is damaged: {what}.");

    private readonly record struct Place(string Name, TensorElement Element, ImmutableArray<int> Shape, long Begin, long End);
}
