using System.Runtime.InteropServices;

namespace Tuning.Networks;

/// <summary>
/// What a policy computes, as operations on named tensors: what is exported. Operations, their attributes and types are ONNX's (operator set
/// <see cref="OperatorSet"/>); rows of a batch are the first dimension of every tensor that depends on observations.
/// </summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class ModelGraph
{
    /// <summary>The version of ONNX's operators.</summary>
    public const int OperatorSet = 17;

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<ModelOperation> _operations = [];
    private readonly List<ModelConstant> _constants = [];

    internal ModelGraph()
    {
    }

    internal IReadOnlyList<ModelOperation> Operations => _operations;

    internal IReadOnlyList<ModelConstant> Constants => _constants;

    /// <summary>Adds an operation with one output.</summary>
    /// <param name="operation">ONNX's name of it: <c>Gemm</c>, <c>Tanh</c>.</param>
    /// <param name="inputs">The names of its inputs.</param>
    /// <param name="attributes">Its attributes, whole numbers.</param>
    /// <returns>The name of its output.</returns>
    public string Add(string operation, IReadOnlyList<string> inputs, params ReadOnlySpan<(string Name, long Value)> attributes)
    {
        ArgumentException.ThrowIfNullOrEmpty(operation);
        ArgumentNullException.ThrowIfNull(inputs);
        var output = Unique(operation.ToLowerInvariant());
        _operations.Add(new(operation, [.. inputs], output, [.. attributes]));
        return output;
    }

    /// <summary>Adds numbers that do not depend on observations, such as weights.</summary>
    /// <param name="name">Their name, made unique where it is taken.</param>
    /// <param name="values">The numbers, row by row.</param>
    /// <param name="shape">Their shape; none for a single number.</param>
    /// <returns>The name under which they are known.</returns>
    public string Constant(string name, ReadOnlySpan<float> values, params ReadOnlySpan<int> shape) =>
        Add(name, ModelElement.Float, MemoryMarshal.AsBytes(values), shape);

    /// <inheritdoc cref="Constant(string, ReadOnlySpan{float}, ReadOnlySpan{int})"/>
    public string Constant(string name, ReadOnlySpan<double> values, params ReadOnlySpan<int> shape) =>
        Add(name, ModelElement.Double, MemoryMarshal.AsBytes(values), shape);

    /// <inheritdoc cref="Constant(string, ReadOnlySpan{float}, ReadOnlySpan{int})"/>
    public string Constant(string name, ReadOnlySpan<long> values, params ReadOnlySpan<int> shape) =>
        Add(name, ModelElement.Int64, MemoryMarshal.AsBytes(values), shape);

    /// <summary>Columns <paramref name="start"/> up to <paramref name="end"/> of [rows, columns].</summary>
    internal string Columns(string input, int start, int end) =>
        Add("Slice", [input, Constant("start", [(long)start], 1), Constant("end", [(long)end], 1), Constant("axis", [1L], 1)]);

    /// <summary>Gives a tensor a name of its own.</summary>
    internal void Name(string tensor, string name) =>
        _operations.Add(new("Identity", [tensor], _names.Add(name) ? name : throw new InvalidOperationException($"'{name}' is taken."), []));

    /// <summary>Reserves the name of an input.</summary>
    internal string Input(string name) => _names.Add(name) ? name : throw new InvalidOperationException($"'{name}' is taken.");

    private string Add(string name, ModelElement element, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> shape)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var constant = new ModelConstant(Unique(name), element, [.. shape], bytes.ToArray());
        _constants.Add(constant);
        return constant.Name;
    }

    private string Unique(string name)
    {
        var unique = name;
        for (var i = 1; !_names.Add(unique); i++)
        {
            unique = $"{name}_{i}";
        }

        return unique;
    }
}

/// <summary>An operation of a <see cref="ModelGraph"/>.</summary>
internal sealed record ModelOperation(string Name, ImmutableArray<string> Inputs, string Output, ImmutableArray<(string Name, long Value)> Attributes);

/// <summary>Numbers of a <see cref="ModelGraph"/>, little-endian.</summary>
internal sealed record ModelConstant(string Name, ModelElement Element, ImmutableArray<int> Shape, byte[] Bytes);

/// <summary>The types of elements, with ONNX's numbers.</summary>
internal enum ModelElement
{
    Float = 1,
    Int64 = 7,
    Double = 11,
}
