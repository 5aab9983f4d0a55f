using Tuning.Modules;
using Tuning.Networks;
using Tuning.Numerics;
using Tuning.Randomness;
using Tuning.Runners;

namespace Tuning.Learning;

/// <summary>
/// Soft actor-critic (Haarnoja et al., 2018) on the managed backend as RLlib defines it: experience goes into a replay buffer; each gradient step draws a
/// batch and trains policy, values and the weight α of the entropy at once, all by the weights from before.
/// </summary>
/// <remarks>
/// The batch is cut into blocks of rows, parameters into pieces; threads take them as they come, and what a block or piece gives does not depend on who
/// computed it. Differs from Stable-Baselines3, where the policy is judged by values that have just been trained.
/// </remarks>
internal sealed partial class ManagedSacLearner : Learner
{
    private const int RowsPerBlock = 64;
    private readonly DefaultSacModule _module;
    private readonly SacLearnerOptions _options;
    private readonly RandomStream _random;
    private readonly RandomStream _noise;
    private readonly ReplayBuffer _replay;
    private readonly SacRows _rows;
    private readonly SacBlock[] _blocks;
    private readonly NetworkUpdate[] _updates;
    private readonly TransposedWeights[] _transposed;
    private readonly ThreadTeam _team;
    private readonly SpinBarrier _barrier;
    private readonly Action<int> _update;
    private readonly double _targetEntropy;
    private readonly double? _normBound;
    private readonly SacMetrics _metrics = new();
    private long _weightsSeen = -1;
    private long _steps;
    private long _rowsTrained;
    private long _lastTargetUpdate = -1;
    private int _trainingSteps;
    private double _logAlpha;
    private double _alphaMoment1;
    private double _alphaMoment2;

    public ManagedSacLearner(DefaultSacModule module, SacLearnerOptions options, RandomStream random, int threads)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        (_module, _options) = (module, options);
        (_random, _noise) = (random, new RandomStream(random.NextUInt64()));
        var distribution = module.ActionDistribution;
        _targetEntropy = options.TargetEntropy ?? (distribution.IsDiscrete ? 0.98 * Math.Log(distribution.InputSize) : -distribution.ActionSize);
        _logAlpha = Math.Log(options.InitialAlpha);
        _replay = new(options.Replay, module.ObservationSize, distribution.ActionSize);
        _rows = new(options.TrainBatchSize, module.ObservationSize, distribution.ActionSize);
        _blocks = [.. Enumerable.Range(0, (options.TrainBatchSize + RowsPerBlock - 1) / RowsPerBlock).Select(_ => SacBlock.For(module, Math.Min(RowsPerBlock, options.TrainBatchSize)))];
        DenseNetwork[] networks = [module.Policy, .. module.Values];
        _updates = [.. networks.Select((network, i) => new NetworkUpdate(network, i == 0 ? null : module.Targets[i - 1], [.. _blocks.Select(block => block.Gradients[i])]) { Clip = GradientClip.For(options.GradClip, options.GradClipBy, network) })];
        _normBound = GradientClip.Global(options.GradClip, options.GradClipBy);
        _transposed = [.. _updates.Select(update => update.Transposed)];
        _barrier = new SpinBarrier(threads);
        _team = new ThreadTeam(threads, "SAC learner");
        _update = Guard(Update);
    }

    /// <inheritdoc/>
    public override RlModule Module => _module;

    /// <summary>The weight of the entropy.</summary>
    internal double Alpha => Math.Exp(_logAlpha);

    /// <summary>For tests and measurements: the gradients of the last step, policy first.</summary>
    internal IReadOnlyList<NetworkUpdate> Updates => _updates;

    /// <summary>For tests and measurements: the experience.</summary>
    internal ReplayBuffer Replay => _replay;

    /// <summary>For tests: the last batch.</summary>
    internal SacRows Rows => _rows;

    /// <inheritdoc/>
    public override void Train(IReadOnlyList<RolloutBuffer> batch, long lifetimeSteps)
    {
        _replay.Add(batch);
        if (lifetimeSteps < _options.NumStepsSampledBeforeLearningStarts || _replay.Count == 0 || ++_trainingSteps < _options.TrainingStepsPerRound)
        {
            return;
        }

        _trainingSteps = 0;
        for (var i = 0; i < _options.UpdatesPerRound; i++)
        {
            Draw();
            Step(lifetimeSteps);
        }

        foreach (var update in _updates)
        {
            Divergence.RefuseWeights(update.Network.Parameters, _steps);
        }
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
        add("num_gradient_steps_lifetime", _steps);
        add("replay_buffer_size", (long)_replay.Count);
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

        _steps++;
        _targetsFollow = _lastTargetUpdate < 0 || lifetimeSteps - _lastTargetUpdate >= _options.TargetNetworkUpdateFreq;
        _lastTargetUpdate = _targetsFollow ? lifetimeSteps : _lastTargetUpdate;
        (_actorLr, _criticLr) = (_options.ActorLr.At(lifetimeSteps), _options.CriticLr.At(lifetimeSteps));
        _team.Run(_update);
        var (count, sums) = (_rows.Batch.Count, Sums());
        var alphaLoss = LearnAlpha(sums.LogProbability / count, _options.AlphaLr.At(lifetimeSteps));
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
            _barrier.Dispose();
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

    private int Blocks => (_rows.Batch.Count + RowsPerBlock - 1) / RowsPerBlock;

    /// <summary>One step of Adam on −ln α · (ln π + target entropy), in double precision; returns the loss.</summary>
    private double LearnAlpha(double meanLogProbability, double learningRate)
    {
        var gradient = -(meanLogProbability + _targetEntropy);
        var loss = _logAlpha * gradient;
        _alphaMoment1 = (0.9 * _alphaMoment1) + (0.1 * gradient);
        _alphaMoment2 = (0.999 * _alphaMoment2) + (0.001 * gradient * gradient);
        var (first, second) = (_alphaMoment1 / (1 - Math.Pow(0.9, _steps)), _alphaMoment2 / (1 - Math.Pow(0.999, _steps)));
        _logAlpha -= learningRate * first / (Math.Sqrt(second) + 1e-8);
        return loss;
    }
}
