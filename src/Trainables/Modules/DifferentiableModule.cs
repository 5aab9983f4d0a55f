using Tuning.Distributions;
using Tuning.Networks;
using Tuning.Numerics;

namespace Tuning.Modules;

/// <summary>
/// A module with a network of one's own, given by what it computes for one observation and by the gradient of that; PPO trains it as it trains
/// the default one. Register it with <see cref="ModuleRegistry.Register"/>.
/// </summary>
/// <remarks>
/// The simplest way to another network, not the fastest: rows are computed one by one, by one thread in training. Parameters are floats in
/// one array, in the order in which they were named. <see cref="Forward"/> may be called by several threads at once: it writes to its arguments only.
/// </remarks>
public abstract class DifferentiableModule : RlModule
{
    private readonly (string Name, int[] Shape, int Start, int Length)[] _parts;
    private readonly FloatBuffer _parameters;
    private long _sequence;

    /// <summary>A module whose parameters are zero.</summary>
    /// <param name="spec">What it is built for.</param>
    /// <param name="scratch">How many floats <see cref="Forward"/> keeps for <see cref="Backward"/>, per observation.</param>
    /// <param name="parameters">Name and shape of each parameter.</param>
    protected DifferentiableModule(ModuleSpec spec, int scratch, params ReadOnlySpan<(string Name, int[] Shape)> parameters)
        : base((spec ?? throw new ArgumentNullException(nameof(spec))).ObservationSize, spec.ActionDistribution)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(scratch);
        Scratch = scratch;
        _parts = new (string, int[], int, int)[parameters.Length];
        var start = 0;
        for (var i = 0; i < _parts.Length; i++)
        {
            var length = parameters[i].Shape.Aggregate(1, (product, size) => checked(product * size));
            _parts[i] = (parameters[i].Name, parameters[i].Shape, start, length);
            start += length;
        }

        ParameterCount = start;
        _parameters = new FloatBuffer(DenseNetwork.Pad(Math.Max(1, start)));
    }

    /// <inheritdoc/>
    public sealed override long ParameterCount { get; }

    /// <inheritdoc/>
    public sealed override long WeightsSequenceNumber => Volatile.Read(ref _sequence);

    /// <summary>Floats that <see cref="Forward"/> keeps, per observation.</summary>
    public int Scratch { get; }

    /// <summary>All parameters, one after the other, each row by row. For starting weights, in the constructor.</summary>
    protected Span<float> Parameters => _parameters.Span[..(int)ParameterCount];

    /// <summary>The parameters with the padding that kernels need.</summary>
    internal FloatBuffer Block => _parameters;

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
    public abstract void Backward(ReadOnlySpan<float> parameters, ReadOnlySpan<float> observation, ReadOnlySpan<float> inputGradients, float valueGradient, Span<float> scratch, Span<float> gradients);

    /// <inheritdoc/>
    public sealed override ModuleWorkspace CreateWorkspace(int maxBatch) => new Workspace(this, maxBatch);

    /// <inheritdoc/>
    public sealed override void ForwardInference(ReadOnlySpan<float> observations, int batch, Span<float> actionDistributionInputs, ModuleWorkspace workspace)
    {
        var (size, scratch) = (ActionDistribution.InputSize, Of(workspace).Scratch);
        for (var row = 0; row < batch; row++)
        {
            Forward(Parameters, observations.Slice(row * ObservationSize, ObservationSize), actionDistributionInputs.Slice(row * size, size), scratch);
        }
    }

    /// <inheritdoc/>
    public sealed override void ComputeValues(ReadOnlySpan<float> observations, int batch, Span<float> values, ModuleWorkspace workspace)
    {
        var own = Of(workspace);
        for (var row = 0; row < batch; row++)
        {
            values[row] = Forward(Parameters, observations.Slice(row * ObservationSize, ObservationSize), own.Inputs, own.Scratch);
        }
    }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<NamedTensor> GetState() => Read(_parameters);

    /// <inheritdoc/>
    public sealed override void SetState(IReadOnlyList<NamedTensor> state)
    {
        Write(_parameters, TensorSet.Check(state, Shapes, "module state"));
        WeightsChanged();
    }

    /// <summary>Names and shapes of the parameters.</summary>
    internal IEnumerable<(string Name, int[] Shape)> Shapes => _parts.Select(p => (p.Name, p.Shape));

    /// <summary>Where each parameter stands.</summary>
    internal IEnumerable<(int Start, int Length)> Places => _parts.Select(p => (p.Start, p.Length));

    /// <summary>A block in the order of the parameters as tensors.</summary>
    internal IReadOnlyList<NamedTensor> Read(FloatBuffer block) => [.. _parts.Select(p => new NamedTensor(p.Name, p.Shape, block.Span.Slice(p.Start, p.Length).ToArray()))];

    /// <summary>Sets a block in the order of the parameters.</summary>
    internal void Write(FloatBuffer block, IReadOnlyDictionary<string, float[]> tensors)
    {
        foreach (var (name, _, start, _) in _parts)
        {
            tensors[name].CopyTo(block.Span[start..]);
        }
    }

    /// <summary>Notes that the weights are others now.</summary>
    internal void WeightsChanged() => Interlocked.Increment(ref _sequence);

    private Workspace Of(ModuleWorkspace workspace) => workspace is Workspace own && ReferenceEquals(own.Owner, this)
        ? own
        : throw new ArgumentException($"The workspace was not made by this module's {nameof(CreateWorkspace)}.", nameof(workspace));

    private sealed class Workspace(DifferentiableModule owner, int maxBatch) : ModuleWorkspace(maxBatch)
    {
        public DifferentiableModule Owner => owner;

        public float[] Scratch { get; } = new float[owner.Scratch];

        public float[] Inputs { get; } = new float[owner.ActionDistribution.InputSize];
    }
}
