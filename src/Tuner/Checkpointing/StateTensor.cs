using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Tuning.Checkpointing;

/// <summary>What the elements of a <see cref="StateTensor"/> are.</summary>
public enum TensorElement
{
    /// <summary>32-bit floating point.</summary>
    F32,

    /// <summary>64-bit floating point.</summary>
    F64,

    /// <summary>64-bit signed whole numbers.</summary>
    I64,

    /// <summary>Bytes.</summary>
    U8,
}

/// <summary>A block of numbers with a shape, rows last: the form in which weights, moments and buffers stand in a checkpoint. Immutable.</summary>
public sealed class StateTensor
{
    private readonly byte[] _bytes;

    private StateTensor(TensorElement element, ImmutableArray<int> shape, byte[] bytes) => (Element, Shape, _bytes) = (element, shape, bytes);

    /// <summary>What the elements are.</summary>
    public TensorElement Element { get; }

    /// <summary>The length of each dimension; empty for a single number.</summary>
    public ImmutableArray<int> Shape { get; }

    /// <summary>The elements as bytes, little-endian.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>How many elements there are.</summary>
    public int Count => _bytes.Length / Size(Element);

    /// <summary>A copy of floats.</summary>
    /// <exception cref="ArgumentException">The shape has another number of elements.</exception>
    public static StateTensor Of(ReadOnlySpan<float> values, params ReadOnlySpan<int> shape) => Make(TensorElement.F32, MemoryMarshal.AsBytes(values), shape);

    /// <summary>A copy of doubles.</summary>
    /// <exception cref="ArgumentException">The shape has another number of elements.</exception>
    public static StateTensor Of(ReadOnlySpan<double> values, params ReadOnlySpan<int> shape) => Make(TensorElement.F64, MemoryMarshal.AsBytes(values), shape);

    /// <summary>A copy of whole numbers.</summary>
    /// <exception cref="ArgumentException">The shape has another number of elements.</exception>
    public static StateTensor Of(ReadOnlySpan<long> values, params ReadOnlySpan<int> shape) => Make(TensorElement.I64, MemoryMarshal.AsBytes(values), shape);

    /// <summary>A copy of bytes.</summary>
    /// <exception cref="ArgumentException">The shape has another number of elements.</exception>
    public static StateTensor Of(ReadOnlySpan<byte> values, params ReadOnlySpan<int> shape) => Make(TensorElement.U8, values, shape);

    /// <summary>The elements as floats.</summary>
    /// <exception cref="CheckpointException">They are something else.</exception>
    public ReadOnlySpan<float> Floats => As<float>(TensorElement.F32);

    /// <summary>The elements as doubles.</summary>
    /// <exception cref="CheckpointException">They are something else.</exception>
    public ReadOnlySpan<double> Doubles => As<double>(TensorElement.F64);

    /// <summary>The elements as whole numbers.</summary>
    /// <exception cref="CheckpointException">They are something else.</exception>
    public ReadOnlySpan<long> Longs => As<long>(TensorElement.I64);

    /// <summary>Copies the elements into <paramref name="target"/>, which must be of this tensor's shape.</summary>
    /// <param name="name">The tensor's name, for the message.</param>
    /// <param name="target">Where they go.</param>
    /// <param name="shape">The shape that is expected.</param>
    /// <exception cref="CheckpointException">The shape or the kind of element differs; the message names the tensor and both shapes.</exception>
    public void CopyTo(string name, Span<float> target, params ReadOnlySpan<int> shape)
    {
        if (!Shape.AsSpan().SequenceEqual(shape))
        {
            throw new CheckpointException($"The tensor '{name}' has shape {Text(Shape.AsSpan())} in the checkpoint; here it has {Text(shape)}.");
        }

        Floats.CopyTo(target);
    }

    /// <summary>Bytes per element.</summary>
    internal static int Size(TensorElement element) => element switch
    {
        TensorElement.F32 => 4,
        TensorElement.U8 => 1,
        _ => 8,
    };

    /// <summary>Takes over bytes that have been checked against shape and element.</summary>
    internal static StateTensor Adopt(TensorElement element, ImmutableArray<int> shape, byte[] bytes) => new(element, shape, bytes);

    /// <summary><c>[64, 3]</c>.</summary>
    public override string ToString() => $"{Element} {Text(Shape.AsSpan())}";

    internal static string Text(ReadOnlySpan<int> shape) => "[" + string.Join(", ", shape.ToArray()) + "]";

    private static StateTensor Make(TensorElement element, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> shape)
    {
        long count = 1;
        foreach (var length in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(shape));
            count = checked(count * length);
        }

        return count * Size(element) == bytes.Length
            ? new(element, [.. shape], bytes.ToArray())
            : throw new ArgumentException($"A tensor of shape {Text(shape)} has {count} elements, not {bytes.Length / Size(element)}.", nameof(shape));
    }

    private ReadOnlySpan<T> As<T>(TensorElement element)
        where T : struct => Element == element
            ? MemoryMarshal.Cast<byte, T>(_bytes)
            : throw new CheckpointException($"A tensor holds {Element} where {element} is expected.");
}
