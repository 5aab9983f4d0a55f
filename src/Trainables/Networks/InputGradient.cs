namespace Tuning.Networks;

/// <summary>
/// How a network's first output changes with some of its inputs: a forward pass of all rows, then backward through the rows that are asked for. Nothing
/// is computed for parameters.
/// </summary>
internal sealed class InputGradient
{
    private readonly DenseNetwork _network;
    private readonly int _firstInput;
    private readonly int _count;
    private readonly FloatBuffer _outputs;
    private readonly FloatBuffer[] _deltas;
    private readonly FloatBuffer _values;
    private readonly FloatBuffer _arguments;
    private readonly FloatBuffer _sums;
    private readonly FloatBuffer _result;
    private readonly FloatBuffer _zero;

    /// <param name="network">The network.</param>
    /// <param name="maxRows">The most rows of a pass.</param>
    /// <param name="firstInput">The first input whose gradient is wanted.</param>
    /// <param name="count">How many inputs.</param>
    public InputGradient(DenseNetwork network, int maxRows, int firstInput, int count)
    {
        (_network, _firstInput, _count) = (network, firstInput, count);
        Workspace = new DenseWorkspace(network, maxRows, training: true);
        Stride = Workspace.MaxRows;
        var widest = network.Layers.Select(layer => layer.OutputStride).DefaultIfEmpty(0).Max();
        _outputs = new FloatBuffer(Stride);
        _deltas = [.. network.Layers.Select(layer => new FloatBuffer(Stride * layer.OutputStride))];
        _values = new FloatBuffer(Stride * widest);
        _arguments = network.Layers.Any(layer => Activations.NeedsArgument(layer.Activation)) ? new FloatBuffer(Stride * widest) : _values;
        _sums = new FloatBuffer(widest);
        _result = new FloatBuffer(Stride * count);
        _zero = new FloatBuffer(count);
    }

    public DenseWorkspace Workspace { get; }

    /// <summary>Room for rows: floats from one column to the next.</summary>
    public int Stride { get; }

    /// <summary>The first output of each row, filled by <see cref="Forward"/>.</summary>
    public Floats Outputs => _outputs.Floats;

    /// <summary>The first output of the rows in the workspace.</summary>
    public void Forward(int rows) => _network.Forward(Workspace, rows, Outputs, 1, Stride, 0, 1);

    /// <summary>The gradient of the first output by the inputs.</summary>
    /// <param name="rows">Which rows, of those that went forward.</param>
    /// <param name="transposed">The hidden weights of the layers after the first.</param>
    /// <param name="target">Receives [inputs, rows], in the places of these rows.</param>
    /// <param name="stride">Floats from one input to the next there.</param>
    [MethodImpl(AggressiveOptimization)]
    public void Backward(ReadOnlySpan<int> rows, TransposedWeights transposed, Floats target, nint stride)
    {
        var network = _network;
        var layers = network.Layers;
        var head = (network.Parameters + network.HeadWeight).Span[..network.FeatureStride];
        if (layers.Count == 0)
        {
            foreach (var row in rows)
            {
                for (var k = 0; k < _count; k++)
                {
                    target[(k * stride) + row] = head[_firstInput + k];
                }
            }

            return;
        }

        var delta = _deltas[^1].Floats;
        for (var i = 0; i < rows.Length; i++)
        {
            head.CopyTo(delta.Span[(i * network.FeatureStride)..]);
        }

        ThroughActivation(layers.Count - 1, rows, delta);
        for (var i = layers.Count - 1; i > 0; i--)
        {
            var layer = layers[i];
            var next = _deltas[i - 1].Floats;
            Gemm.Multiply(delta, layer.OutputStride, 1, transposed.Of(i), layer.InputStride, next, layer.InputStride, rows.Length, layer.Outputs,
                layer.InputStride);
            delta = next;
            ThroughActivation(i - 1, rows, delta);
        }

        var first = layers[0];
        Kernels.Narrow(delta, first.OutputStride, network.Parameters + first.Weight + ((nint)_firstInput * first.OutputStride), first.OutputStride,
            _zero.Floats, _result.Floats, 1, Stride, rows.Length, _count, first.OutputStride);
        for (var k = 0; k < _count; k++)
        {
            for (var i = 0; i < rows.Length; i++)
            {
                target[(k * stride) + rows[i]] = _result.Floats[(k * Stride) + i];
            }
        }

        GC.KeepAlive(this);
        GC.KeepAlive(transposed);
    }

    [MethodImpl(AggressiveOptimization)]
    private void ThroughActivation(int index, ReadOnlySpan<int> rows, Floats delta)
    {
        var stride = _network.Layers[index].OutputStride;
        Collect(rows, Workspace.Value(index), _values.Floats, stride);
        if (!ReferenceEquals(_arguments, _values))
        {
            Collect(rows, Workspace.Argument(index), _arguments.Floats, stride);
        }

        Activations.Backward(_network.Layers[index].Activation, _values.Floats, _arguments.Floats, delta, rows.Length, stride, _sums.Floats);
    }

    private static void Collect(ReadOnlySpan<int> rows, Floats from, Floats to, int stride)
    {
        foreach (var row in rows)
        {
            from.Span.Slice(row * stride, stride).CopyTo(to.Span);
            to += stride;
        }
    }
}
