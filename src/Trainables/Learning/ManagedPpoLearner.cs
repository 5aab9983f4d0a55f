using Tuning.Runners;
using Tuning.Modules;
using Tuning.Numerics;
using Tuning.Randomness;

namespace Tuning.Learning;

/// <summary>
/// PPO on the managed backend. Policy and value network have nothing to do with each other but the gradient's norm, so each gets threads of its
/// own, which meet only if gradients are clipped by their norm over both.
/// </summary>
internal sealed partial class ManagedPpoLearner : PpoLearner
{
    private const int ChunkRows = 48;
    private readonly DefaultPpoModule _module;
    private readonly RandomStream _random;
    private readonly ThreadTeam _team;
    private readonly NetworkTrainer[] _trainers;
    private readonly SpinBarrier _all;
    private readonly ModuleWorkspace[] _workspaces;
    private readonly Action<int> _update;
    private readonly double[,] _exchange;
    private readonly double[][] _lastNorms;
    private readonly Statistics[] _statistics;
    private readonly PpoRows _rows = new();
    private readonly long _parameterCount;
    private readonly double? _normBound;
    private long _steps;
    private long _stepsTrained;
    private double _klCoeff;

    public ManagedPpoLearner(DefaultPpoModule module, PpoLearnerOptions options, RandomStream random, int threads)
        : base(options)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _module = module;
        _random = random;
        _klCoeff = options.KlCoeff;
        _parameterCount = module.ParameterCount;
        var distribution = module.ActionDistribution;
        var shared = module.Networks.Count == 1;
        var (policyClip, valueClip) = (GradientClip.For(options.GradClip, options.GradClipBy, module.Policy), shared ? null : GradientClip.For(options.GradClip, options.GradClipBy, module.Value));
        _trainers = shared
            ? [new(module.Policy, distribution, module.FirstPolicyOutput, options.UseCritic, options.MinibatchSize, threads) { Clip = policyClip }]
            : [new(module.Policy, distribution, 0, false, options.MinibatchSize, Math.Max(1, (threads + 1) / 2)) { Clip = policyClip }, new(module.Value, null, 0, true, options.MinibatchSize, Math.Max(1, threads / 2)) { Clip = valueClip }];
        if (!options.UseCritic && !shared)
        {
            _trainers = [new(module.Policy, distribution, 0, false, options.MinibatchSize, threads) { Clip = policyClip }];
        }

        _normBound = GradientClip.Global(options.GradClip, options.GradClipBy);

        _statistics = new Statistics[_trainers.Length];
        _exchange = new double[2, _trainers.Length];
        _lastNorms = [.. _trainers.Select(_ => Array.Empty<double>())];
        _workspaces = [.. Enumerable.Range(0, threads).Select(_ => module.CreateWorkspace(ChunkRows))];
        foreach (var workspace in _workspaces)
        {
            // Makes the value function's part now: later, which thread computes values first would decide when memory is taken.
            module.ComputeValues([], 0, [], workspace);
        }

