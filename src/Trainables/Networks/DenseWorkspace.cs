namespace Tuning.Networks;

/// <summary>The rows that pass through a <see cref="DenseNetwork"/>: inputs, and for each hidden layer what goes into its activation and what comes
/// out.</summary>
internal sealed class DenseWorkspace
{
    private readonly FloatBuffer _input;
    private readonly FloatBuffer[] _arguments;
    private readonly FloatBuffer[] _values;
    private readonly FloatBuffer? _noise;

    public DenseWorkspace(DenseNetwork network, int maxRows, bool training)
    {
        MaxRows = DenseNetwork.Pad(maxRows);
        _input = new FloatBuffer(MaxRows * network.InputStride);
        _values = [.. network.Layers.Select(layer => new FloatBuffer(MaxRows * layer.OutputStride))];
        _arguments = training && network.Layers.Any(layer => Activations.NeedsArgument(layer.Activation))
            ? [.. network.Layers.Select(layer => new FloatBuffer(MaxRows * layer.OutputStride))]
            : _values;
        _noise = network.Noise is { } noise ? new FloatBuffer(noise.Size) : null;
    }

    public int MaxRows { get; }

    /// <summary>[rows, padded inputs]; whoever fills it leaves the padding alone.</summary>
    public Floats Input => _input.Floats;

    /// <summary>What the activation of a hidden layer is applied to; its values, where the derivative does not need the argument.</summary>
    public Floats Argument(int layer) => _arguments[layer].Floats;

    /// <summary>The values of a hidden layer.</summary>
    public Floats Value(int layer) => _values[layer].Floats;

    /// <summary>What the heads see: the values of the last hidden layer, or the input.</summary>
    public Floats Features => (_values.Length > 0 ? _values[^1] : _input).Floats;

    /// <summary>Room for the scales of the network's noise.</summary>
    public Floats NoiseScales => _noise!.Floats;

    /// <summary>Copies rows that are laid end to end into <see cref="Input"/>.</summary>
    [MethodImpl(AggressiveOptimization)]
    public void SetInput(ReadOnlySpan<float> rows, int count, int inputs, int stride)
    {
        for (var i = 0; i < count; i++)
        {
            rows.Slice(i * inputs, inputs).CopyTo(_input.Span[(i * stride)..]);
        }
    }
}
