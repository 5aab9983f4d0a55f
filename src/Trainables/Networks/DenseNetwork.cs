namespace Tuning.Networks;

/// <summary>
/// A multilayer perceptron with one or more heads and perhaps a free parameter vector, all parameters in one block of memory.
/// Outside, parameters have PyTorch's names and shapes; inside, hidden weights are transposed and rows padded with zeros to whole vectors:
/// padding stays zero through training, because its inputs and gradients are.
/// </summary>
internal sealed class DenseNetwork
{
    private readonly (ParameterView Weight, ParameterView Bias, double Gain)[] _parts;
    private readonly int[] _streamStrides;

    /// <summary>A network of zeros.</summary>
    /// <param name="inputs">Number of inputs.</param>
    /// <param name="hidden">Sizes of the hidden layers.</param>
    /// <param name="activation">The function after each hidden layer.</param>
    /// <param name="encoderName">The name of the hidden layers; the n-th is <c>name.2n</c>, as in a PyTorch sequence with activations between.</param>
    /// <param name="heads">Names, sizes and gains of the heads.</param>
    /// <param name="freeName">The name of the free vector.</param>
    /// <param name="freeCount">Its size, or 0.</param>
    /// <param name="noise">State-dependent noise on its features, or null.</param>
    /// <param name="streams">Sizes of hidden layers that each head has for itself behind the others, with rectifiers; null for none. They have the head's name
    /// with other numbers.</param>
    public DenseNetwork(int inputs, IReadOnlyList<int> hidden, Activation activation, string encoderName,
        IReadOnlyList<(string Name, int Outputs, double Gain)> heads, string freeName = "", int freeCount = 0, NoiseShape? noise = null,
        IReadOnlyList<int>? streams = null)
    {
        Inputs = inputs;
        InputStride = Pad(inputs);
        FreeName = freeName;
        FreeCount = freeCount;
        EncoderLayers = hidden.Count;
        _streamStrides = [.. (streams ?? []).Select(Pad)];
        var layers = new List<DenseLayer>();
        var (at, size, stride) = (0, inputs, InputStride);
        for (var i = 0; i < hidden.Count; i++)
        {
            AddLayer(hidden[i], Pad(hidden[i]), activation);
        }

        // The layers of all streams side by side: to the second and later ones, and to the heads, what other streams compute counts zero.
        var encoded = size;
        foreach (var width in _streamStrides)
        {
            AddLayer(heads.Count * width, heads.Count * width, Activation.Relu);
        }

        Layers = layers;
        FeatureSize = size;
        FeatureStride = stride;
        var built = new DenseHead[heads.Count];
        for (var i = 0; i < built.Length; i++)
        {
            built[i] = new(heads[i].Name, Outputs, heads[i].Outputs, heads[i].Gain);
            Outputs += heads[i].Outputs;
        }

        Heads = built;
        HeadWeight = at;
        HeadBias = checked(at + (Outputs * stride));
        Free = HeadBias + Pad(Outputs);
        Noise = noise is null ? null : new(noise, Free + Pad(freeCount), size, stride);
        _parts = [.. Parts(encoderName, encoded, streams ?? [])];
        Block = new(new(checked(Free + Pad(freeCount) + (Noise?.BlockLength ?? 0))), [.. Views()]);
        ParameterCount = Block.Views.Sum(view => (long)view.Count);

        void AddLayer(int outputs, int outputStride, Activation kind)
        {
            var bias = checked(at + (size * outputStride));
            layers.Add(new(size, stride, outputs, outputStride, at, bias, kind));
            (at, size, stride) = (bias + outputStride, outputs, outputStride);
        }
    }

    public int Inputs { get; }

    public int InputStride { get; }

    /// <summary>All hidden layers, those of streams behind the others.</summary>
    public IReadOnlyList<DenseLayer> Layers { get; }

    /// <summary>How many hidden layers all heads share.</summary>
    public int EncoderLayers { get; }