        _all = new SpinBarrier(threads);
        _team = new ThreadTeam(threads, "PPO learner");
        _update = Guard(thread =>
        {
            Prepare(thread);
            Train(thread);
        });
    }

    public override RlModule Module => _module;

    /// <summary>For tests: the trainers, policy first.</summary>
    internal IReadOnlyList<NetworkTrainer> Trainers => _trainers;

    public override PpoLearnerMetrics Update(IReadOnlyList<RolloutBuffer> batch, long lifetimeSteps)
    {
        Accept(batch);
        _learningRate = Options.LearningRate.At(lifetimeSteps);
        _entropyCoeff = Options.EntropyCoeff.At(lifetimeSteps);
        _clip = Options.ClipParam.At(lifetimeSteps);
        if (_rows.Count == 0)
        {
            return Idle();
        }

        foreach (var trainer in _trainers)
        {
            trainer.Refresh();
        }

        _statistics.AsSpan().Clear();
        _team.Run(_update);
        var gradientSteps = (long)Options.NumEpochs * Minibatches;
        _steps += gradientSteps;
        _stepsTrained += (long)Options.NumEpochs * _rows.Count;
        _module.WeightsChanged();
        foreach (var trainer in _trainers)
        {
            Divergence.RefuseWeights(trainer.Network.Parameters, _steps);
        }

        return Report(_targetVariance, gradientSteps);
    }

    // No agent of this policy had an outcome: nothing changes.
    private PpoLearnerMetrics Idle() => default(PpoLearnerMetrics) with
    {
        CurrKlCoeff = Options.UseKlLoss ? _klCoeff : 0,
        CurrEntropyCoeff = _entropyCoeff,
        LearningRate = _learningRate,
        ParameterCount = _parameterCount,
        StepsTrainedLifetime = _stepsTrained,
    };

    public override PpoLearnerState GetState() => new()
    {
        OptimizerState =
        [
            .. _trainers.SelectMany(trainer => trainer.Network.Read(trainer.Moment1)).Select(tensor => tensor with { Name = FirstMoment + tensor.Name }),
            .. _trainers.SelectMany(trainer => trainer.Network.Read(trainer.Moment2)).Select(tensor => tensor with { Name = SecondMoment + tensor.Name }),
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
        var views = _trainers.SelectMany(trainer => trainer.Network.Views()).ToList();
        var expected = views.Select(view => (FirstMoment + view.Name, view.Shape)).Concat(views.Select(view => (SecondMoment + view.Name, view.Shape)));
        var tensors = TensorSet.Check(state.OptimizerState, expected, "optimizer state");
        _random.Restore(state.Shuffle);
        foreach (var trainer in _trainers)
        {
            trainer.Network.Write(trainer.Moment1, Part(FirstMoment));
            trainer.Network.Write(trainer.Moment2, Part(SecondMoment));
        }

        _steps = state.OptimizerSteps;
        _stepsTrained = state.StepsTrainedLifetime;
        _klCoeff = state.ConfiguredKlCoeff.Equals(Options.KlCoeff) ? state.KlCoeff : Options.KlCoeff;

        Dictionary<string, float[]> Part(string prefix) =>
            tensors.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(pair => pair.Key[prefix.Length..], pair => pair.Value, StringComparer.Ordinal);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _team.Dispose();
            _all.Dispose();
            foreach (var trainer in _trainers)
            {
                trainer.Dispose();
            }
        }
        base.Dispose(disposing);
    }

    private const string FirstMoment = "exp_avg.";
    private const string SecondMoment = "exp_avg_sq.";

    private int Minibatches => (_rows.Count + Options.MinibatchSize - 1) / Options.MinibatchSize;

    private Action<int> Guard(Action<int> body) => thread =>
    {
        try
        {
            body(thread);
        }
        catch
        {
            // The others may wait for this thread at a barrier.
            _all.Break();
            foreach (var trainer in _trainers)
            {
                trainer.Break();
            }

            throw;
        }
    };

    private PpoLearnerMetrics Report(double targetVariance, long gradientSteps)
    {
        var rows = (double)_rows.Count;
        var policy = _statistics[0];
        var value = _statistics[^1];
        var (policyLoss, divergence, entropy) = (policy.Surrogate / rows, policy.Divergence / rows, policy.Entropy / rows);
        var hasValue = Options.UseCritic;
        var valueLoss = hasValue ? value.Clipped / rows : 0;
        var error = value.Error / rows;
        var residual = (value.Unclipped / rows) - (error * error);
        var penalty = Options.UseKlLoss ? _klCoeff : 0;
        var total = policyLoss + (Options.VfLossCoeff * valueLoss) - (_entropyCoeff * entropy) + (penalty * divergence);
        if (Options.UseKlLoss)
        {
            _klCoeff *= divergence > 2 * Options.KlTarget ? 1.5 : divergence < 0.5 * Options.KlTarget ? 0.5 : 1;
        }

        return new PpoLearnerMetrics
        {
            PolicyLoss = policyLoss,
            VfLoss = valueLoss,
            VfLossUnclipped = hasValue ? value.Unclipped / rows : 0,
            VfExplainedVar = hasValue ? Math.Max(-1, 1 - (residual / Math.Max(targetVariance, 1e-12))) : 0,
            Entropy = entropy,
            MeanKlLoss = divergence,
            CurrKlCoeff = Options.UseKlLoss ? _klCoeff : 0,
            CurrEntropyCoeff = _entropyCoeff,
            TotalLoss = total,
            LearningRate = _learningRate,
            GradientNorm = MeanNorm(),
            ParameterCount = _parameterCount,
            StepsTrained = (long)Options.NumEpochs * _rows.Count,
            StepsTrainedLifetime = _stepsTrained,
            GradientSteps = gradientSteps,
        };
    }

    /// <summary>Of the last epoch, over all networks.</summary>
    private double MeanNorm()
    {
        var sum = 0.0;
        for (var i = 0; i < Minibatches; i++)
        {
            var squares = 0.0;
            foreach (var norms in _lastNorms)
            {
                squares += norms[i];
            }

            sum += Math.Sqrt(squares);
        }

        return sum / Minibatches;
    }

    /// <summary>Sums over the last epoch.</summary>
    private readonly record struct Statistics(double Surrogate, double Divergence, double Entropy, double Clipped, double Unclipped, double Error)
    {
        public Statistics Plus((double Surrogate, double Divergence, double Entropy, double Clipped, double Unclipped, double Error) sums) => new(
            Surrogate + sums.Surrogate, Divergence + sums.Divergence, Entropy + sums.Entropy, Clipped + sums.Clipped, Unclipped + sums.Unclipped, Error + sums.Error);
    }
}
