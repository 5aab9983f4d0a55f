namespace Tuning;

/// <summary>How weights start.</summary>
public enum KernelInitializer
{
    /// <summary>Orthogonal matrices; biases 0.</summary>
    Orthogonal,

    /// <summary>PyTorch's <c>nn.Linear</c>: weights and biases uniform in ±1/√inputs.</summary>
    KaimingUniform,
}
