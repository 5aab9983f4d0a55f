namespace Tuning;

/// <summary>How a network of SAC is built.</summary>
public record SacModelOptions
{
    /// <summary>Sizes of the hidden layers.</summary>
    /// <value>Default: 256, 256.</value>
    [Between(1, 65_536)]
    public IReadOnlyList<int> FcnetHiddens { get; init; } = [256, 256];

    /// <summary>The function between the layers: <c>tanh</c>, <c>relu</c>, <c>swish</c> (also <c>silu</c>) or <c>linear</c>.</summary>
    /// <value>Default: relu.</value>
    [OneOf("tanh", "relu", "swish", "silu", "linear")]
    public string FcnetActivation { get; init; } = "relu";

    /// <summary>How weights start: <c>kaiming_uniform</c> or <c>orthogonal</c>, as for <see cref="ModelOptions"/>.</summary>
    /// <value>Default: kaiming_uniform, which is PyTorch's.</value>
    [OneOf("orthogonal", "kaiming_uniform")]
    public string FcnetKernelInitializer { get; init; } = "kaiming_uniform";

    /// <summary>What modules are built from.</summary>
    internal virtual ModelOptions ToModelOptions() =>
        new() { FcnetHiddens = FcnetHiddens, FcnetActivation = FcnetActivation, FcnetKernelInitializer = FcnetKernelInitializer };
}

/// <summary>How the network of SAC's policy is built.</summary>
public sealed record SacPolicyModelOptions : SacModelOptions
{
    /// <summary>State-dependent exploration, gSDE; see <see cref="ModelOptions.UseGsde"/>. In files also <c>use_gsde</c> outside of this tree.</summary>
    /// <value>Default: false.</value>
    public bool UseGsde { get; init; }

    /// <summary>The log standard deviation that state-dependent noise starts with; in files also <c>log_std_init</c>.</summary>
    /// <value>Default: −3, as in Stable-Baselines3; −20 to 20.</value>
    [Between(-20, 20)]
    public double InitialLogStd { get; init; } = -3;

    /// <summary>Whether each number of an action has deviations of its own under <see cref="UseGsde"/>.</summary>
    /// <value>Default: true.</value>
    public bool FullStd { get; init; } = true;

    /// <summary>Whether deviations above 1 grow slower than eˣ under <see cref="UseGsde"/>.</summary>
    /// <value>Default: false.</value>
    public bool UseExpln { get; init; }

    /// <inheritdoc/>
    internal override ModelOptions ToModelOptions() =>
        base.ToModelOptions() with { UseGsde = UseGsde, InitialLogStd = InitialLogStd, FullStd = FullStd, UseExpln = UseExpln };
}
