namespace Tuning.Networks;

/// <summary>
/// A multilayer perceptron with one or more heads and perhaps a free parameter vector, all parameters in one block of memory.
/// Outside, parameters have PyTorch's names and shapes; inside, hidden weights are transposed and rows padded with zeros to whole vectors:
/// padding stays zero through training, because its inputs and gradients are.
/// </summary>
internal sealed class DenseNetwork
{
    /// <summary>A network of zeros.</summary>
    /// <param name="inputs">Number of inputs.</param>
    /// <param name="hidden">Sizes of the hidden layers.</param>
    /// <param name="activation">The function after each hidden layer.</param>
    /// <param name="encoderName">The name of the hidden layers; the n-th is <c>name.2n</c>, as in a PyTorch sequence with activations between.</param>
    /// <param name="heads">Names, sizes and gains of the heads.</param>
    /// <param name="freeName">The name of the free vector.</param>
    /// <param name="freeCount">Its size, or 0.</param>
    /// <param name="noise">State-dependent noise on its features, or null.</param>
    public DenseNetwork(int inputs, IReadOnlyList<int> hidden, ActivationKind activation, string encoderName,
        IReadOnlyList<(string Name, int Outputs, double Gain)> heads, string freeName = "", int freeCount = 0, NoiseShape? noise = null)
    {
        Inputs = inputs;
        InputStride = Pad(inputs);
        Activation = activation;
        FreeName = freeName;
        FreeCount = freeCount;
        var layers = new DenseLayer[hidden.Count];
        var (at, size, stride) = (0, inputs, InputStride);
        for (var i = 0; i < layers.Length; i++)
        {
            var outputStride = Pad(hidden[i]);
            var bias = checked(at + (size * outputStride));
            layers[i] = new($"{encoderName}.{2 * i}", size, stride, hidden[i], outputStride, at, bias);
            (at, size, stride) = (bias + outputStride, hidden[i], outputStride);
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
        Block = new(new(checked(Free + Pad(freeCount) + (Noise?.BlockLength ?? 0))), [.. Views()]);
        ParameterCount = layers.Sum(layer => ((long)layer.Inputs + 1) * layer.Outputs) + (((long)size + 1) * Outputs) + freeCount
            + (Noise?.ParameterCount ?? 0);
    }

    public int Inputs { get; }

    public int InputStride { get; }

    public ActivationKind Activation { get; }

    public IReadOnlyList<DenseLayer> Layers { get; }

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
    public void Initialize(string initializer, RandomStream random, float free)
    {
        foreach (var layer in Layers)
        {
            var (weights, biases) = (new float[layer.Outputs * layer.Inputs], new float[layer.Outputs]);
            Initializers.Fill(initializer, layer.Outputs, layer.Inputs, Math.Sqrt(2), random, weights, biases);
            new ParameterView($"{layer.Name}.weight", [layer.Outputs, layer.Inputs], layer.Weight, 1, layer.OutputStride).Write(Block.Memory, weights);
            biases.CopyTo(Block.Memory.Span[layer.Bias..]);
        }

        foreach (var head in Heads)
        {
            var (weights, biases) = (new float[head.Outputs * FeatureSize], new float[head.Outputs]);
            Initializers.Fill(initializer, head.Outputs, FeatureSize, head.Gain, random, weights, biases);
            new ParameterView($"{head.Name}.weight", [head.Outputs, FeatureSize], HeadWeight + (head.First * FeatureStride), FeatureStride, 1)
                .Write(Block.Memory, weights);
            biases.CopyTo(Block.Memory.Span[(HeadBias + head.First)..]);
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
            if (Activation == ActivationKind.Tanh)
            {
                Gemm.Tanh(input, layer.InputStride, parameters + layer.Weight, layer.OutputStride, value, rows, layer.Inputs, layer.OutputStride,
                    parameters + layer.Bias);
            }
            else
            {
                Gemm.Multiply(input, layer.InputStride, 1, parameters + layer.Weight, layer.OutputStride, argument, layer.OutputStride, rows, layer.Inputs,
                    layer.OutputStride, parameters + layer.Bias);
                Numerics.Activation.Apply(Activation, argument, value, rows * layer.OutputStride);
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

    private IEnumerable<ParameterView> Views()
    {
        foreach (var layer in Layers)
        {
            yield return new($"{layer.Name}.weight", [layer.Outputs, layer.Inputs], layer.Weight, 1, layer.OutputStride);
            yield return new($"{layer.Name}.bias", [layer.Outputs], layer.Bias, 1, 0);
        }

        foreach (var head in Heads)
        {
            yield return new($"{head.Name}.weight", [head.Outputs, FeatureSize], HeadWeight + (head.First * FeatureStride), FeatureStride, 1);
            yield return new($"{head.Name}.bias", [head.Outputs], HeadBias + head.First, 1, 0);
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
