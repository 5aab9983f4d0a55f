namespace Tuning;

/// <summary>A function between layers. Each is 0 at 0, so that the padding of a row stays 0.</summary>
public enum Activation
{
    /// <summary>None.</summary>
    Linear,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>max(0, x).</summary>
    Relu,

    /// <summary>x / (1 + e⁻ˣ).</summary>
    Swish,

    /// <summary>PyTorch's name of <see cref="Swish"/>.</summary>
    Silu = Swish,
}
