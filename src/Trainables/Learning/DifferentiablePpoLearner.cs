using Tuning.Modules;
using Tuning.Networks;
using Tuning.Numerics;
using Tuning.Randomness;
using Tuning.Runners;

namespace Tuning.Learning;

/// <summary>PPO for a <see cref="DifferentiableModule"/>: the same losses, advantages and optimizer as for the default module, row by row on one thread.</summary>
internal sealed class DifferentiablePpoLearner : PpoLearner
{
    private const string FirstMoment = "exp_avg.";
    private const string SecondMoment = "exp_avg_sq.";
    private readonly DifferentiableModule _module;
    private readonly RandomStream _random;
    private readonly ModuleWorkspace _workspace;
    private readonly PolicyLoss _loss;
    private readonly PpoRows _rows = new();
    private readonly int _stride;
    private readonly FloatBuffer _inputs, _inputDeltas, _oldInputs, _actions, _advantages, _values, _valueDeltas, _targets;
    private readonly FloatBuffer _gradient, _moment1, _moment2;
    private readonly GradientClip? _clip;
    private readonly double? _normBound;
    private readonly float[] _scratch;
    private readonly float[] _row;
    private long _steps;
    private long _stepsTrained;
    private double _klCoeff;

    public DifferentiablePpoLearner(DifferentiableModule module, PpoLearnerOptions options, RandomStream random)
        : base(options)
    {
        ArgumentNullException.ThrowIfNull(random);
        (_module, _random, _klCoeff) = (module, random, options.KlCoeff);
        var distribution = module.ActionDistribution;
        _loss = PolicyLoss.For(distribution);
        _workspace = module.CreateWorkspace(1);
        _stride = DenseNetwork.Pad(options.MinibatchSize);
        (_inputs, _inputDeltas, _oldInputs) = (new(_stride * distribution.InputSize), new(_stride * distribution.InputSize), new(_stride * distribution.InputSize));
        (_actions, _advantages) = (new(_stride * distribution.ActionSize), new(_stride));
        (_values, _valueDeltas, _targets) = (new(_stride), new(_stride), new(_stride));
        (_gradient, _moment1, _moment2) = (new(module.Block.Length), new(module.Block.Length), new(module.Block.Length));
        (_clip, _normBound) = (GradientClip.For(options.GradClip, options.GradClipBy, module.Places), GradientClip.Global(options.GradClip, options.GradClipBy));
        _scratch = new float[_stride * module.Scratch];
        _row = new float[distribution.InputSize];
    }

    public override RlModule Module => _module;

    public override PpoLearnerMetrics Update(IReadOnlyList<RolloutBuffer> batch, long lifetimeSteps)
    {
        Prepare(batch);
        var report = default(PpoLearnerMetrics) with
        {
            CurrKlCoeff = Options.UseKlLoss ? _klCoeff : 0,
            CurrEntropyCoeff = Options.EntropyCoeff.At(lifetimeSteps),
            LearningRate = Options.LearningRate.At(lifetimeSteps),
            ParameterCount = _module.ParameterCount,
            StepsTrainedLifetime = _stepsTrained,
        };
        if (_rows.Count == 0)
        {
            return report;
        }

        var (mean, deviation, variance) = _rows.Statistics();
        var order = Enumerable.Range(0, _rows.Count).ToArray();
        var (policy, value, norms, minibatches) = (default(PolicySums), default(ValueSums), 0.0, 0);
        for (var epoch = 0; epoch < Options.NumEpochs; epoch++)
        {
            (policy, value, norms, minibatches) = (default, default, 0, 0);
            if (Options.ShuffleBatchPerEpoch)
            {
                _random.Shuffle<int>(order);
            }

            for (var first = 0; first < order.Length; first += Options.MinibatchSize, minibatches++)
            {
                var rows = order.AsSpan(first, Math.Min(Options.MinibatchSize, order.Length - first));
                var settings = new LossSettings(
                    new((float)Options.ClipParam.At(lifetimeSteps), Options.UseKlLoss ? (float)_klCoeff : 0, (float)report.CurrEntropyCoeff, 1f / rows.Length),
                    (float)Options.VfLossCoeff, (float)Options.VfClipParam, (float)mean, (float)(1 / Math.Max(1e-4, deviation)));
                var (p, v) = Gradient(_rows, rows, settings);
                var norm = Math.Sqrt(Kernels.SumOfSquares(_gradient.Floats, _gradient.Length));
                _clip?.Apply(_gradient);
                var scale = _normBound is { } bound ? Math.Min(1, bound / (norm + 1e-6)) : 1;
                Kernels.Adam(
                    _module.Block.Floats, _moment1.Floats, _moment2.Floats, _gradient.Floats, _gradient.Length,
                    AdamStep.Of(++_steps, report.LearningRate, Options.AdamBeta1, Options.AdamBeta2, Options.AdamEpsilon, scale));
                policy = new(policy.Surrogate + p.Surrogate, policy.Divergence + p.Divergence, policy.Entropy + p.Entropy);
                value = new(value.Clipped + v.Clipped, value.Unclipped + v.Unclipped, value.Error + v.Error);
                norms += norm;
            }
        }

        _stepsTrained += (long)Options.NumEpochs * order.Length;
        _module.WeightsChanged();
        Divergence.RefuseWeights(_module.Block.Floats, _steps);
        return Report(report, policy, value, norms / minibatches, variance, minibatches);
    }

