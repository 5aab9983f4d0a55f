namespace Tuning.Networks;

/// <summary>Where a hidden layer's parameters stand, in floats from the network's first: weights as [inputs, padded outputs], then biases.</summary>
/// <param name="Inputs">Number of inputs.</param>
/// <param name="InputStride">Floats from one row of inputs to the next.</param>
/// <param name="Outputs">Number of outputs.</param>
/// <param name="OutputStride">Number of outputs, padded to whole vectors.</param>
/// <param name="Weight">Place of the weights.</param>
/// <param name="Bias">Place of the biases.</param>
/// <param name="Activation">The function behind it.</param>
internal sealed record DenseLayer(int Inputs, int InputStride, int Outputs, int OutputStride, int Weight, int Bias, Activation Activation);

/// <summary>Some of a network's outputs. The weights of all heads stand as [outputs, padded inputs], one head after the other, then all biases.</summary>
/// <param name="Name">The name before <c>.weight</c> and <c>.bias</c>.</param>
/// <param name="First">Its first output.</param>
/// <param name="Outputs">Number of outputs.</param>
/// <param name="Gain">The factor of orthogonal starting weights.</param>
internal sealed record DenseHead(string Name, int First, int Outputs, double Gain);