    public IReadOnlyList<DenseHead> Heads { get; }

    /// <summary>Number of inputs of the heads.</summary>
    public int FeatureSize { get; }

    /// <summary>Floats from one row of the heads' inputs to the next.</summary>
    public int FeatureStride { get; }

    /// <summary>Outputs of all heads together.</summary>
    public int Outputs { get; }

    public int HeadWeight { get; }

    public int HeadBias { get; }

    /// <summary>Place of the free vector.</summary>
    public int Free { get; }

    public string FreeName { get; }

    public int FreeCount { get; }

    /// <summary>State-dependent noise on the features, or null. Its log standard deviations follow after the outputs and the free vector.</summary>
    public StateDependentNoise? Noise { get; }

    /// <summary>Number of parameters, padding not counted.</summary>
    public long ParameterCount { get; }

    /// <summary>Floats of the parameter block, a multiple of 16; gradients and moments have the same layout.</summary>
    public int BlockLength => Block.Length;

    /// <summary>All parameters: name, outer shape, and place.</summary>
    public ParameterBlock Block { get; }

    public Floats Parameters => Block.Floats;

    /// <summary>The smallest multiple of 16 that is not below.</summary>
    public static int Pad(int size) => checked(size + 15) & ~15;

    /// <summary>Draws starting weights.</summary>
    /// <param name="initializer">An initializer's name.</param>
    /// <param name="random">Where they come from.</param>
    /// <param name="free">The value of the free vector, and of the logarithms of the noise.</param>
    public void Initialize(KernelInitializer initializer, RandomStream random, float free)
    {
        foreach (var (weight, bias, gain) in _parts)
        {
            var (weights, biases) = (new float[weight.Count], new float[bias.Count]);
            Initializers.Fill(initializer, weight.Shape[0], weight.Shape[1], gain, random, weights, biases);
            weight.Write(Block.Memory, weights);
            bias.Write(Block.Memory, biases);
        }

        Block.Memory.Span.Slice(Free, FreeCount).Fill(free);
        Noise?.Fill(Block.Memory, free);
    }

    /// <summary>The outputs of all heads.</summary>
    /// <param name="workspace">Its <see cref="DenseWorkspace.Input"/> holds the rows.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="outputs">Receives them.</param>
    /// <param name="outputRow">Stride of their rows.</param>
    /// <param name="outputColumn">Stride of their columns.</param>
    /// <param name="firstOutput">The first output that is wanted.</param>
    /// <param name="outputCount">How many are wanted.</param>
    [MethodImpl(AggressiveOptimization)]
    public void Forward(DenseWorkspace workspace, int rows, Floats outputs, nint outputRow, nint outputColumn, int firstOutput, int outputCount)
    {
        var parameters = Parameters;
        var input = workspace.Input;
        for (var i = 0; i < Layers.Count; i++)
        {
            var layer = Layers[i];
            Floats argument = workspace.Argument(i), value = workspace.Value(i);
            if (layer.Activation == Activation.Tanh)
            {
                Gemm.Tanh(input, layer.InputStride, parameters + layer.Weight, layer.OutputStride, value, rows, layer.Inputs, layer.OutputStride,
                    parameters + layer.Bias);
            }
            else
            {
                Gemm.Multiply(input, layer.InputStride, 1, parameters + layer.Weight, layer.OutputStride, argument, layer.OutputStride, rows, layer.Inputs,
                    layer.OutputStride, parameters + layer.Bias);
                Activations.Apply(layer.Activation, argument, value, rows * layer.OutputStride);
            }

            input = value;
        }

        Kernels.Narrow(input, FeatureStride, parameters + HeadWeight + (firstOutput * FeatureStride), FeatureStride, parameters + HeadBias + firstOutput,
            outputs, outputRow, outputColumn, rows, outputCount, FeatureStride);
        GC.KeepAlive(this);
        GC.KeepAlive(workspace);
    }

