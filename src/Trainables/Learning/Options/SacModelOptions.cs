namespace Tuning;

/// <summary>How a network of SAC is built.</summary>
public record SacModelOptions
{
    /// <summary>Sizes of the hidden layers.</summary>
    /// <value>Default: 256, 256.</value>
    [Between(1, 65_536), JsonPropertyName("fcnet_hiddens")]
    public IReadOnlyList<int> HiddenLayers { get; init; } = [256, 256];

    /// <summary>Earlier name of <see cref="HiddenLayers"/>.</summary>
    [Obsolete("Use HiddenLayers."), JsonIgnore]
    public IReadOnlyList<int> FcnetHiddens { get => HiddenLayers; init => HiddenLayers = value; }

    /// <summary>The function between the layers: <c>tanh</c>, <c>relu</c>, <c>swish</c> (also <c>silu</c>) or <c>linear</c>.</summary>
    /// <value>Default: relu.</value>
    [JsonPropertyName("fcnet_activation")]
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>Earlier name of <see cref="Activation"/>.</summary>
    [Obsolete("Use Activation."), JsonIgnore]
    public Activation FcnetActivation { get => Activation; init => Activation = value; }

    /// <summary>How weights start: <c>kaiming_uniform</c> or <c>orthogonal</c>, as for <see cref="ModelOptions"/>.</summary>
    /// <value>Default: kaiming_uniform, which is PyTorch's.</value>
    [JsonPropertyName("fcnet_kernel_initializer")]
    public KernelInitializer KernelInitializer { get; init; } = KernelInitializer.KaimingUniform;

    /// <summary>Earlier name of <see cref="KernelInitializer"/>.</summary>
    [Obsolete("Use KernelInitializer."), JsonIgnore]
    public KernelInitializer FcnetKernelInitializer { get => KernelInitializer; init => KernelInitializer = value; }

    /// <summary>What modules are built from.</summary>
    internal virtual ModelOptions ToModelOptions() =>
        new() { HiddenLayers = HiddenLayers, Activation = Activation, KernelInitializer = KernelInitializer };

    /// <inheritdoc/>
    public sealed override string ToString() => OptionText.Of(this);
}

/// <summary>How the network of SAC's policy is built.</summary>
public sealed record SacPolicyModelOptions : SacModelOptions
{
    /// <summary>State-dependent exploration, gSDE; see <see cref="ModelOptions.UseGsde"/>. In files also <c>use_gsde</c> outside of this tree.</summary>
    /// <value>Default: false.</value>
    public bool UseGsde { get; init; }

    /// <summary>The log standard deviation that state-dependent noise starts with; in files also <c>log_std_init</c>.</summary>
    /// <value>Default: −3, as in Stable-Baselines3; −20 to 20.</value>
    [Between(-20, 20), JsonPropertyName("initial_log_std")]
    public double InitialLogStandardDeviation { get; init; } = -3;

    /// <summary>Earlier name of <see cref="InitialLogStandardDeviation"/>.</summary>
    [Obsolete("Use InitialLogStandardDeviation."), JsonIgnore]
    public double InitialLogStd { get => InitialLogStandardDeviation; init => InitialLogStandardDeviation = value; }

    /// <summary>Whether each number of an action has deviations of its own under <see cref="UseGsde"/>.</summary>
    /// <value>Default: true.</value>
    [JsonPropertyName("full_std")]
    public bool FullStandardDeviation { get; init; } = true;

    /// <summary>Earlier name of <see cref="FullStandardDeviation"/>.</summary>
    [Obsolete("Use FullStandardDeviation."), JsonIgnore]
    public bool FullStd { get => FullStandardDeviation; init => FullStandardDeviation = value; }

    /// <summary>Whether deviations above 1 grow slower than eˣ under <see cref="UseGsde"/>.</summary>
    /// <value>Default: false.</value>
    public bool UseExpln { get; init; }

    /// <inheritdoc/>
    internal override ModelOptions ToModelOptions() =>
        base.ToModelOptions() with
        {
            UseGsde = UseGsde,
            InitialLogStandardDeviation = InitialLogStandardDeviation,
            FullStandardDeviation = FullStandardDeviation,
            UseExpln = UseExpln
        };
}
