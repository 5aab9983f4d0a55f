using System.Diagnostics.CodeAnalysis;

namespace Tuning.Numerics;

/// <summary>
/// Floats at a fixed address, and how many they are: a pointer that knows its bounds. Kernels take these, and ask for the room that they are going to
/// touch, once, before they go on with bare pointers.
/// </summary>
/// <remarks>It does not keep the memory alive; see <see cref="FloatBuffer"/>.</remarks>
internal readonly unsafe struct Floats
{
    private readonly float* _first;

    /// <summary>Memory that does not move.</summary>
    public Floats(float* first, int length)
    {
        _first = first;
        Length = length;
    }

    /// <summary>How many there are.</summary>
    public int Length { get; }

    /// <summary>Whether this is <c>default</c>, where a kernel may do without.</summary>
    public bool IsNone => _first is null;

    public Span<float> Span => new(_first, Length);

    /// <summary>One of them.</summary>
    /// <exception cref="ArgumentException">There are fewer.</exception>
    public ref float this[nint index]
    {
        [MethodImpl(AggressiveInlining)]
        get
        {
            if ((nuint)index >= (nuint)Length)
            {
                Refuse(index, 1);
            }

            return ref _first[index];
        }
    }

    /// <summary>Those from a place on.</summary>
    /// <exception cref="ArgumentException">There are fewer.</exception>
    [MethodImpl(AggressiveInlining)]
    public static Floats operator +(Floats floats, nint offset)
    {
        if ((nuint)offset > (nuint)floats.Length)
        {
            floats.Refuse(offset, 0);
        }

        return new(floats._first + offset, floats.Length - (int)offset);
    }

    /// <summary>The address of so many floats.</summary>
    /// <exception cref="ArgumentException">There are fewer.</exception>
    [MethodImpl(AggressiveInlining)]
    public float* Room(nint count)
    {
        if ((nuint)count > (nuint)Length)
        {
            Refuse(0, count);
        }

        return _first;
    }

    /// <summary>The address of a matrix; strides are not negative.</summary>
    /// <exception cref="ArgumentException">Its last element is not among these.</exception>
    [MethodImpl(AggressiveInlining)]
    public float* Room(nint rows, nint rowStride, nint columns, nint columnStride = 1) =>
        Room(rows <= 0 || columns <= 0 ? 0 : ((rows - 1) * rowStride) + ((columns - 1) * columnStride) + 1);

    [DoesNotReturn]
    private void Refuse(nint offset, nint count) =>
        throw new ArgumentException(
            $"{count} floats from place {offset} on are asked of a buffer that has {Length}. This is a fault of the library; nothing was written.");
}
