namespace Tuning.Learning;

/// <summary>
/// Soft actor-critic (Haarnoja et al., 2018) on the managed backend as RLlib defines it: experience goes into a replay buffer; each gradient step draws a
/// batch and trains policy, values and the weight α of the entropy at once, all by the weights from before.
/// </summary>
/// <remarks>
/// The batch is cut into blocks of rows, parameters into pieces; threads take them as they come, and what a block or piece gives does not depend on who
/// computed it. Differs from Stable-Baselines3, where the policy is judged by values that have just been trained.
/// </remarks>
internal sealed class ManagedSacLearner : Learner
{
    private const int RowsPerBlock = 64;
    private readonly DefaultSacModule _module;
    private readonly SacOptions _options;
    private readonly (int TrainingSteps, int Updates) _round;
    private readonly bool _isHuber;
    private readonly RandomStream _random;
    private readonly RandomStream _noise;
    private readonly ReplayBuffer _replay;
    private readonly SacRows _rows;
    private readonly SacBlock[] _blocks;
    private readonly AdamBlock[] _updates;
    private readonly Adam[] _adams;
    private readonly TransposedWeights[] _transposed;
    private readonly ThreadTeam _team;
    private readonly Action<int> _update;
    private readonly double _targetEntropy;
    private readonly SacMetrics _metrics = new();
    private long _weightsSeen = -1;
    private long _rowsTrained;
    private long _lastTargetUpdate = -1;
    private int _trainingSteps;
    private double _logAlpha;
    private double _alphaMoment1;
    private double _alphaMoment2;
    private int _nextBlock;
    private int _nextSum;
    private int _nextStep;
    private int _nextTransposition;
    private bool _targetsFollow;
    private double _actorLr;
    private double _criticLr;

