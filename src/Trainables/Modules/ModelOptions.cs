namespace Tuning.Modules;

/// <summary>How the default networks are built: RLlib's <c>model</c> options that matter for networks of full layers.</summary>
public sealed record ModelOptions
{
    /// <summary>Sizes of the hidden layers.</summary>
    /// <value>Default: 256, 256. Empty: the heads stand on the observation itself.</value>
    [Between(1, 65_536), JsonPropertyName("fcnet_hiddens")]
    public IReadOnlyList<int> HiddenLayers { get; init; } = [256, 256];

    /// <summary>Earlier name of <see cref="HiddenLayers"/>.</summary>
    [Obsolete("Use HiddenLayers."), JsonIgnore]
    public IReadOnlyList<int> FcnetHiddens { get => HiddenLayers; init => HiddenLayers = value; }

    /// <summary>The function between the layers: <c>tanh</c>, <c>relu</c>, <c>swish</c> (also <c>silu</c>) or <c>linear</c>.</summary>
    /// <value>Default: tanh.</value>
    [JsonPropertyName("fcnet_activation")]
    public Activation Activation { get; init; } = Activation.Tanh;

    /// <summary>Earlier name of <see cref="Activation"/>.</summary>
    [Obsolete("Use Activation."), JsonIgnore]
    public Activation FcnetActivation { get => Activation; init => Activation = value; }

    /// <summary>Whether policy and value function share the hidden layers.</summary>
    /// <value>Default: false, as the algorithm's default is.</value>
    [JsonPropertyName("vf_share_layers")]
    public bool ValueSharesLayers { get; init; }

    /// <summary>Earlier name of <see cref="ValueSharesLayers"/>.</summary>
    [Obsolete("Use ValueSharesLayers."), JsonIgnore]
    public bool VfShareLayers { get => ValueSharesLayers; init => ValueSharesLayers = value; }

    /// <summary>
    /// Whether the log standard deviations of a Gaussian are parameters of their own, the same for every observation, instead of
    /// outputs of the network.
    /// </summary>
    /// <value>Default: false.</value>
    /// <remarks>Ignored for discrete actions.</remarks>
    [JsonPropertyName("free_log_std")]
    public bool FreeLogStandardDeviation { get; init; }

    /// <summary>Earlier name of <see cref="FreeLogStandardDeviation"/>.</summary>
    [Obsolete("Use FreeLogStandardDeviation."), JsonIgnore]
    public bool FreeLogStd { get => FreeLogStandardDeviation; init => FreeLogStandardDeviation = value; }

    /// <summary>The log standard deviation that a free one starts with, and each of the matrix of state-dependent noise (Stable-Baselines3's
    /// <c>log_std_init</c>).</summary>
    /// <value>Default: 0.</value>
    [Between(-20, 20), JsonPropertyName("initial_log_std")]
    public double InitialLogStandardDeviation { get; init; }

    /// <summary>Earlier name of <see cref="InitialLogStandardDeviation"/>.</summary>
    [Obsolete("Use InitialLogStandardDeviation."), JsonIgnore]
    public double InitialLogStd { get => InitialLogStandardDeviation; init => InitialLogStandardDeviation = value; }

    /// <summary>
    /// State-dependent exploration, gSDE (Raffin, Kober and Stulp, 2021; Stable-Baselines3's <c>use_sde</c>): noise on actions is a random
    /// matrix times the last hidden layer, and the matrix stays for some steps, so that exploration is smooth. For continuous actions.
    /// </summary>
    /// <value>Default: false.</value>
    public bool UseGsde { get; init; }

    /// <summary>Whether each number of an action has log standard deviations of its own under <see cref="UseGsde"/>; else all share one vector.</summary>
    /// <value>Default: true, as Stable-Baselines3's.</value>
    [JsonPropertyName("full_std")]
    public bool FullStandardDeviation { get; init; } = true;

    /// <summary>Earlier name of <see cref="FullStandardDeviation"/>.</summary>
    [Obsolete("Use FullStandardDeviation."), JsonIgnore]
    public bool FullStd { get => FullStandardDeviation; init => FullStandardDeviation = value; }

    /// <summary>Whether standard deviations above 1 grow as 1 + ln(1 + x) instead of eˣ under <see cref="UseGsde"/>, so that they do not explode.</summary>
    /// <value>Default: false, as Stable-Baselines3's.</value>
    public bool UseExpln { get; init; }

    /// <summary>
    /// How weights start: <c>orthogonal</c> (gain √2 in hidden layers, 0.01 at the policy's head, 1 at the value's; biases 0) or
    /// <c>kaiming_uniform</c> (PyTorch's <c>nn.Linear</c>: weights and biases uniform in ±1/√inputs).
    /// </summary>
    /// <value>Default: orthogonal.</value>
    [JsonPropertyName("fcnet_kernel_initializer")]
    public KernelInitializer KernelInitializer { get; init; } = KernelInitializer.Orthogonal;

    /// <summary>Earlier name of <see cref="KernelInitializer"/>.</summary>
    [Obsolete("Use KernelInitializer."), JsonIgnore]
    public KernelInitializer FcnetKernelInitializer { get => KernelInitializer; init => KernelInitializer = value; }

    /// <inheritdoc/>
    public override string ToString() => OptionText.Of(this);
}
