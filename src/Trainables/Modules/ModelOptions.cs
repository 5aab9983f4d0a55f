namespace Tuning.Modules;

/// <summary>How the default networks are built: RLlib's <c>model</c> options that matter for networks of full layers.</summary>
public sealed record ModelOptions
{
    /// <summary>Sizes of the hidden layers.</summary>
    /// <value>Default: 256, 256. Empty: the heads stand on the observation itself.</value>
    public IReadOnlyList<int> FcnetHiddens { get; init; } = [256, 256];

    /// <summary>The function between the layers: <c>tanh</c>, <c>relu</c>, <c>swish</c> (also <c>silu</c>) or <c>linear</c>.</summary>
    /// <value>Default: tanh.</value>
    public string FcnetActivation { get; init; } = "tanh";

    /// <summary>Whether policy and value function share the hidden layers.</summary>
    /// <value>Default: false, as the algorithm's default is.</value>
    public bool VfShareLayers { get; init; }

    /// <summary>
    /// Whether the log standard deviations of a Gaussian are parameters of their own, the same for every observation, instead of
    /// outputs of the network.
    /// </summary>
    /// <value>Default: false.</value>
    /// <remarks>Ignored for discrete actions.</remarks>
    public bool FreeLogStd { get; init; }

    /// <summary>The log standard deviation that a free one starts with.</summary>
    /// <value>Default: 0.</value>
    public double InitialLogStd { get; init; }

    /// <summary>
    /// How weights start: <c>orthogonal</c> (gain √2 in hidden layers, 0.01 at the policy's head, 1 at the value's; biases 0) or
    /// <c>kaiming_uniform</c> (PyTorch's <c>nn.Linear</c>: weights and biases uniform in ±1/√inputs).
    /// </summary>
    /// <value>Default: orthogonal.</value>
    public string FcnetKernelInitializer { get; init; } = "orthogonal";
}
