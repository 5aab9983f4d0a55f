using Tuning;
using Tuning.Algorithms;
using Tuning.Checkpointing;
using Tuning.Learning;
using Tuning.Runners;

/// <summary>The options of A2C, by the names of experiment files: <c>vf_loss_coeff</c>, and those that all algorithms have.</summary>
internal sealed record A2cOptions : AlgorithmOptions
{
    public A2cOptions() => (LearningRate, TrainBatchSize) = (0.005, 256);

    /// <summary>Weight of the value function's loss.</summary>
    [AtLeast(0)]
    public double VfLossCoeff { get; init; } = 0.5;

    /// <summary>Weight of the entropy bonus.</summary>
    [AtLeast(0)]
    public double EntropyCoeff { get; init; } = 0.01;
}

/// <summary>A sample algorithm: the synchronous advantage actor-critic (Mnih et al., 2016), one gradient step per batch.</summary>
internal sealed class A2cConfig : AlgorithmConfig<A2cConfig, A2cOptions>
{
    public override string Name => "A2C";

    protected override AlgorithmBlueprint Blueprint() => new()
    {
        Refuses = ModuleTrainer.Refuses,
        Learner = (module, _, _) => new A2cLearner(module, Options),
    };
}

/// <summary>Trains policy and value function on returns that go on with the value of what was seen last.</summary>
internal sealed class A2cLearner(RlModule module, A2cOptions options) : Learner
{
    private readonly ModuleTrainer _trainer = new(module,
        new AdamOptions { LearningRate = options.LearningRate, GradientClip = options.GradientClip ?? 0.5, GradientClipBy = options.GradientClipBy });
    private readonly List<float> _observations = [], _actions = [], _returns = [];
    private (double Policy, double Value, double Norm) _report;
    private long _rows;
    private long _rowsEver;

    public override RlModule Module => module;

    public override void Train(IReadOnlyList<RolloutBuffer> batch, long lifetimeSteps)
    {
        _observations.Clear();
        _actions.Clear();
        _returns.Clear();
        foreach (var buffer in batch)
        {
            for (var environment = 0; environment < buffer.Environments; environment++)
            {
                Collect(buffer, environment);
            }
        }

        _rows = _returns.Count;
        _rowsEver += _rows;
        if (_rows > 0)
        {
            _report.Norm = _trainer.Step([.. _observations], (int)_rows, lifetimeSteps, Loss);
        }
    }

    public override void WriteTo(Action<string, MetricValue> add)
    {
        add("policy_loss", _report.Policy);
        add("vf_loss", _report.Value);
        add("gradients_default_optimizer_global_norm", _report.Norm);
        add("num_module_steps_trained", _rows);
        add("num_module_steps_trained_lifetime", _rowsEver);
        add("num_trainable_parameters", module.ParameterCount);
    }

    public override ComponentState CaptureState() =>
        _trainer.AddTo(ComponentState.Empty with { Values = ParameterSet.From([new("num_module_steps_trained_lifetime", _rowsEver)]) });

    public override void ApplyState(ComponentState state)
    {
        _trainer.ApplyState(state);
        _rowsEver = state.Value<long>("num_module_steps_trained_lifetime");
    }

    // From the last step backward; nothing follows a termination, after a truncation or the end of the sample the value of what was seen.
    private void Collect(RolloutBuffer buffer, int environment)
    {
        var follows = Value(Part(buffer.Observations(buffer.Steps), environment, buffer.ObservationSize));
        for (var t = buffer.Steps - 1; t >= 0; t--)
        {
            follows = buffer.Terminated(t)[environment] ? 0 : buffer.Truncated(t)[environment] ? Value(buffer.FinalObservation(t, environment)) : follows;
            follows = buffer.Rewards(t)[environment] + ((float)options.Gamma * follows);
            _returns.Add(follows);
            _observations.AddRange(Part(buffer.Observations(t), environment, buffer.ObservationSize));
            _actions.AddRange(Part(buffer.Actions(t), environment, buffer.ActionSize));
        }
    }

    private float Value(ReadOnlySpan<float> observation)
    {
        var value = new float[1];
        module.ComputeValues(observation, 1, value, module.CreateWorkspace(1));
        return value[0];
    }

    // The mean over rows of −A·ln p − c·entropy + v·(value − return)².
    private void Loss(LossRows rows)
    {
        var (weights, logs, actions) = (new float[rows.Count], new float[rows.Count], _actions.ToArray());
        module.ActionDistribution.LogProbabilities(rows.Inputs, actions, rows.Count, logs);
        _report = default;
        for (var i = 0; i < rows.Count; i++)
        {
            var advantage = _returns[i] - rows.Values[i];
            weights[i] = -advantage / rows.Count;
            rows.ValueGradients[i] = (float)(-2 * options.VfLossCoeff * advantage / rows.Count);
            _report = (_report.Policy + (weights[i] * logs[i]), _report.Value + (advantage * advantage / rows.Count), _report.Norm);
        }

        module.ActionDistribution.AddLogProbabilityGradients(rows.Inputs, actions, weights, rows.Count, rows.InputGradients);
        module.ActionDistribution.AddEntropyGradients(rows.Inputs, (float)(-options.EntropyCoeff / rows.Count), rows.Count, rows.InputGradients);
    }

    private static Span<float> Part(Span<float> rows, int place, int size) => rows.Slice(place * size, size);
}
