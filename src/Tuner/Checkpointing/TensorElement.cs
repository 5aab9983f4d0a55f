using System.Collections.Frozen;

namespace Tuning.Checkpointing;

/// <summary>What the elements of a <see cref="NamedTensor"/> are: the types of safetensors files, all of which are read, kept and written bit for
/// bit.</summary>
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

    /// <summary>16-bit floating point, IEEE's.</summary>
    F16,

    /// <summary>16-bit floating point with the exponent of 32 bits.</summary>
    BF16,

    /// <summary>32-bit signed whole numbers.</summary>
    I32,

    /// <summary>16-bit signed whole numbers.</summary>
    I16,

    /// <summary>8-bit signed whole numbers.</summary>
    I8,

    /// <summary>64-bit unsigned whole numbers.</summary>
    U64,

    /// <summary>32-bit unsigned whole numbers.</summary>
    U32,

    /// <summary>16-bit unsigned whole numbers.</summary>
    U16,

    /// <summary>True or false, one byte each.</summary>
    Bool,

    /// <summary>8-bit floating point, 5 bits of exponent.</summary>
    F8E5M2,

    /// <summary>8-bit floating point, 4 bits of exponent.</summary>
    F8E4M3,

    /// <summary>8 bits of exponent alone: a power of two.</summary>
    F8E8M0,
}

/// <summary>Names and sizes of elements, and the types of .NET that hold them.</summary>
internal static class TensorElements
{
    private static readonly (TensorElement Element, string Name, int Size, Type? Type)[] _all =
    [
        (TensorElement.F32, "F32", 4, typeof(float)),
        (TensorElement.F64, "F64", 8, typeof(double)),
        (TensorElement.I64, "I64", 8, typeof(long)),
        (TensorElement.U8, "U8", 1, typeof(byte)),
        (TensorElement.F16, "F16", 2, typeof(Half)),
        (TensorElement.BF16, "BF16", 2, null),
        (TensorElement.I32, "I32", 4, typeof(int)),
        (TensorElement.I16, "I16", 2, typeof(short)),
        (TensorElement.I8, "I8", 1, typeof(sbyte)),
        (TensorElement.U64, "U64", 8, typeof(ulong)),
        (TensorElement.U32, "U32", 4, typeof(uint)),
        (TensorElement.U16, "U16", 2, typeof(ushort)),
        (TensorElement.Bool, "BOOL", 1, typeof(bool)),
        (TensorElement.F8E5M2, "F8_E5M2", 1, null),
        (TensorElement.F8E4M3, "F8_E4M3", 1, null),
        (TensorElement.F8E8M0, "F8_E8M0", 1, null),
    ];

    private static readonly FrozenDictionary<string, TensorElement> _byName = _all.ToFrozenDictionary(e => e.Name, e => e.Element);

    private static readonly FrozenDictionary<Type, TensorElement> _byType = _all.Where(e => e.Type is not null)
        .ToFrozenDictionary(e => e.Type!, e => e.Element);

    /// <summary>All names in safetensors files, for messages.</summary>
    public static string Names { get; } = string.Join(", ", _all.Select(e => e.Name));

    /// <summary>Bytes per element.</summary>
    public static int Size(this TensorElement element) => _all[(int)element].Size;

    /// <summary>The name in safetensors files.</summary>
    public static string Name(this TensorElement element) => _all[(int)element].Name;

    /// <summary>The element of a name in safetensors files.</summary>
    public static bool TryParse(string name, out TensorElement element) => _byName.TryGetValue(name, out element);

    /// <summary>The element that a type of .NET holds.</summary>
    /// <exception cref="NotSupportedException">None.</exception>
    public static TensorElement Of<T>() => _byType.TryGetValue(typeof(T), out var element)
        ? element
        : throw new NotSupportedException(
            $"A tensor cannot hold {typeof(T).Name}; it holds {string.Join(", ", _byType.Keys.Select(t => t.Name).Order(StringComparer.Ordinal))}.");
}
