namespace Tuning.Runners;

/// <summary>
/// Rewards as they are learnt from: clipped, then divided by the deviation of discounted returns. Reports and hooks have them as they were.
/// </summary>
/// <remarks>
/// Owned by one runner. Mean and variance are Gymnasium's: they begin as of 0.0001 observations of mean 0 and variance 1, and take in the discounted
/// return of a trajectory at each reward; it begins anew with each episode, also a truncated one, as in Stable-Baselines3.
/// </remarks>
internal sealed class RewardShaper
{
    private const double Small = 1e-8;
    private const double CountAtFirst = 1e-4;

    private readonly RewardClip? _clip;
    private readonly RewardNormalization? _normalization;
    private readonly double[] _returns;
    private double _count = CountAtFirst;
    private double _mean;
    private double _variance = 1;

    private RewardShaper(EnvironmentWrappers wrappers, int trajectories) =>
        (_clip, _normalization, _returns) = (wrappers.ClipRewards, wrappers.NormalizeRewards, new double[trajectories]);

    /// <summary>The shaper of a runner; null where rewards are learnt from as they are.</summary>
    public static RewardShaper? Of(EnvRunnerOptions options, int trajectories)
    {
        var wrappers = EnvironmentWrappers.Of(options.EnvironmentConfig);
        return options.IsEvaluation || (wrappers.ClipRewards is null && wrappers.NormalizeRewards is null) ? null : new(wrappers, trajectories);
    }

    /// <summary>A reward as it is learnt from.</summary>
    /// <param name="trajectory">Whose it is.</param>
    /// <param name="reward">The reward.</param>
    /// <param name="isOver">Whether it is the last of its episode.</param>
    public double Shape(int trajectory, double reward, bool isOver)
    {
        reward = _clip?.Apply(reward) ?? reward;
        if (_normalization is not { } normalization)
        {
            return reward;
        }

        ref var discounted = ref _returns[trajectory];
        discounted = (discounted * normalization.Gamma) + reward;
        Push(discounted);
        discounted = isOver ? 0 : discounted;
        return Math.Clamp(reward / Math.Sqrt(_variance + Small), -normalization.Clip, normalization.Clip);
    }

    /// <summary>All episodes begin anew.</summary>
    public void Forget() => Array.Clear(_returns);

    /// <summary>What it has learnt.</summary>
    public ParameterSet GetState() =>
        ParameterSet.From([new("count", _count), new("mean", _mean), new("variance", _variance), new("returns", _returns.Cast<object>().ToList())]);

    /// <summary>Takes over what <see cref="GetState"/> gave.</summary>
    /// <param name="state">The state.</param>
    /// <param name="goesOn">Whether episodes go on, and not only what was learnt.</param>
    public void SetState(ParameterSet state, bool goesOn)
    {
        (_count, _mean, _variance) = (state.Get<double>("count"), state.Get<double>("mean"), state.Get<double>("variance"));
        Forget();
        if (goesOn && state.Get<double[]>("returns") is var returns && returns.Length == _returns.Length)
        {
            returns.CopyTo(_returns, 0);
        }
    }

    private void Push(double value)
    {
        var total = _count + 1;
        var delta = value - _mean;
        _mean += delta / total;
        _variance = ((_variance * _count) + (delta * delta * _count / total)) / total;
        _count = total;
    }
}
