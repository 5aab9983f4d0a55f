namespace Tuning.Learning;

/// <summary>PPO for a <see cref="DifferentiableModule"/>: the same losses, advantages and optimizer as for the default module, row by row on one
/// thread.</summary>
internal sealed class DifferentiablePpoLearner : AdamPpoLearner
{
    private readonly DifferentiableModule _module;
    private readonly ModuleWorkspace _workspace;
    private readonly PolicyLoss _loss;
    private readonly int _stride;
    private readonly FloatBuffer _inputs, _inputDeltas, _oldInputs, _actions, _advantages, _values, _valueDeltas, _targets, _gradient;
    private readonly float[] _scratch;
    private readonly float[] _row;

    public DifferentiablePpoLearner(DifferentiableModule module, PpoOptions options, RandomStream random)
        : base(options, random)
    {
        _module = module;
        var distribution = module.ActionDistribution;
        _loss = PolicyLoss.For(distribution);
        _workspace = module.CreateWorkspace(1);
        _stride = DenseNetwork.Pad(options.MinibatchSize);
        (_inputs, _inputDeltas, _oldInputs) =
            (new(_stride * distribution.InputSize), new(_stride * distribution.InputSize), new(_stride * distribution.InputSize));
        (_actions, _advantages) = (new(_stride * distribution.ActionSize), new(_stride));
        (_values, _valueDeltas, _targets, _gradient) = (new(_stride), new(_stride), new(_stride), new(module.Block.Length));
        var adam = OptimizerOf(options);
        Optimizer = new(adam, new AdamBlock(module.Block, adam, [_gradient], whole: true));
        _scratch = new float[_stride * module.Scratch];
        _row = new float[distribution.InputSize];
    }

    public override RlModule Module => _module;

    public override PpoLearnerMetrics Update(IReadOnlyList<RolloutBuffer> batch, long lifetimeSteps)
    {
        Prepare(batch);
        if (Rows.Count == 0)
        {
            return Idle(lifetimeSteps);
        }

        var (mean, deviation, variance) = Rows.Statistics();
        var order = Enumerable.Range(0, Rows.Count).ToArray();
        var learningRate = Options.LearningRate.At(lifetimeSteps);
        var (policy, value, norms, minibatches) = (default(PolicySums), default(ValueSums), 0.0, 0);
        for (var epoch = 0; epoch < Options.Epochs; epoch++)
        {
            (policy, value, norms, minibatches) = (default, default, 0, 0);
            if (Options.ShuffleBatchPerEpoch)
            {
                Shuffle(order);
            }

            for (var first = 0; first < order.Length; first += Options.MinibatchSize, minibatches++)
            {
                var rows = order.AsSpan(first, Math.Min(Options.MinibatchSize, order.Length - first));
                var (p, v) = Gradient(Rows, rows, Settings(rows.Length, lifetimeSteps, mean, deviation));
                norms += Optimizer.Step(learningRate);
                policy = new(policy.Surrogate + p.Surrogate, policy.Divergence + p.Divergence, policy.Entropy + p.Entropy);
                value = new(value.Clipped + v.Clipped, value.Unclipped + v.Unclipped, value.Error + v.Error);
            }
        }

        _module.WeightsChanged();
        return Report(PpoSums.Of(policy, value), norms / minibatches, variance, (long)Options.Epochs * minibatches, lifetimeSteps);
    }

    /// <summary>The gradient of one minibatch.</summary>
    private (PolicySums Policy, ValueSums Value) Gradient(PpoRows rows, ReadOnlySpan<int> order, in LossSettings settings)
    {
        var (inputSize, actionSize, scratch) = (_row.Length, _module.ActionDistribution.ActionSize, _module.Scratch);
        ReadOnlySpan<float> parameters = _module.Block.Memory.Span[..(int)_module.ParameterCount];
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
            ? ValueLoss.Compute(_values.Floats, _targets.Floats, _valueDeltas.Floats, order.Length, settings.ValueClip,
                settings.ValueCoefficient * settings.Policy.Scale)
            : default;
        _gradient.Span.Clear();
        for (var i = 0; i < order.Length; i++)
        {
            for (var k = 0; k < inputSize; k++)
            {
                _row[k] = _inputDeltas.Span[(k * _stride) + i];
            }

            _module.Backward(parameters, Observation(rows, order[i]), _row, _valueDeltas.Span[i], _scratch.AsSpan(i * scratch, scratch),
                _gradient.Span[..(int)_module.ParameterCount]);
        }

        return (policy, value);
    }

    private ReadOnlySpan<float> Observation(PpoRows rows, int row) => rows.Observations.AsSpan(row * _module.ObservationSize, _module.ObservationSize);

    /// <summary>Rows, advantages and targets of all environments.</summary>
    private void Prepare(IReadOnlyList<RolloutBuffer> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Rows.Resize(batch.Sum(buffer => buffer.Rows), _module.ObservationSize, _module.ActionDistribution.ActionSize, _module.ActionDistribution.InputSize);
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
                Rows.Copy(buffer, environment, first);
                AdvantageEstimator.Compute(buffer, environment, values, finals, Options, Rows.Advantages.AsSpan(first, buffer.Steps),
                    Rows.Targets.AsSpan(first, buffer.Steps));
            }
        }
    }
}
