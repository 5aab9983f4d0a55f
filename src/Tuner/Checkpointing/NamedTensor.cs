namespace Tuning;

/// <summary>
/// A block of numbers with a name and a shape, rows last: the form in which weights, moments and buffers leave a module, stand in a checkpoint, and
/// come from another library, in no backend's own form. Immutable.
/// </summary>
public sealed class NamedTensor
{
    private readonly byte[] _bytes;

    /// <summary>A copy of floats: <c>new("linear.weight", [2, 3], weights)</c>.</summary>
    /// <param name="name">The name, dots between the parts: <c>encoder.actor.0.weight</c>.</param>
    /// <param name="shape">The lengths of its dimensions, the last one contiguous; a linear layer's weight is [outputs, inputs]. Empty for a single
    /// number.</param>
    /// <param name="values">The elements, row by row.</param>
    /// <exception cref="ArgumentException">The shape has another number of elements.</exception>
    public NamedTensor(string name, ReadOnlySpan<int> shape, ReadOnlySpan<float> values)
        : this(name, TensorElement.F32, [.. shape], MemoryMarshal.AsBytes(values).ToArray())
    {
    }

    private NamedTensor(string name, TensorElement element, ImmutableArray<int> shape, byte[] bytes)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (TryGetLength(element, shape.AsSpan()) != bytes.Length)
        {
            throw new ArgumentException($"The tensor '{name}' of shape {Text(shape.AsSpan())} is given {bytes.Length / element.Size()} elements.",
                nameof(shape));
        }

        (Name, Element, Shape, _bytes) = (name, element, shape, bytes);
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>What the elements are.</summary>
    public TensorElement Element { get; }

    /// <summary>The length of each dimension; empty for a single number.</summary>
    public ImmutableArray<int> Shape { get; }

    /// <summary>How many elements there are.</summary>
    public int Count => _bytes.Length / Element.Size();

    /// <summary>The elements as bytes, little-endian.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The elements as floats.</summary>
    /// <exception cref="CheckpointException">They are something else.</exception>
    public ReadOnlySpan<float> Floats => As<float>();

    /// <summary>The elements as floats, a copy at each call: of F32, and of F16 and BF16, which floats hold exactly.</summary>
    /// <exception cref="CheckpointException">They are something else.</exception>
    public float[] Data
    {
        get
        {
            if (Element is not (TensorElement.F16 or TensorElement.BF16))
            {
                return Floats.ToArray();
            }

            var floats = new float[Count];
            var bits = MemoryMarshal.Cast<byte, ushort>(_bytes);
            for (var i = 0; i < floats.Length; i++)
            {
                floats[i] = Element == TensorElement.F16 ? (float)BitConverter.UInt16BitsToHalf(bits[i]) : BitConverter.UInt32BitsToSingle((uint)bits[i] << 16);
            }

            return floats;
        }
    }

    /// <summary>The shape as text: <c>[64, 3]</c>.</summary>
    public string ShapeText => Text(Shape.AsSpan());

    /// <summary>A copy of numbers of any type that safetensors files have.</summary>
    /// <typeparam name="T">float, double, <see cref="Half"/>, bool, or a whole number of 8 to 64 bits.</typeparam>
    /// <inheritdoc cref="NamedTensor(string, ReadOnlySpan{int}, ReadOnlySpan{float})"/>
    /// <exception cref="NotSupportedException">It is another type.</exception>
    public static NamedTensor Of<T>(string name, ReadOnlySpan<int> shape, ReadOnlySpan<T> values)
        where T : unmanaged => new(name, TensorElements.Of<T>(), [.. shape], MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>A copy of elements that .NET has no type for, as they stand in a file.</summary>
    /// <param name="name">The name.</param>
    /// <param name="element">What they are.</param>
    /// <param name="shape">The lengths of the dimensions.</param>
    /// <param name="bytes">The elements, little-endian.</param>
    /// <exception cref="ArgumentException">The shape needs another number of bytes.</exception>
    public static NamedTensor OfBytes(string name, TensorElement element, ReadOnlySpan<int> shape, ReadOnlySpan<byte> bytes) =>
        new(name, element, [.. shape], bytes.ToArray());

    /// <summary>The elements as numbers of .NET.</summary>
    /// <exception cref="CheckpointException">They are something else.</exception>
    /// <exception cref="NotSupportedException">There are no elements of this type.</exception>
    public ReadOnlySpan<T> As<T>()
        where T : unmanaged => Element == TensorElements.Of<T>()
            ? MemoryMarshal.Cast<byte, T>(_bytes)
            : throw new CheckpointException($"The tensor '{Name}' holds {Element.Name()} where {TensorElements.Of<T>().Name()} is expected.");

    /// <summary>The elements as numbers of .NET, of a tensor that must have a certain shape.</summary>
    /// <exception cref="CheckpointException">Shape or elements are others; the message names the tensor and both shapes.</exception>
    public ReadOnlySpan<T> As<T>(params ReadOnlySpan<int> shape)
        where T : unmanaged => Shape.AsSpan().SequenceEqual(shape)
            ? As<T>()
            : throw new CheckpointException($"The tensor '{Name}' has shape {ShapeText} in the checkpoint; here it has {Text(shape)}.");

    /// <summary>The same elements under another name.</summary>
    public NamedTensor Rename(string name) => new(name, Element, Shape, _bytes);

    /// <summary><c>encoder.0.weight F32 [64, 3]</c>.</summary>
    public override string ToString() => $"{Name} {Element.Name()} {ShapeText}";

    /// <summary>Takes over bytes instead of copying them.</summary>
    internal static NamedTensor Adopt(string name, TensorElement element, ImmutableArray<int> shape, byte[] bytes) => new(name, element, shape, bytes);

    /// <summary>The bytes that a shape needs; null when that is more than an array has, or a length is negative.</summary>
    internal static long? TryGetLength(TensorElement element, ReadOnlySpan<int> shape)
    {
        if (shape.ContainsAnyInRange(int.MinValue, -1))
        {
            return null;
        }

        // A length of 0 makes the product 0, whatever the others are.
        var bytes = shape.Contains(0) ? 0L : element.Size();
        foreach (var length in shape)
        {
            // Both are below 2³¹, so that the product fits.
            bytes *= length;
            if (bytes > Array.MaxLength)
            {
                return null;
            }
        }

        return bytes;
    }

    internal static string Text(ReadOnlySpan<int> shape) => "[" + string.Join(", ", shape.ToArray()) + "]";
}
