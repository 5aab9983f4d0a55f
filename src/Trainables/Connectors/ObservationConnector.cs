namespace Tuning.Connectors;

/// <summary>What a connector is to be made for.</summary>
/// <param name="ObservationSpace">What the environment shows.</param>
/// <param name="InputSize">Floats per observation that come in: those of the space, choices one-hot, or of the connector before.</param>
public sealed record ConnectorSpec(Space ObservationSpace, int InputSize);

/// <summary>
/// A piece of one's own on the way from an environment's observation to the module's: takes a row of floats, gives a row of floats. Register it with
/// <see cref="ConnectorRegistry.Register"/> and name it in <c>env_to_module_connectors</c>; policies that are served have it too.
/// </summary>
/// <remarks>
/// Each runner has an instance of its own, and so has each served policy; a served policy calls it from several threads, so that
/// <see cref="Apply"/> without <c>learn</c> must not write to fields. It sees rows of all copies of the environment and does not know which.
/// </remarks>
public abstract class ObservationConnector : ICheckpointable
{
    /// <summary>A connector between rows of these sizes.</summary>
    /// <param name="inputSize">Floats that come in, at least 1.</param>
    /// <param name="outputSize">Floats that go out, at least 1.</param>
    protected ObservationConnector(int inputSize, int outputSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputSize, 1);
        (InputSize, OutputSize) = (inputSize, outputSize);
    }

    /// <summary>Floats per observation that come in.</summary>
    public int InputSize { get; }

    /// <summary>Floats per observation that go out.</summary>
    public int OutputSize { get; }

    /// <summary>Transforms one observation. Should not allocate.</summary>
    /// <param name="observation">[<see cref="InputSize"/>].</param>
    /// <param name="result">Receives [<see cref="OutputSize"/>]; never the same memory.</param>
    /// <param name="learn">Whether statistics take this observation in: true in training, false in evaluation and serving.</param>
    public abstract void Apply(ReadOnlySpan<float> observation, Span<float> result, bool learn);

    /// <summary>Adds what it does without learning to a model that is exported.</summary>
    /// <param name="graph">The model.</param>
    /// <param name="observations">The name of what comes in, [rows, <see cref="InputSize"/>].</param>
    /// <returns>The name of what goes out, [rows, <see cref="OutputSize"/>].</returns>
    /// <exception cref="NotSupportedException">It is not overridden.</exception>
    public virtual string Export(ModelGraph graph, string observations) =>
        throw new NotSupportedException($"{GetType().Name} cannot be exported: it does not override {nameof(Export)}.");

    /// <summary>
    /// Takes in what the same connector of a runner has learnt since it was last equal to this one. Without statistics there is nothing to do.
    /// </summary>
    public virtual void Merge(ObservationConnector runner)
    {
    }

    /// <summary>What it has learnt, for checkpoints and for handing it to the runners; empty without statistics. A copy.</summary>
    public virtual ComponentState CaptureState() => ComponentState.Empty;

    /// <summary>Takes over what <see cref="CaptureState"/> gave, and has learnt nothing since.</summary>
    /// <exception cref="CheckpointException">The state does not fit.</exception>
    public virtual void ApplyState(ComponentState state)
    {
    }

    /// <inheritdoc/>
    ComponentClass ICheckpointable.CheckpointClass => new(GetType().Name, ParameterSet.From([new("input_size", InputSize), new("output_size", OutputSize)]));

    /// <summary>Transforms several observations, laid end to end, without learning; each comes out as by <see cref="Apply"/>.</summary>
    /// <param name="observations">[rows, <see cref="InputSize"/>].</param>
    /// <param name="rows">How many.</param>
    /// <param name="results">Receives [rows, <see cref="OutputSize"/>].</param>
    internal virtual void ApplyRows(ReadOnlySpan<float> observations, int rows, Span<float> results)
    {
        for (var row = 0; row < rows; row++)
        {
            Apply(observations.Slice(row * InputSize, InputSize), results.Slice(row * OutputSize, OutputSize), learn: false);
        }
    }

    /// <summary>Becomes equal to <paramref name="master"/>, the same connector elsewhere.</summary>
    internal virtual void Synchronise(ObservationConnector master)
    {
        var state = master.CaptureState();
        if (state.Values is { Count: > 0 } || !state.Tensors.IsEmpty)
        {
            ApplyState(state);
        }
    }
}
