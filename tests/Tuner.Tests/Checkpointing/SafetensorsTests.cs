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
        var tensors = new Dictionary<string, StateTensor>
        {
            ["b.weight"] = StateTensor.Of([1f, float.NaN, -0f, 4f, 5f, float.PositiveInfinity], 2, 3),
            ["a"] = StateTensor.Of([Math.PI, double.Epsilon], 2),
            ["steps"] = StateTensor.Of([long.MaxValue]),
            ["mask"] = StateTensor.Of("xyz"u8, 3, 1),
            ["none"] = StateTensor.Of(ReadOnlySpan<float>.Empty, 0, 4),
        };

        Safetensors.Write(FilePath, tensors);
        var read = Safetensors.Read(FilePath);

        Assert.Equal(["a", "b.weight", "mask", "none", "steps"], read.Keys);
        Assert.All(tensors, t =>
        {
            Assert.Equal(t.Value.Element, read[t.Key].Element);
            Assert.Equal(t.Value.Shape.AsSpan(), read[t.Key].Shape.AsSpan());
            Assert.Equal(t.Value.Bytes, read[t.Key].Bytes);
        });
    }

    [Fact]
    public void A_file_of_another_tool_is_read()
    {
        // As the format's own library writes it: metadata, no order of names, header padded with spaces.
        WriteRaw("""{"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"s":{"dtype":"I64","shape":[],"data_offsets":[8,16]}}   """, 16);

        var read = Safetensors.Read(FilePath);

        Assert.Equal([0f, 0f], read["w"].Floats);
        Assert.Equal([0L], read["s"].Longs);
    }

    [Theory]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 8, "needs 8 bytes")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "begins at 4")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "its data has 9 bytes")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2147483647,2147483647,2147483647,4],"data_offsets":[0,8]}}""", 8, "malformed")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2000000000],"data_offsets":[0,8000000000]}}""", 8, "needs 8000000000 bytes")]
    [InlineData("""{"w":{"dtype":"U8","shape":[2000000000],"data_offsets":[0,2000000000]}}""", 8, "its tensors end at 2000000000")]
    [InlineData("""{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,-8]}}""", 0, "negative")]
    [InlineData("""{"w":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}""", 4, "is of type BF16")]
    [InlineData("""{"w":{"dtype":"1","shape":[2],"data_offsets":[0,4]}}""", 4, "is of type 1")]
    [InlineData("""{"w":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"w":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", 0, "stands twice")]
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
        Safetensors.Write(FilePath, new Dictionary<string, StateTensor> { ["a"] = StateTensor.Of([1f, 2f], 2, 1), ["b"] = StateTensor.Of([3L], 1) });
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