    public ManagedSacLearner(DefaultSacModule module, SacOptions options, RandomStream random, int threads)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        (_module, _options, _round, _isHuber) = (module, options, options.Round, options.TdErrorLoss == TdErrorLoss.Huber);
        (_random, _noise) = (random, new RandomStream(random.NextUInt64()));
        var distribution = module.ActionDistribution;
        _targetEntropy = options.TargetEntropy ?? (distribution.IsDiscrete ? 0.98 * Math.Log(distribution.InputSize) : -distribution.ActionSize);
        _logAlpha = Math.Log(options.InitialAlpha);
        _replay = new(options.ReplayBufferConfig.ToBufferOptions(options.Gamma, options.NStep), module.ObservationSize, distribution.ActionSize);
        _rows = new(options.TrainBatchSize, module.ObservationSize, distribution.ActionSize);
        _blocks = [.. Enumerable.Range(0, (options.TrainBatchSize + RowsPerBlock - 1) / RowsPerBlock)
            .Select(_ => SacBlock.For(module, Math.Min(RowsPerBlock, options.TrainBatchSize)))];
        DenseNetwork[] networks = [module.Policy, .. module.Values];
        var adam = new AdamOptions { GradientClip = options.GradientClip, GradientClipBy = options.GradientClipBy };
        _updates = [.. networks.Select((network, i) => new AdamBlock(network.Block, adam, [.. _blocks.Select(block => block.Gradients[i].Block)]))];
        _adams = [.. _updates.Select(update => new Adam(adam, update))];
        _transposed = [.. networks.Select(network => new TransposedWeights(network))];
        _team = new ThreadTeam(threads, "SAC learner");
        _update = Update;
    }

    /// <inheritdoc/>
    public override RlModule Module => _module;

    /// <summary>The weight of the entropy.</summary>
    internal double Alpha => Math.Exp(_logAlpha);

    /// <summary>For tests and measurements: the gradients of the last step, policy first.</summary>
    internal IReadOnlyList<AdamBlock> Updates => _updates;

    /// <summary>For tests and measurements: the experience.</summary>
    internal ReplayBuffer Replay => _replay;

    /// <summary>For tests: the last batch.</summary>
    internal SacRows Rows => _rows;

    /// <inheritdoc/>
    public override void Train(IReadOnlyList<RolloutBuffer> batch, long lifetimeSteps)
    {
        _replay.Add(batch);
        if (lifetimeSteps < _options.StepsBeforeLearningStarts || _replay.Count == 0 || ++_trainingSteps < _round.TrainingSteps)
        {
            return;
        }

        _trainingSteps = 0;
        for (var i = 0; i < _round.Updates; i++)
        {
            Draw();
            Step(lifetimeSteps);
        }

        foreach (var adam in _adams)
        {
            adam.RefuseDivergence();
        }
    }

    /// <summary>All names that one reports.</summary>
    /// <param name="twin">Whether there are two networks of values.</param>
    public static IReadOnlyCollection<string> Metrics(bool twin)
    {
        List<string> names = ["alpha_value", "log_alpha_value", "target_entropy", "num_trainable_parameters", "num_module_steps_trained",
            "num_module_steps_trained_lifetime", "num_gradient_steps_lifetime", "replay_buffer_size"];
        new SacMetrics().CopyTo((name, _) => names.Add(name), twin);
        return names;
    }

    /// <inheritdoc/>
    public override void WriteTo(Action<string, MetricValue> add)
    {
        ArgumentNullException.ThrowIfNull(add);
        if (_metrics.Steps > 0)
        {
            _metrics.CopyTo(add, _module.Values.Count > 1);
        }

        add("alpha_value", Alpha);
        add("log_alpha_value", _logAlpha);
        add("target_entropy", _targetEntropy);
        add("num_trainable_parameters", _module.ParameterCount);
        add("num_module_steps_trained", _metrics.Rows);
        add("num_module_steps_trained_lifetime", _rowsTrained);
        add("num_gradient_steps_lifetime", Steps);
        add("replay_buffer_size", (long)_replay.Count);
        _metrics.Clear();
    }

    /// <inheritdoc/>
    public override ComponentState CaptureState()
    {
        var state = Adam.AddTo(
            ComponentState.Empty with
            {
                Values = ParameterSet.From(
                [
                    new("log_alpha", _logAlpha),
                    new("log_alpha_exp_avg", _alphaMoment1),
                    new("log_alpha_exp_avg_sq", _alphaMoment2),
                    new("configured_initial_alpha", _options.InitialAlpha),
                    new("random", _random.Save().ToString()),
                    new("noise", _noise.Save().ToString()),
                    new("training_steps_of_round", _trainingSteps),
                    new("last_target_update", _lastTargetUpdate),
                    new("num_module_steps_trained_lifetime", _rowsTrained),
                ]),
            },
            _adams);
        return _options.StoreBufferInCheckpoints ? _replay.AddTo(state) : state;
    }

    /// <inheritdoc/>
    /// <remarks>A weight of the entropy that was adapted from another configured start gives way to the configured one.</remarks>
    public override void ApplyState(ComponentState state)
    {
        var (own, replay) = ReplayBuffer.Split(state);
        var moments = Adam.Prepare(own, _adams);
        var (random, noise) = (own.Stream("random"), own.Stream("noise"));
        var (logAlpha, configured) = (own.Value<double>("log_alpha"), own.Value<double>("configured_initial_alpha"));
        var (moment1, moment2) = (own.Value<double>("log_alpha_exp_avg"), own.Value<double>("log_alpha_exp_avg_sq"));
        var (trainingSteps, lastTargetUpdate, rowsTrained) =
            (own.Value<int>("training_steps_of_round"), own.Value<long>("last_target_update"), own.Value<long>("num_module_steps_trained_lifetime"));
        _replay.Restore(replay);
        moments();
        _random.Restore(random);
        _noise.Restore(noise);
        (_trainingSteps, _lastTargetUpdate, _rowsTrained) = (trainingSteps, lastTargetUpdate, rowsTrained);
        (_logAlpha, _alphaMoment1, _alphaMoment2) = configured.Equals(_options.InitialAlpha) ? (logAlpha, moment1, moment2)
            : (Math.Log(_options.InitialAlpha), 0, 0);
        _weightsSeen = -1;
        _metrics.Clear();
    }

    /// <summary>Draws a batch from the experience, and the luck of its actions.</summary>
    internal void Draw()
    {
        _replay.Sample(_options.TrainBatchSize, _random, _rows.Batch);
        if (_module.ActionDistribution.IsDiscrete)
        {
            return;
        }

        foreach (var luck in (ReadOnlySpan<float[]>)[_rows.Noise, _rows.NextNoise])
        {
            foreach (ref var number in luck.AsSpan())
            {
                number = (float)_noise.NextGaussian();
            }
        }
    }

    /// <summary>One gradient step on the batch that was drawn.</summary>
    internal void Step(long lifetimeSteps)
    {
        if (_weightsSeen != _module.WeightsSequenceNumber)
        {
            foreach (var transposed in _transposed)
            {
                transposed.Refresh();
            }
        }

        foreach (var adam in _adams)
        {
            adam.Steps++;
        }

        _targetsFollow = _lastTargetUpdate < 0 || lifetimeSteps - _lastTargetUpdate >= _options.TargetNetworkUpdateFrequency;
        _lastTargetUpdate = _targetsFollow ? lifetimeSteps : _lastTargetUpdate;
        (_actorLr, _criticLr) = (_options.ActorLearningRate.At(lifetimeSteps), _options.CriticLearningRate.At(lifetimeSteps));
        _team.Run(_update);
        var (count, sums) = (_rows.Batch.Count, Sums());
        var alphaLoss = LearnAlpha(sums.LogProbability / count, _options.AlphaLearningRate.At(lifetimeSteps));
        _replay.UpdatePriorities(_rows.Batch, _rows.Errors.AsSpan(0, count));
        _rowsTrained += count;
        _metrics.Add(sums, count, alphaLoss, _actorLr, _criticLr, _updates);
        _module.WeightsChanged();
        _weightsSeen = _module.WeightsSequenceNumber;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _team.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Of the last batch.</summary>
    internal SacSums Sums()
    {
        var sums = SacSums.None;
        for (var i = 0; i < Blocks; i++)
        {
            sums.Add(_blocks[i].Sums);
        }

        return sums;
    }

    private long Steps => _adams[0].Steps;

    private int Blocks => (_rows.Batch.Count + RowsPerBlock - 1) / RowsPerBlock;

    /// <summary>One step of Adam on −ln α · (ln π + target entropy), in double precision; returns the loss.</summary>
    private double LearnAlpha(double meanLogProbability, double learningRate)
    {
        var gradient = -(meanLogProbability + _targetEntropy);
        var loss = _logAlpha * gradient;
        _alphaMoment1 = (0.9 * _alphaMoment1) + (0.1 * gradient);
        _alphaMoment2 = (0.999 * _alphaMoment2) + (0.001 * gradient * gradient);
        var (first, second) = (_alphaMoment1 / (1 - Math.Pow(0.9, Steps)), _alphaMoment2 / (1 - Math.Pow(0.999, Steps)));
        _logAlpha -= learningRate * first / (Math.Sqrt(second) + 1e-8);
        return loss;
    }

    /// <summary>What the threads do in a gradient step.</summary>
    [MethodImpl(AggressiveOptimization)]
    private void Update(int thread)
    {
        var count = _rows.Batch.Count;
        var settings = new SacSettings((float)Alpha, 1f / count, _isHuber);
        for (var i = Next(ref _nextBlock); i < Blocks; i = Next(ref _nextBlock))
        {
            _blocks[i].Compute(_rows, i * RowsPerBlock, Math.Min(RowsPerBlock, count - (i * RowsPerBlock)), _transposed, settings);
        }

        _team.Together.SignalAndWait();
        for (var i = Next(ref _nextSum); Find(i, out var update, out var piece); i = Next(ref _nextSum))
        {
            _updates[update].Reduce(piece, Blocks);
        }

        _team.Together.SignalAndWait();
        if (_updates[0].Clips)
        {
            if (thread == 0)
            {
                foreach (var update in _updates)
                {
                    update.Clip();
                }
            }

            _team.Together.SignalAndWait();
        }

        for (var i = Next(ref _nextStep); Find(i, out var update, out var piece); i = Next(ref _nextStep))
        {
            _updates[update].Apply(piece, _adams[update].At(Steps, update == 0 ? _actorLr : _criticLr, _updates[update].Norm));
            if (update > 0 && _targetsFollow)
            {
                var (start, size) = _updates[update].Place(piece);
                Kernels.Blend(_module.Targets[update - 1].Parameters + start, _module.Values[update - 1].Parameters + start, size, (float)_options.Tau);
            }
        }

        _team.Together.SignalAndWait();
        for (var i = Next(ref _nextTransposition); i < _transposed.Length; i = Next(ref _nextTransposition))
        {
            _transposed[i].Refresh();
        }

        // Nobody takes from the first three any more.
        if (thread == 0)
        {
            (_nextBlock, _nextSum, _nextStep) = (0, 0, 0);
        }

        _team.Together.SignalAndWait();
        _nextTransposition = 0;
    }

    private static int Next(ref int counter) => Interlocked.Increment(ref counter) - 1;

    /// <summary>The network and piece of a number, counted through all networks; false when there is none.</summary>
    private bool Find(int number, out int update, out int piece)
    {
        (update, piece) = (0, number);
        while (update < _updates.Length && piece >= _updates[update].Pieces)
        {
            piece -= _updates[update].Pieces;
            update++;
        }

        return update < _updates.Length;
    }
}
