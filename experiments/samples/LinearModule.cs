using Tuning;
using Tuning.Modules;
using Tuning.Randomness;

/// <summary>A sample module: the inputs of the action distribution are a linear function of the observation, and nothing else.</summary>
internal sealed class LinearModule : RlModule
{
    private long _changes;

    public LinearModule(ModuleSpec spec, RandomStream random)
        : base(spec.ObservationSize, spec.ActionDistribution)
    {
        Weights = new float[spec.ActionDistribution.InputSize * spec.ObservationSize];
        foreach (ref var weight in Weights.AsSpan())
        {
            weight = 0.01f * (float)random.NextGaussian();
        }
    }

    /// <summary>[inputs, observation].</summary>
    public float[] Weights { get; }

    public override long ParameterCount => Weights.Length;

    public override long WeightsSequenceNumber => Volatile.Read(ref _changes);

    public override ModuleWorkspace CreateWorkspace(int maxBatch) => new NoWorkspace(maxBatch);

    public override void ForwardInference(ReadOnlySpan<float> observations, int batch, Span<float> actionDistributionInputs, ModuleWorkspace workspace)
    {
        var (inputs, size) = (ActionDistribution.InputSize, ObservationSize);
        for (var i = 0; i < batch * inputs; i++)
        {
            var observation = observations.Slice(i / inputs * size, size);
            var weights = Weights.AsSpan(i % inputs * size, size);
            actionDistributionInputs[i] = 0;
            for (var k = 0; k < size; k++)
            {
                actionDistributionInputs[i] += weights[k] * observation[k];
            }
        }
    }

    public override IReadOnlyList<NamedTensor> GetState() => [new("linear.weight", [ActionDistribution.InputSize, ObservationSize], [.. Weights])];

    public override void SetState(IReadOnlyList<NamedTensor> state)
    {
        state.Single(tensor => tensor.Name == "linear.weight").Data.CopyTo(Weights, 0);
        WeightsChanged();
    }

    /// <summary>To be called by who changes <see cref="Weights"/>.</summary>
    public void WeightsChanged() => Interlocked.Increment(ref _changes);

    private sealed class NoWorkspace(int maxBatch) : ModuleWorkspace(maxBatch);
}