    public override PpoLearnerState GetState() => new()
    {
        OptimizerState =
        [
            .. _module.Read(_moment1).Select(tensor => tensor with { Name = FirstMoment + tensor.Name }),
            .. _module.Read(_moment2).Select(tensor => tensor with { Name = SecondMoment + tensor.Name }),
        ],
        OptimizerSteps = _steps,
        KlCoeff = _klCoeff,
        ConfiguredKlCoeff = Options.KlCoeff,
        Shuffle = _random.Save(),
        StepsTrainedLifetime = _stepsTrained,
    };

    public override void SetState(PpoLearnerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var expected = _module.Shapes.Select(p => (FirstMoment + p.Name, p.Shape)).Concat(_module.Shapes.Select(p => (SecondMoment + p.Name, p.Shape)));
        var tensors = TensorSet.Check(state.OptimizerState, expected, "optimizer state");
        _random.Restore(state.Shuffle);
        _module.Write(_moment1, _module.Shapes.ToDictionary(p => p.Name, p => tensors[FirstMoment + p.Name]));
        _module.Write(_moment2, _module.Shapes.ToDictionary(p => p.Name, p => tensors[SecondMoment + p.Name]));
        (_steps, _stepsTrained) = (state.OptimizerSteps, state.StepsTrainedLifetime);
        _klCoeff = state.ConfiguredKlCoeff.Equals(Options.KlCoeff) ? state.KlCoeff : Options.KlCoeff;
    }

    /// <summary>The gradient of one minibatch.</summary>
    private (PolicySums Policy, ValueSums Value) Gradient(PpoRows rows, ReadOnlySpan<int> order, in LossSettings settings)
    {
        var (inputSize, actionSize, scratch) = (_row.Length, _module.ActionDistribution.ActionSize, _module.Scratch);
        ReadOnlySpan<float> parameters = _module.Block.Span[..(int)_module.ParameterCount];
        for (var i = 0; i < order.Length; i++)
        {
            var row = order[i];
            _values.Span[i] = _module.Forward(parameters, Observation(rows, row), _row, _scratch.AsSpan(i * scratch, scratch));
            _targets.Span[i] = rows.Targets[row];
            _advantages.Span[i] = (rows.Advantages[row] - settings.AdvantageMean) * settings.AdvantageScale;
            for (var k = 0; k < inputSize; k++)
            {
                (_inputs.Span[(k * _stride) + i], _oldInputs.Span[(k * _stride) + i]) = (_row[k], rows.Inputs[(row * inputSize) + k]);
            }

            for (var k = 0; k < actionSize; k++)
            {
                _actions.Span[(k * _stride) + i] = rows.Actions[(row * actionSize) + k];
            }
        }

        var view = new PolicyRows
        {
            Inputs = _inputs.Floats,
            Deltas = _inputDeltas.Floats,
            OldInputs = _oldInputs.Floats,
            Actions = _actions.Floats,
            Advantages = _advantages.Floats,
            Stride = _stride,
            Count = order.Length,
        };
        var policy = _loss.Compute(view, settings.Policy);
        var value = Options.UseCritic
            ? ValueLoss.Compute(_values.Floats, _targets.Floats, _valueDeltas.Floats, order.Length, settings.ValueClip, settings.ValueCoefficient * settings.Policy.Scale)
            : default;
        _gradient.Span.Clear();
        for (var i = 0; i < order.Length; i++)
        {
            for (var k = 0; k < inputSize; k++)
            {
                _row[k] = _inputDeltas.Span[(k * _stride) + i];
            }

            _module.Backward(parameters, Observation(rows, order[i]), _row, _valueDeltas.Span[i], _scratch.AsSpan(i * scratch, scratch), _gradient.Span[..(int)_module.ParameterCount]);
        }

        return (policy, value);
    }

