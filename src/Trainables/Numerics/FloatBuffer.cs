namespace Tuning.Numerics;

/// <summary>
/// Floats at a fixed, 64-byte aligned address, zero at first. The memory lives as long as this object: code that works with
/// <see cref="Floats"/> keeps the object reachable, in a field of an object that is itself kept.
/// </summary>
internal sealed unsafe class FloatBuffer
{
    private const int Alignment = 16;
    private readonly float[] _array;
    private readonly int _offset;

    public FloatBuffer(int length)
    {
        // The pinned heap never moves an array, so the aligned address stays right.
        _array = GC.AllocateArray<float>(checked(length + Alignment), pinned: true);
        Length = length;
        var start = (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(_array));
        var aligned = (start + 63) & ~(nint)63;
        _offset = (int)((aligned - start) / sizeof(float));
        Floats = new((float*)aligned, length);
    }

    public int Length { get; }

    public Floats Floats { get; }

    public Span<float> Span => _array.AsSpan(_offset, Length);
}
