namespace Tuning.Networks;

/// <summary>Backpropagation through a <see cref="DenseNetwork"/> for one block of rows, into a gradient block of its own.</summary>
internal sealed class DenseGradient
{
    private readonly DenseNetwork _network;
    private readonly FloatBuffer[] _deltas;
    private readonly FloatBuffer _outputs;
    private readonly FloatBuffer _outputDeltas;
    private readonly NoiseGradient? _noise;

    public DenseGradient(DenseNetwork network, int maxRows)
    {
        _network = network;
        Workspace = new DenseWorkspace(network, maxRows, training: true);
        Stride = Workspace.MaxRows;
        _deltas = [.. network.Layers.Select(layer => new FloatBuffer(Stride * layer.OutputStride))];
        Block = new FloatBuffer(network.BlockLength);
        _noise = network.Noise is { } noise ? new NoiseGradient(noise, Stride) : null;
        var columns = network.Outputs + network.FreeCount + (network.Noise?.Actions ?? 0);
        _outputs = new FloatBuffer(columns * Stride);
        _outputDeltas = new FloatBuffer(columns * Stride);
    }

    public DenseWorkspace Workspace { get; }

    /// <summary>Floats from one output to the next in <see cref="Outputs"/>: they stand by column, one output of all rows after the other.</summary>
    public int Stride { get; }

    /// <summary>The gradient, in the network's layout.</summary>
    public FloatBuffer Block { get; }

    /// <summary>[outputs, then free vector, then log deviations of the noise; rows]: filled by <see cref="Forward"/>.</summary>
    public Floats Outputs => _outputs.Floats;

    /// <summary>Likewise: the loss's gradient by the outputs, filled by the loss, zero in padded rows.</summary>
    public Floats OutputDeltas => _outputDeltas.Floats;

    private nint NoiseStart => (nint)(_network.Outputs + _network.FreeCount) * Stride;

    /// <summary>The outputs of the rows in the workspace.</summary>
    [MethodImpl(AggressiveOptimization)]
    public void Forward(int rows)
    {
        _network.Forward(Workspace, rows, Outputs, 1, Stride, 0, _network.Outputs);
        for (var i = 0; i < _network.FreeCount; i++)
        {
            (Outputs + ((nint)(_network.Outputs + i) * Stride)).Span[..rows].Fill(_network.Parameters[_network.Free + i]);
        }

        _noise?.Forward(_network.Parameters, Workspace.Features, rows, Outputs + NoiseStart, Stride);
    }

    /// <summary>The gradient by all parameters.</summary>
    /// <param name="rows">Number of rows, a multiple of 16; rows that are padding have zero deltas.</param>
    /// <param name="transposed">The hidden weights, [outputs, padded inputs], of the layers after the first.</param>
    [MethodImpl(AggressiveOptimization)]
    public void Backward(int rows, TransposedWeights transposed)
    {
        var network = _network;
        Floats parameters = network.Parameters, gradients = Block.Floats, outputDeltas = OutputDeltas;
        var layers = network.Layers;
        var features = layers.Count > 0 ? Workspace.Value(layers.Count - 1) : Workspace.Input;
        Gemm.Multiply(outputDeltas, Stride, 1, features, network.FeatureStride, gradients + network.HeadWeight, network.FeatureStride, network.Outputs, rows,
            network.FeatureStride);
        for (var n = 0; n < network.Outputs; n++)
        {
            gradients[network.HeadBias + n] = Kernels.Sum(outputDeltas + ((nint)n * Stride), rows);
        }

        for (var i = 0; i < network.FreeCount; i++)
        {
            gradients[network.Free + i] = Kernels.Sum(outputDeltas + ((nint)(network.Outputs + i) * Stride), rows);
        }

        _noise?.Backward(parameters, features, rows, Outputs + NoiseStart, outputDeltas + NoiseStart, Stride, gradients);
        if (layers.Count == 0)
        {
            return;
        }

        // The deltas of a layer's arguments: of its values, times the slope of the activation.
        var delta = Delta(layers.Count - 1, outputDeltas, 1, Stride, parameters + network.HeadWeight, rows, network.Outputs);
        for (var i = layers.Count - 1; i >= 0; i--)
        {
            var layer = layers[i];
            var input = i > 0 ? Workspace.Value(i - 1) : Workspace.Input;
            Gemm.Multiply(input, 1, layer.InputStride, delta, layer.OutputStride, gradients + layer.Weight, layer.OutputStride, layer.Inputs, rows,
                layer.OutputStride);
            if (i > 0)
            {
                delta = Delta(i - 1, delta, layer.OutputStride, 1, transposed.Of(i), rows, layer.Outputs);
            }
        }

        network.Disconnect(gradients);
        GC.KeepAlive(this);
        GC.KeepAlive(transposed);
    }

    /// <summary>The deltas of a layer's arguments from those behind it, which stand by two strides; also the gradient of its biases.</summary>
    [MethodImpl(AggressiveOptimization)]
    private Floats Delta(int index, Floats behind, nint row, nint step, Floats weights, int rows, int inner)
    {
        var (layer, kind) = (_network.Layers[index], _network.Layers[index].Activation);
        Floats delta = _deltas[index].Floats, value = Workspace.Value(index), biases = Block.Floats + layer.Bias;
        var learnsFromNoise = index == _network.Layers.Count - 1 && _network.Noise is { LearnFeatures: true };
        if (kind == Activation.Tanh && !learnsFromNoise)
        {
            Gemm.TanhSlope(behind, row, step, weights, layer.OutputStride, value, delta, rows, inner, layer.OutputStride, biases);
        }
        else
        {
            Gemm.Multiply(behind, row, step, weights, layer.OutputStride, delta, layer.OutputStride, rows, inner, layer.OutputStride);
            if (learnsFromNoise)
            {
                _noise!.AddFeatureDeltas(value, rows, delta);
            }

            Activations.Backward(kind, value, Workspace.Argument(index), delta, rows, layer.OutputStride, biases);
        }

        return delta;
    }
}

/// <summary>Copies of a network's hidden weights as [outputs, padded inputs], which backpropagation multiplies with.</summary>
internal sealed class TransposedWeights
{
    private readonly DenseNetwork _network;
    private readonly FloatBuffer[] _copies;

    public TransposedWeights(DenseNetwork network)
    {
        _network = network;
        _copies = [.. network.Layers.Select((layer, i) => new FloatBuffer(i == 0 ? 0 : layer.OutputStride * layer.InputStride))];
    }

    /// <summary>The copy of a hidden layer after the first.</summary>
    public Floats Of(int layer) => _copies[layer].Floats;

    /// <summary>Takes the weights as they are now.</summary>
    public void Refresh()
    {
        for (var i = 1; i < _network.Layers.Count; i++)
        {
            var layer = _network.Layers[i];
            if (layer.Inputs % 4 == 0)
            {
                Kernels.Transpose(_network.Parameters + layer.Weight, layer.OutputStride, _copies[i].Floats, layer.InputStride, layer.Inputs,
                    layer.OutputStride);
                continue;
            }

            for (var k = 0; k < layer.Inputs; k++)
            {
                for (var n = 0; n < layer.Outputs; n++)
                {
                    _copies[i].Floats[(n * layer.InputStride) + k] = _network.Parameters[layer.Weight + (k * layer.OutputStride) + n];
                }
            }
        }
    }
}
