namespace Tuning.Modules;

/// <summary>
/// A module with a network of one's own, given by what it computes for one observation and by the gradient of that; PPO trains it as it trains
/// the default one. Register it with <see cref="ModuleRegistry.Register"/>.
/// </summary>
/// <remarks>
/// The simplest way to another network, not the fastest: rows are computed one by one, by one thread in training. Parameters are floats in
/// one array, in the order in which they were named. <see cref="Forward"/> may be called by several threads at once: it writes to its arguments only.
/// </remarks>
public abstract class DifferentiableModule : ManagedModule
{
    /// <summary>A module whose parameters are zero.</summary>
    /// <param name="spec">What it is built for.</param>
    /// <param name="scratch">How many floats <see cref="Forward"/> keeps for <see cref="Backward"/>, per observation.</param>
    /// <param name="parameters">Name and shape of each parameter.</param>
    protected DifferentiableModule(ModuleSpec spec, int scratch, params ReadOnlySpan<(string Name, int[] Shape)> parameters)
        : base(spec ?? throw new ArgumentNullException(nameof(spec)))
    {
        ArgumentOutOfRangeException.ThrowIfNegative(scratch);
        Scratch = scratch;
        var (views, start) = (new List<ParameterView>(), 0);
        foreach (var (name, shape) in parameters)
        {
            views.Add(ParameterView.Contiguous(name, shape, start));
            start = checked(start + views[^1].Count);
        }

        ParameterCount = start;
        Block = new(new(DenseNetwork.Pad(Math.Max(1, start))), views);
    }

    /// <inheritdoc/>
    public sealed override long ParameterCount { get; }

    /// <summary>Floats that <see cref="Forward"/> keeps, per observation.</summary>
    public int Scratch { get; }

    /// <summary>All parameters, one after the other, each row by row. For starting weights, in the constructor.</summary>
    protected Span<float> Parameters => Block.Memory.Span[..(int)ParameterCount];

    /// <summary>The parameters with the padding that kernels need.</summary>
    internal ParameterBlock Block { get; }

    /// <inheritdoc/>
    private protected override IEnumerable<ParameterBlock> Blocks => [Block];

    /// <summary>Computes one observation.</summary>
    /// <param name="parameters">All parameters.</param>
    /// <param name="observation">[<see cref="RlModule.ObservationSize"/>].</param>
    /// <param name="actionDistributionInputs">Receives the inputs of the action distribution.</param>
    /// <param name="scratch">[<see cref="Scratch"/>]: receives what <see cref="Backward"/> needs.</param>
    /// <returns>The value of the observation.</returns>
    public abstract float Forward(ReadOnlySpan<float> parameters, ReadOnlySpan<float> observation, Span<float> actionDistributionInputs, Span<float> scratch);

    /// <summary>Adds the gradient by the parameters of a loss whose gradient by the results of <see cref="Forward"/> is given.</summary>
    /// <param name="parameters">All parameters.</param>
    /// <param name="observation">The same as there.</param>
    /// <param name="inputGradients">The loss's gradient by the inputs of the action distribution.</param>
    /// <param name="valueGradient">The loss's gradient by the value.</param>
    /// <param name="scratch">What <see cref="Forward"/> left for this observation; may be written to.</param>
    /// <param name="gradients">The gradients by the parameters, to be added to.</param>
    public abstract void Backward(ReadOnlySpan<float> parameters, ReadOnlySpan<float> observation, ReadOnlySpan<float> inputGradients, float valueGradient,
        Span<float> scratch, Span<float> gradients);

    /// <inheritdoc/>
    public sealed override ModuleWorkspace CreateWorkspace(int maxBatch) => new Workspace(this, maxBatch);

    /// <inheritdoc/>
    public sealed override void ForwardInference(ReadOnlySpan<float> observations, int batch, Span<float> actionDistributionInputs, ModuleWorkspace workspace)
    {
        var (size, scratch) = (ActionDistribution.InputSize, Own<Workspace>(workspace).Scratch);
        for (var row = 0; row < batch; row++)
        {
            Forward(Parameters, observations.Slice(row * ObservationSize, ObservationSize), actionDistributionInputs.Slice(row * size, size), scratch);
        }
    }

    /// <inheritdoc/>
    public sealed override void ComputeValues(ReadOnlySpan<float> observations, int batch, Span<float> values, ModuleWorkspace workspace)
    {
        var own = Own<Workspace>(workspace);
        for (var row = 0; row < batch; row++)
        {
            values[row] = Forward(Parameters, observations.Slice(row * ObservationSize, ObservationSize), own.Inputs, own.Scratch);
        }
    }

    private sealed class Workspace(DifferentiableModule owner, int maxBatch) : OwnedWorkspace(owner, maxBatch)
    {
        public float[] Scratch { get; } = new float[owner.Scratch];

        public float[] Inputs { get; } = new float[owner.ActionDistribution.InputSize];
    }
}