    private ReadOnlySpan<float> Observation(PpoRows rows, int row) => rows.Observations.AsSpan(row * _module.ObservationSize, _module.ObservationSize);

    /// <summary>Rows, advantages and targets of all environments.</summary>
    private void Prepare(IReadOnlyList<RolloutBuffer> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        _rows.Resize(batch.Sum(buffer => buffer.Rows), _module.ObservationSize, _module.ActionDistribution.ActionSize, _module.ActionDistribution.InputSize);
        var first = 0;
        foreach (var buffer in batch)
        {
            var (values, finals) = (new float[buffer.Rows + buffer.Environments], new float[buffer.FinalCount]);
            if (Options.UseCritic)
            {
                _module.ComputeValues(buffer.AllObservations, values.Length, values, _workspace);
                _module.ComputeValues(buffer.FinalObservations, finals.Length, finals, _workspace);
            }

            for (var environment = 0; environment < buffer.Environments; environment++, first += buffer.Steps)
            {
                _rows.Copy(buffer, environment, first);
                AdvantageEstimator.Compute(buffer, environment, values, finals, Options, _rows.Advantages.AsSpan(first, buffer.Steps), _rows.Targets.AsSpan(first, buffer.Steps));
            }
        }
    }

    private PpoLearnerMetrics Report(PpoLearnerMetrics report, PolicySums policy, ValueSums value, double norm, double targetVariance, int minibatches)
    {
        var rows = (double)_rows.Count;
        var (policyLoss, divergence, entropy, valueLoss, error) = (policy.Surrogate / rows, policy.Divergence / rows, policy.Entropy / rows, value.Clipped / rows, value.Error / rows);
        var residual = (value.Unclipped / rows) - (error * error);
        var penalty = Options.UseKlLoss ? _klCoeff : 0;
        if (Options.UseKlLoss)
        {
            _klCoeff *= divergence > 2 * Options.KlTarget ? 1.5 : divergence < 0.5 * Options.KlTarget ? 0.5 : 1;
        }

        return report with
        {
            PolicyLoss = policyLoss,
            VfLoss = valueLoss,
            VfLossUnclipped = value.Unclipped / rows,
            VfExplainedVar = Options.UseCritic ? Math.Max(-1, 1 - (residual / Math.Max(targetVariance, 1e-12))) : 0,
            Entropy = entropy,
            MeanKlLoss = divergence,
            CurrKlCoeff = Options.UseKlLoss ? _klCoeff : 0,
            TotalLoss = policyLoss + (Options.VfLossCoeff * valueLoss) - (report.CurrEntropyCoeff * entropy) + (penalty * divergence),
            GradientNorm = norm,
            StepsTrained = (long)Options.NumEpochs * _rows.Count,
            StepsTrainedLifetime = _stepsTrained,
            GradientSteps = (long)Options.NumEpochs * minibatches,
        };
    }
}
