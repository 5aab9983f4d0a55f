using Tuning.Distributions;
using Tuning.Modules;
using Tuning.Randomness;

namespace Tuning.Tests.Runners;

/// <summary>The smallest module: inputs of the distribution are a fixed linear function of the observation.</summary>
internal sealed class LinearModule : RlModule
{
    private readonly float[] _weights;
    private long _sequence;

    public LinearModule(int observationSize, ActionDistribution distribution, ulong seed = 1, float scale = 0.3f)
        : base(observationSize, distribution)
    {
        var random = new RandomStream(seed);
        _weights = new float[observationSize * distribution.InputSize];
        for (var i = 0; i < _weights.Length; i++)
        {
            _weights[i] = scale * (float)random.NextGaussian();
        }
    }

    public override long ParameterCount => _weights.Length;

    public override long WeightsSequenceNumber => _sequence;

    public override ModuleWorkspace CreateWorkspace(int maxBatch) => new None(maxBatch);

    public override void ForwardInference(ReadOnlySpan<float> observations, int batch, Span<float> actionDistributionInputs, ModuleWorkspace workspace)
    {
        var inputs = ActionDistribution.InputSize;
        for (var row = 0; row < batch; row++)
        {
            for (var i = 0; i < inputs; i++)
            {
                var sum = 0f;
                for (var j = 0; j < ObservationSize; j++)
                {
                    sum += _weights[(i * ObservationSize) + j] * observations[(row * ObservationSize) + j];
                }

                actionDistributionInputs[(row * inputs) + i] = sum;
            }
        }
    }

    public override IReadOnlyList<NamedTensor> GetState() => [new("weight", [ActionDistribution.InputSize, ObservationSize], [.. _weights])];

    public override void SetState(IReadOnlyList<NamedTensor> state)
    {
        state[0].Data.CopyTo(_weights, 0);
        _sequence++;
    }

    public void Touch() => _sequence++;

    private sealed class None(int maxBatch) : ModuleWorkspace(maxBatch);
}
