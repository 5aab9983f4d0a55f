namespace Tuning.Learning;

/// <summary>
/// Q-learning with a network and replay (Mnih et al., 2015) as RLlib defines it, on the managed backend: each training step puts what was sampled
/// into the replay buffer, and makes some gradient steps on transitions drawn from it.
/// </summary>
/// <remarks>
/// As in RLlib, the target network moves after the first gradient step that comes <see cref="DqnOptions.TargetNetworkUpdateFrequency"/> environment
/// steps or more after its last move. One thread; allocates nothing once the buffer is full.
/// </remarks>
internal sealed class ManagedDqnLearner : Learner
{
    /// <summary>All names that one reports.</summary>
    public static readonly string[] Metrics =
    [
        "qf_loss", "qf_mean", "qf_min", "qf_max", "td_error_mean", "gradients_default_optimizer_global_norm", "default_optimizer_learning_rate",
        "num_target_updates", "last_target_update_ts", "num_trainable_parameters", "num_module_steps_trained", "num_module_steps_trained_lifetime",
    ];

    private readonly DefaultDqnModule _module;
    private readonly RandomStream _random;
    private readonly DqnGradient _gradient;
    private readonly ReplayBatch _batch;
    private readonly Adam _adam;
    private readonly int _gradientSteps;
    private long _stepsTrained;
    private long _targetUpdates;
    private long _lastTargetUpdate;
    private double _learningRate;
    private DqnReport _report;

    /// <summary>A learner that has sampled nothing yet.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public ManagedDqnLearner(DefaultDqnModule module, DqnOptions options, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.TrainBatchSize, 1);
        _gradientSteps = options.Weights.GradientSteps;
        (_module, Options, _random) = (module, options, random);
        _gradient = new(module, options.TrainBatchSize, options.DoubleQ, options.TdErrorLoss == TdErrorLoss.Huber);
        _batch = new(options.TrainBatchSize, module.ObservationSize, module.ActionDistribution.ActionSize);
        Replay = new(options.ReplayBufferConfig.ToBufferOptions(options.Gamma, options.NStep.Least) with { MaxNStep = options.NStep.Most },
            module.ObservationSize, module.ActionDistribution.ActionSize);
        var adam = new AdamOptions
        {
            LearningRate = options.LearningRate,
            Epsilon = options.AdamEpsilon,
            GradientClip = options.GradientClip,
            GradientClipBy = options.GradientClipBy
        };
        _adam = new(adam, new AdamBlock(module.Network.Block, adam, [_gradient.Block], whole: true));
        _learningRate = options.LearningRate.At(0);
    }

    /// <inheritdoc/>
    public override RlModule Module => _module;

    /// <summary>What is optimised and how.</summary>
    public DqnOptions Options { get; }

    /// <summary>The experience.</summary>
    public ReplayBuffer Replay { get; }

    /// <inheritdoc/>
    public override void Train(IReadOnlyList<RolloutBuffer> batch, long lifetimeSteps)
    {
        Replay.Add(batch);
        _learningRate = Options.LearningRate.At(lifetimeSteps);
        if (Replay.AddedLifetime < Options.StepsBeforeLearningStarts || Replay.Count == 0)
        {
            return;
        }

        _gradient.Refresh();
        for (var i = 0; i < _gradientSteps; i++)
        {
            Step(lifetimeSteps);
        }

        _module.WeightsChanged();
        _adam.RefuseDivergence();
    }

    /// <inheritdoc/>
    public override void WriteTo(Action<string, MetricValue> add)
    {
        ArgumentNullException.ThrowIfNull(add);
        _report.WriteTo(add);
        add("default_optimizer_learning_rate", _learningRate);
        add("num_target_updates", _targetUpdates);
        add("last_target_update_ts", _lastTargetUpdate);
        add("num_trainable_parameters", _module.ParameterCount);
        add("num_module_steps_trained", _report.Steps * Options.TrainBatchSize);
        add("num_module_steps_trained_lifetime", _stepsTrained);
        _report = default;
    }

    /// <inheritdoc/>
    public override ComponentState CaptureState()
    {
        var state = Adam.AddTo(
            ComponentState.Empty with
            {
                Values = ParameterSet.From(
                [
                    new("num_module_steps_trained_lifetime", _stepsTrained),
                    new("num_target_updates", _targetUpdates),
                    new("last_target_update_ts", _lastTargetUpdate),
                    new("random", _random.Save().ToString()),
                ]),
            },
            _adam);
        return Options.StoreBufferInCheckpoints ? Replay.AddTo(state) : state;
    }

    /// <inheritdoc/>
    /// <remarks>A state without replay leaves the buffer empty: learning starts again when it has as much as when training began.</remarks>
    public override void ApplyState(ComponentState state)
    {
        var (own, replay) = ReplayBuffer.Split(state);
        var moments = Adam.Prepare(own, _adam);
        var (trained, updates, last, random) = (own.Value<long>("num_module_steps_trained_lifetime"), own.Value<long>("num_target_updates"),
            own.Value<long>("last_target_update_ts"), own.Stream("random"));
        Replay.Restore(replay);
        moments();
        _random.Restore(random);
        (_stepsTrained, _targetUpdates, _lastTargetUpdate) = (trained, updates, last);
    }

    [MethodImpl(AggressiveOptimization)]
    private void Step(long lifetimeSteps)
    {
        Replay.Sample(Options.TrainBatchSize, _random, _batch);
        var loss = _gradient.Compute(_batch);
        var norm = _adam.Step(_learningRate);
        _gradient.Refresh();
        Replay.UpdatePriorities(_batch, _gradient.Errors);
        _stepsTrained += _batch.Count;
        _report = _report.Plus(loss, norm);
        if (lifetimeSteps - _lastTargetUpdate >= Options.TargetNetworkUpdateFrequency)
        {
            _module.UpdateTarget(Options.Tau);
            _targetUpdates++;
            _lastTargetUpdate = lifetimeSteps;
        }

        GC.KeepAlive(this);
    }
}