    /// <summary>The log standard deviations of the noise, for the rows that <see cref="Forward"/> left in the workspace.</summary>
    /// <param name="workspace">The same as there.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="outputs">Receives one number per row and action.</param>
    /// <param name="outputRow">Stride of its rows.</param>
    /// <param name="outputColumn">Stride of its columns.</param>
    public void ForwardNoise(DenseWorkspace workspace, int rows, Floats outputs, nint outputRow, nint outputColumn)
    {
        Noise!.Scales(Parameters, workspace.NoiseScales);
        Noise.LogDeviations(workspace.Features, workspace.NoiseScales, rows, outputs, outputRow, outputColumn);
        GC.KeepAlive(this);
        GC.KeepAlive(workspace);
    }

    /// <summary>Sets those numbers of a gradient to zero that lead from one stream into another, where there is no connection.</summary>
    public void Disconnect(Floats gradient)
    {
        if (Heads.Count == 1)
        {
            return;
        }

        for (var i = 1; i < _streamStrides.Length; i++)
        {
            var (layer, from, to) = (Layers[EncoderLayers + i], _streamStrides[i - 1], _streamStrides[i]);
            for (var row = 0; row < layer.Inputs; row++)
            {
                KeepOnly(gradient + layer.Weight + (row * layer.OutputStride), layer.OutputStride, row / from * to, to);
            }
        }

        for (var i = 0; i < Heads.Count && _streamStrides is [.., var width]; i++)
        {
            for (var row = Heads[i].First; row < Heads[i].First + Heads[i].Outputs; row++)
            {
                KeepOnly(gradient + HeadWeight + (row * FeatureStride), FeatureStride, i * width, width);
            }
        }

        static void KeepOnly(Floats row, int length, int first, int count)
        {
            row.Span[..first].Clear();
            row.Span[(first + count)..length].Clear();
        }
    }

    // The matrices with their biases and gains: the shared layers, then those of each head.
    private IEnumerable<(ParameterView Weight, ParameterView Bias, double Gain)> Parts(string encoderName, int encoded, IReadOnlyList<int> streams)
    {
        for (var i = 0; i < EncoderLayers; i++)
        {
            yield return Hidden($"{encoderName}.{2 * i}", Layers[i], Layers[i].Inputs, Layers[i].Outputs, 0, 0);
        }

        for (var h = 0; h < Heads.Count; h++)
        {
            var head = Heads[h];
            for (var i = 0; i < streams.Count; i++)
            {
                yield return Hidden($"{head.Name[..head.Name.LastIndexOf('.')]}.{2 * i}", Layers[EncoderLayers + i], i == 0 ? encoded : streams[i - 1],
                    streams[i],
                    i == 0 ? 0 : h * _streamStrides[i - 1], h * _streamStrides[i]);
            }

            var (features, place) = streams.Count == 0 ? (FeatureSize, 0) : (streams[^1], h * _streamStrides[^1]);
            yield return (new($"{head.Name}.weight", [head.Outputs, features], HeadWeight + (head.First * FeatureStride) + place, FeatureStride, 1),
                new($"{head.Name}.bias", [head.Outputs], HeadBias + head.First, 1, 0), head.Gain);
        }

        static (ParameterView, ParameterView, double) Hidden(string name, DenseLayer layer, int inputs, int outputs, int firstInput, int firstOutput) =>
            (new($"{name}.weight", [outputs, inputs], layer.Weight + (firstInput * layer.OutputStride) + firstOutput, 1, layer.OutputStride),
                new($"{name}.bias", [outputs], layer.Bias + firstOutput, 1, 0), Math.Sqrt(2));
    }

    private IEnumerable<ParameterView> Views()
    {
        foreach (var (weight, bias, _) in _parts)
        {
            yield return weight;
            yield return bias;
        }

        if (FreeCount > 0)
        {
            yield return new(FreeName, [FreeCount], Free, 1, 0);
        }

        if (Noise is not null)
        {
            yield return Noise.View;
        }
    }
}
