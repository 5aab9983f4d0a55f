using System.Buffers.Binary;
using System.Text;
using Tuning.Checkpointing;
using Tuning.Randomness;

namespace Tuning.Tests.Checkpointing;

public sealed class SafetensorsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("tuner-safetensors-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string FilePath => Path.Combine(_root, "t.safetensors");

    private void WriteRaw(string header, int dataBytes)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + json.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, json.Length);
        json.CopyTo(bytes, 8);
        File.WriteAllBytes(FilePath, bytes);
    }

    [Fact]
    public void Read_returns_what_Write_wrote_to_the_bit()
    {
        NamedTensor[] tensors =
        [
            new("b.weight", [2, 3], [1f, float.NaN, -0f, 4f, 5f, float.PositiveInfinity]),
            NamedTensor.Of("a", [2], [Math.PI, double.Epsilon]),
            NamedTensor.Of("steps", [], [long.MaxValue]),
            NamedTensor.Of("mask", [3, 1], "xyz"u8),
            new("none", [0, 4], []),
            new("none of many", [2_000_000_000, 0, 2_000_000_000], []),
            NamedTensor.Of("flags", [2], [true, false]),
            NamedTensor.Of("half", [2], [Half.MaxValue, Half.NaN]),
            NamedTensor.Of<ushort>("small", [1], [65_535]),
            .. Enum.GetValues<TensorElement>()
                .Select(e => NamedTensor.OfBytes(e.ToString(), e, [3, 2], [.. Enumerable.Range(0, 6 * e.Size()).Select(i => (byte)((37 * i) + 200))])),
        ];

        Safetensors.Write(FilePath, tensors);
        var read = Safetensors.Read(FilePath);

        Assert.Equal(tensors.Select(t => t.Name).Order(StringComparer.Ordinal), read.Keys);
        Assert.All(tensors, expected =>
        {
            var tensor = read[expected.Name];
            Assert.Equal(expected.Element, tensor.Element);
            Assert.Equal(expected.Shape.AsSpan(), tensor.Shape.AsSpan());
            Assert.Equal(expected.Bytes, tensor.Bytes);
        });
        var bytes = File.ReadAllBytes(FilePath);
        Safetensors.Write(FilePath, read.Values.Reverse());
        Assert.Equal(bytes, File.ReadAllBytes(FilePath));
    }

    [Fact]
    public void Halves_are_floats_exactly_and_others_are_not_taken_for_them()
    {
        Assert.Equal([0.1f, -2], NamedTensor.Of("h", [2], [(Half)0.1f, (Half)(-2)]).Data, (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.Equal([1, -3], NamedTensor.OfBytes("b", TensorElement.BF16, [2], [0x80, 0x3F, 0x40, 0xC0]).Data);
        Assert.Contains("'d' holds F64 where F32", Assert.Throws<CheckpointException>(() => NamedTensor.Of("d", [1], [1.0]).Data).Message);
        Assert.Contains("Decimal", Assert.Throws<NotSupportedException>(() => NamedTensor.Of("m", [1], [1m])).Message);
        Assert.Contains("[2, 2]", Assert.Throws<ArgumentException>(() => new NamedTensor("w", [2, 2], [1, 2, 3])).Message);
        Assert.Contains("given twice", Assert.Throws<ArgumentException>(() => Safetensors.Write(FilePath, [new("w", [1], [1]), new("w", [1], [2])])).Message);
    }

    [Fact]
    public void A_file_of_another_tool_is_read()
    {
        // As the format's own library writes it: metadata, no order of names, header padded with spaces.
        WriteRaw("""{"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"s":{"dtype":"I64","shape":[]""" +
            ""","data_offsets":[8,16]}}   """, 16);

        var read = Safetensors.Read(FilePath);

        Assert.Equal([0f, 0f], read["w"].Floats);
        Assert.Equal([0L], read["s"].As<long>());
    }

    [Theory]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 8, "needs 8 bytes")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "begins at 4")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "its data has 9 bytes")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2147483647,2147483647,2147483647,4],"data_offsets":[0,8]}}""", 8, "at most")]
    [InlineData("""{"w":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "malformed")]
    [InlineData("""{"w":{"dtype":"U8","shape":[9],"data_offsets":[9223372036854775807,-9223372036854775800]}}""", 8, "needs 9 bytes")]
    [InlineData("""{"w":{"dtype":"U8","shape":[1],"data_offsets":[9223372036854775806,9223372036854775807]}}""", 1, "begins at 9223372036854775806")]
    [InlineData("""{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"shape":[1]}}""", 1, "malformed")]
    [InlineData("""{"w":{"dtype":null,"shape":[1],"data_offsets":[0,1]}}""", 1, "malformed")]
    [InlineData("""{"w":{"dtype":"U8","shape":null,"data_offsets":[0,1]}}""", 1, "malformed")]
    [InlineData("""{"w":null}""", 0, "malformed")]
    [InlineData("""null""", 0, "malformed")]
    [InlineData("""{"\ud800":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", 0, "malformed")]
    [InlineData("""{"w":{"dtype":"\udc00","shape":[0],"data_offsets":[0,0]}}""", 0, "malformed")]
    [InlineData("""{"":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", 0, "no name")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2000000000],"data_offsets":[0,8000000000]}}""", 8, "at most")]
    [InlineData("""{"w":{"dtype":"U8","shape":[2000000000],"data_offsets":[0,2000000000]}}""", 8, "its tensors end at 2000000000")]
    [InlineData("""{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,-8]}}""", 0, "negative")]
    [InlineData("""{"w":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}}""", 1, "is of type F4")]
    [InlineData("""{"w":{"dtype":"1","shape":[2],"data_offsets":[0,4]}}""", 4, "is of type 1")]
    [InlineData("""{"w":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"w":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", 0, "malformed")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2]}}""", 8, "malformed")]
    [InlineData("""[1]""", 0, "malformed")]
    [InlineData("""{""", 0, "malformed")]
    public void A_damaged_header_fails_with_a_message(string header, int dataBytes, string message)
    {
        WriteRaw(header, dataBytes);

        Assert.Contains(message, Assert.Throws<CheckpointException>(() => Safetensors.Read(FilePath)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255 })]
    [InlineData(new byte[] { 0, 0, 0, 127, 0, 0, 0, 0, 1 })]
    public void A_header_longer_than_the_file_is_refused_before_it_is_read(byte[] bytes)
    {
        File.WriteAllBytes(FilePath, bytes);

        Assert.Throws<CheckpointException>(() => Safetensors.Read(FilePath));
    }

    [Fact]
    public void No_single_changed_byte_of_the_header_does_worse_than_a_message()
    {
        Safetensors.Write(FilePath, [new("a", [2, 1], [1, 2]), NamedTensor.Of("b", [1], [3L])]);
        var good = File.ReadAllBytes(FilePath);
        var random = new RandomStream(7);
        for (var i = 0; i < good.Length - 16; i++)
        {
            var bytes = (byte[])good.Clone();
            bytes[i] = (byte)random.NextInt32(256);
            File.WriteAllBytes(FilePath, bytes);
            try
            {
                Safetensors.Read(FilePath);
            }
            catch (CheckpointException)
            {
            }
        }
    }
}
