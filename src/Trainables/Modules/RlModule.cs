namespace Tuning;

/// <summary>
/// A policy, and for actor-critic algorithms a value function beside it: from observations to the inputs of an action
/// distribution. Knows nothing of environments; says nothing of how it computes, so that backends can exchange state.
/// </summary>
/// <remarks>
/// Several threads may ask at once, each with a workspace of its own, as long as no thread sets the state or trains.
/// The result for a row depends on that row and the weights only, to the last bit: not on the batch it came in.
/// </remarks>
public abstract partial class RlModule
{
    private ModuleWorkspace? _spare;

    /// <summary>A module for observations of this size and these actions.</summary>
    protected RlModule(int observationSize, ActionDistribution actionDistribution)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(observationSize, 1);
        ArgumentNullException.ThrowIfNull(actionDistribution);
        ObservationSize = observationSize;
        ActionDistribution = actionDistribution;
    }

    /// <summary>Floats per observation.</summary>
    public int ObservationSize { get; }

    /// <summary>The distribution that the outputs parameterise.</summary>
    public ActionDistribution ActionDistribution { get; }

    /// <summary>The number of trainable parameters.</summary>
    public abstract long ParameterCount { get; }

    /// <summary>Grows whenever the weights change, by training or by <see cref="SetState"/>. Part of no state.</summary>
    public abstract long WeightsSequenceNumber { get; }

    /// <summary>Scratch memory for one thread.</summary>
    /// <param name="maxBatch">The largest batch that is to be computed in one piece.</param>
    public abstract ModuleWorkspace CreateWorkspace(int maxBatch);

    /// <summary>The action distribution's inputs for serving: what is greedy about a policy is greedy here.</summary>
    /// <param name="observations">[batch, <see cref="ObservationSize"/>], row by row.</param>
    /// <param name="batch">Number of rows.</param>
    /// <param name="actionDistributionInputs">Receives [batch, <see cref="ActionDistribution.InputSize"/>].</param>
    /// <param name="workspace">Made by this module's <see cref="CreateWorkspace"/>.</param>
    public abstract void ForwardInference(ReadOnlySpan<float> observations, int batch, Span<float> actionDistributionInputs, ModuleWorkspace workspace);

    /// <summary>The action distribution's inputs for collecting experience. The same as
    /// <see cref="ForwardInference(ReadOnlySpan{float}, int, Span{float}, ModuleWorkspace)"/> unless a module says otherwise.</summary>
    /// <inheritdoc cref="ForwardInference(ReadOnlySpan{float}, int, Span{float}, ModuleWorkspace)"/>
    public virtual void ForwardExploration(ReadOnlySpan<float> observations, int batch, Span<float> actionDistributionInputs, ModuleWorkspace workspace) =>
        ForwardInference(observations, batch, actionDistributionInputs, workspace);

    /// <summary>The value function.</summary>
    /// <param name="observations">[batch, <see cref="ObservationSize"/>], row by row.</param>
    /// <param name="batch">Number of rows.</param>
    /// <param name="values">Receives one value per row.</param>
    /// <param name="workspace">Made by this module's <see cref="CreateWorkspace"/>.</param>
    /// <exception cref="NotSupportedException">The module has no value function.</exception>
    public virtual void ComputeValues(ReadOnlySpan<float> observations, int batch, Span<float> values, ModuleWorkspace workspace) =>
        throw new NotSupportedException(
            $"{GetType().Name} has no value function; an algorithm with a critic needs a module that overrides {nameof(ComputeValues)}.");

    /// <summary>Adds what <see cref="ForwardInference(ReadOnlySpan{float}, int, Span{float}, ModuleWorkspace)"/> computes to a model that is
    /// exported.</summary>
    /// <param name="graph">The model.</param>
    /// <param name="observations">The name of the observations in it, [rows, <see cref="ObservationSize"/>].</param>
    /// <returns>The name of the action distribution's inputs, [rows, inputs].</returns>
    /// <exception cref="NotSupportedException">The module does not override it.</exception>
    public virtual string Export(ModelGraph graph, string observations) =>
        throw new NotSupportedException($"{GetType().Name} cannot be exported: it does not override {nameof(Export)}. Its weights can.");

    /// <summary>The weights, always the same names in the same order. Copies: changing them changes nothing here.</summary>
    public abstract IReadOnlyList<NamedTensor> GetState();

    /// <summary>Replaces all weights. Order does not matter.</summary>
    /// <exception cref="ArgumentException">A name is missing, unknown or given twice, or a shape differs; the message lists all of them. Nothing has changed
    /// then.</exception>
    public abstract void SetState(IReadOnlyList<NamedTensor> state);

    /// <summary>The action distribution's inputs for one observation, or for several laid end to end. Safe for concurrent use; allocates its result.</summary>
    /// <param name="observations">A multiple of <see cref="ObservationSize"/> floats.</param>
    /// <exception cref="ArgumentException">The length is no positive multiple of the observation size.</exception>
    public float[] ForwardInference(float[] observations)
    {
        ArgumentNullException.ThrowIfNull(observations);
        if (observations.Length == 0 || observations.Length % ObservationSize != 0)
        {
            throw new ArgumentException($"{observations.Length} floats are no whole number of observations of {ObservationSize} floats.", nameof(observations));
        }

        var batch = observations.Length / ObservationSize;
        var result = new float[batch * ActionDistribution.InputSize];
        var workspace = Interlocked.Exchange(ref _spare, null) ?? CreateWorkspace(1);
        ForwardInference(observations, batch, result, workspace);
        Volatile.Write(ref _spare, workspace);
        return result;
    }
}
