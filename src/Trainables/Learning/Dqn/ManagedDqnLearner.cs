using System.Runtime.CompilerServices;
using Tuning.Checkpointing;
using Tuning.Modules;
using Tuning.Networks;
using Tuning.Numerics;
using Tuning.Randomness;
using Tuning.Runners;

namespace Tuning.Learning;

/// <summary>
/// Q-learning with a network and replay (Mnih et al., 2015) as RLlib defines it, on the managed backend: each training step puts what was sampled
/// into the replay buffer, and makes some gradient steps on transitions drawn from it.
/// </summary>
/// <remarks>
/// As in RLlib, the target network moves after the first gradient step that comes <see cref="DqnLearnerOptions.TargetNetworkUpdateFreq"/> environment
/// steps or more after its last move. One thread; allocates nothing once the buffer is full.
/// </remarks>
internal sealed class ManagedDqnLearner : Learner
{
    private const string FirstMoment = "exp_avg.";
    private const string SecondMoment = "exp_avg_sq.";
    private readonly DefaultDqnModule _module;
    private readonly RandomStream _random;
    private readonly DqnGradient _gradient;
    private readonly ReplayBatch _batch;
    private readonly FloatBuffer _moment1;
    private readonly FloatBuffer _moment2;
    private readonly GradientClip? _clip;
    private readonly double? _normBound;
    private long _steps;
    private long _stepsTrained;
    private long _targetUpdates;
    private long _lastTargetUpdate;
    private double _learningRate;
    private DqnReport _report;

    /// <summary>A learner that has sampled nothing yet.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public ManagedDqnLearner(DefaultDqnModule module, DqnLearnerOptions options, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.TrainBatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.GradientSteps, 1);
        (_module, Options, _random) = (module, options, random);
        _gradient = new(module, options.TrainBatchSize, options.DoubleQ, options.Huber);
        _batch = new(options.TrainBatchSize, module.ObservationSize, module.ActionDistribution.ActionSize);
        Replay = new(options.Replay, module.ObservationSize, module.ActionDistribution.ActionSize);
        (_moment1, _moment2) = (new(module.Network.BlockLength), new(module.Network.BlockLength));
        (_clip, _normBound) = (GradientClip.For(options.GradClip, options.GradClipBy, module.Network), GradientClip.Global(options.GradClip, options.GradClipBy));
        _learningRate = options.LearningRate.At(0);
    }

    /// <inheritdoc/>
    public override RlModule Module => _module;

    /// <summary>What is optimised and how.</summary>
    public DqnLearnerOptions Options { get; }

    /// <summary>The experience.</summary>
    public ReplayBuffer Replay { get; }

    /// <inheritdoc/>
    public override void Train(IReadOnlyList<RolloutBuffer> batch, long lifetimeSteps)
    {
        Replay.Add(batch);
        _learningRate = Options.LearningRate.At(lifetimeSteps);
        if (Replay.AddedLifetime < Options.LearningStarts || Replay.Count == 0)
        {
            return;
        }

        _gradient.Refresh();
        for (var i = 0; i < Options.GradientSteps; i++)
        {
            Step(lifetimeSteps);
        }

        _module.WeightsChanged();
        Divergence.RefuseWeights(_module.Network.Parameters, _steps);
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
        var state = ComponentState.Empty with
        {
            Values = ParameterSet.From(
            [
                new("optimizer_steps", _steps),
                new("num_module_steps_trained_lifetime", _stepsTrained),
                new("num_target_updates", _targetUpdates),
                new("last_target_update_ts", _lastTargetUpdate),
                new("random", _random.Save().ToString()),
            ]),
            Tensors = NamedTensors.ToState([.. Moments(FirstMoment, _moment1), .. Moments(SecondMoment, _moment2)]),
        };
        return Options.StoreBufferInCheckpoints ? Replay.AddTo(state) : state;
    }

    /// <inheritdoc/>
    /// <remarks>A state without replay leaves the buffer empty: learning starts again when it has as much as when training began.</remarks>
    public override void ApplyState(ComponentState state)
    {
        var (own, replay) = ReplayBuffer.Split(state);
        var tensors = NamedTensors.FromState(own, [.. Moments(FirstMoment, _moment1), .. Moments(SecondMoment, _moment2)]);
        var (steps, trained, updates, last) = (own.Value<long>("optimizer_steps"), own.Value<long>("num_module_steps_trained_lifetime"), own.Value<long>("num_target_updates"), own.Value<long>("last_target_update_ts"));
        var random = own.Stream("random");
        Replay.Restore(replay);
        _random.Restore(random);
        _module.Network.Write(_moment1, Part(FirstMoment));
        _module.Network.Write(_moment2, Part(SecondMoment));
        (_steps, _stepsTrained, _targetUpdates, _lastTargetUpdate) = (steps, trained, updates, last);

        Dictionary<string, float[]> Part(string prefix) =>
            tensors.Where(tensor => tensor.Name.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(tensor => tensor.Name[prefix.Length..], tensor => tensor.Data, StringComparer.Ordinal);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Step(long lifetimeSteps)
    {
        Replay.Sample(Options.TrainBatchSize, _random, _batch);
        var loss = _gradient.Compute(_batch);
        var (network, gradient) = (_module.Network, _gradient.Block);
        var norm = Math.Sqrt(Kernels.SumOfSquares(gradient.Floats, network.BlockLength));
        _clip?.Apply(gradient);
        var scale = _normBound is { } bound ? Math.Min(1, bound / (norm + 1e-6)) : 1;
        _steps++;
        Kernels.Adam(network.Parameters, _moment1.Floats, _moment2.Floats, gradient.Floats, network.BlockLength, AdamStep.Of(_steps, _learningRate, 0.9, 0.999, Options.AdamEpsilon, scale));
        _gradient.Refresh();
        Replay.UpdatePriorities(_batch, _gradient.Errors);
        _stepsTrained += _batch.Count;
        _report = _report.Plus(loss, norm);
        if (lifetimeSteps - _lastTargetUpdate >= Options.TargetNetworkUpdateFreq)
        {
            _module.UpdateTarget(Options.Tau);
            _targetUpdates++;
            _lastTargetUpdate = lifetimeSteps;
        }

        GC.KeepAlive(this);
    }

    private IEnumerable<NamedTensor> Moments(string prefix, FloatBuffer block) => _module.Network.Read(block).Select(tensor => tensor with { Name = prefix + tensor.Name });
}
