using System.Buffers.Binary;

namespace Tuning.Checkpointing;

/// <summary>
/// Reads and writes <c>.safetensors</c> files: eight bytes with the length of a JSON header, the header with element type, shape and
/// place of each tensor, then the numbers, little-endian. Other tools read these files, and theirs are read.
/// </summary>
/// <remarks>
/// Every length is checked against the file before anything is allocated for it, so that a damaged or hostile file fails with a message.
/// All types of elements are kept bit for bit. Stateless.
/// </remarks>
public static class Safetensors
{
    private const int LongestHeader = 16 << 20;
    private const string Metadata = "__metadata__";

    private static readonly JsonSerializerOptions _json =
        new() { MaxDepth = 8, AllowDuplicateProperties = false, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    /// <summary>Writes tensors, in ordinal order of their names, so that equal tensors give equal files.</summary>
    /// <exception cref="ArgumentException">A name is given twice.</exception>
    public static void Write(string file, IEnumerable<NamedTensor> tensors)
    {
        using var stream = OwnFiles.Create(file);
        Write(stream, tensors);
    }

    /// <summary>Writes tensors to a stream, as <see cref="Write(string, IEnumerable{NamedTensor})"/> does to a file.</summary>
    internal static void Write(Stream stream, IEnumerable<NamedTensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var sorted = tensors.OrderBy(t => t.Name, StringComparer.Ordinal).ToList();
        var header = Header(sorted);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var tensor in sorted)
        {
            stream.Write(tensor.Bytes);
        }
    }

    /// <summary>Reads all tensors of a file by name, in ordinal order of their names.</summary>
    /// <exception cref="CheckpointException">The file is not well-formed; the message says where.</exception>
    public static IReadOnlyDictionary<string, NamedTensor> Read(string file)
    {
        using var stream = OwnFiles.OpenRead(file);
        return Read(stream, file);
    }

    /// <summary>Reads all tensors of a stream; the file is named in messages.</summary>
    internal static IReadOnlyDictionary<string, NamedTensor> Read(Stream stream, string file)
    {
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
        var tensors = new SortedDictionary<string, NamedTensor>(StringComparer.Ordinal);
        foreach (var place in Places(file, header, stream.Length - 8 - header.Length))
        {
            // Checked: they follow each other, and the last one ends where the file does.
            var bytes = new byte[place.Length];
            stream.ReadExactly(bytes);
            tensors.Add(place.Name, NamedTensor.Adopt(place.Name, place.Element, place.Shape, bytes));
        }

        return tensors;
    }

    private static byte[] Header(List<NamedTensor> tensors)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            var (offset, before) = (0L, default(string));
            foreach (var tensor in tensors)
            {
                if (tensor.Name == before || tensor.Name == Metadata)
                {
                    throw new ArgumentException($"The tensor '{tensor.Name}' " +
                        $"{(tensor.Name == before ? "is given twice" : "has a name that the format keeps for itself")}.", nameof(tensors));
                }

                writer.WriteStartObject(before = tensor.Name);
                writer.WriteString("dtype", tensor.Element.Name());
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

    /// <summary>The tensors in the order in which they stand; they fill the data without a gap.</summary>
    private static List<Place> Places(string file, byte[] header, long dataLength)
    {
        var places = new List<Place>();
        try
        {
            foreach (var (name, entry) in JsonSerializer.Deserialize<Dictionary<string,
                JsonElement>>(header, _json) ?? throw new JsonException("it holds null"))
            {
                if (name != Metadata)
                {
                    places.Add(PlaceOf(file, name, entry.Deserialize<Entry>(_json) ?? throw new JsonException($"the tensor '{name}' is null")));
                }
            }
        }
        catch (JsonException e)
        {
            throw new CheckpointException($"{file} is damaged: its header is malformed: {e.Message}", e);
        }

        places.Sort((a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.Length.CompareTo(b.Length));
        var expected = 0L;
        foreach (var place in places)
        {
            if (place.Begin != expected)
            {
                throw Damaged(file, $"the tensor '{place.Name}' begins at {place.Begin}; the one before ends at {expected}");
            }

            // Both are at most the length of the data, so that the sum fits.
            expected = place.Begin + place.Length;
            if (expected > dataLength)
            {
                break;
            }
        }

        return expected == dataLength ? places : throw Damaged(file, $"its tensors end at {expected}; its data has {dataLength} bytes");
    }

    private static Place PlaceOf(string file, string name, Entry entry)
    {
        if (name.Length == 0)
        {
            throw Damaged(file, "a tensor has no name");
        }

        if (!TensorElements.TryParse(entry.Type, out var element))
        {
            throw new CheckpointException($"{file}: the tensor '{name}' is of type {entry.Type}; read are {TensorElements.Names}.");
        }

        if (NamedTensor.TryGetLength(element, entry.Shape) is not { } length)
        {
            throw Damaged(file, $"the tensor '{name}' has the shape {NamedTensor.Text(entry.Shape)}; its lengths must not be negative, and its bytes at most " +
                $"{Array.MaxLength}");
        }

        return entry.Offsets is [>= 0, >= 0] && entry.Offsets[1] - entry.Offsets[0] == length
            ? new(name, element, [.. entry.Shape], entry.Offsets[0], length)
            : throw Damaged(file, $"the tensor '{name}' of shape {NamedTensor.Text(entry.Shape)} needs {length} bytes; its place is " +
                $"[{string.Join(", ", entry.Offsets)}]");
    }

    private static CheckpointException Damaged(string file, string what) => new($"{file} is damaged: {what}.");

    private sealed record Entry(
        [property: JsonPropertyName("dtype")] string Type, [property: JsonPropertyName("shape")] int[] Shape,
            [property: JsonPropertyName("data_offsets")] long[] Offsets);

    private readonly record struct Place(string Name, TensorElement Element, ImmutableArray<int> Shape, long Begin, long Length);
}
