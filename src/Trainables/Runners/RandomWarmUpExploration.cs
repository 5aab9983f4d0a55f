namespace Tuning.Runners;

/// <summary>
/// Uniform actions at first, then another exploration (the <c>random_timesteps</c> of RLlib's <c>StochasticSampling</c>, the warm-up of Stable-Baselines3).
/// A box counts as −1 to 1. Which of the two acts is decided when a training step begins.
/// </summary>
/// <param name="then">What acts afterwards; owned from here on.</param>
/// <param name="steps">Environment steps of the lifetime with uniform actions.</param>
internal sealed class RandomWarmUpExploration(Exploration then, long steps) : Exploration
{
    private bool _random = true;

    /// <inheritdoc/>
    public override void Act(
        RlModule module, ReadOnlySpan<float> observations, ReadOnlySpan<int> trajectories, Span<float> inputs, Span<float> actions,
        ModuleWorkspace workspace, RandomStream random)
    {
        if (!_random)
        {
            then.Act(module, observations, trajectories, inputs, actions, workspace, random);
            return;
        }

        inputs.Clear();
        if (module.ActionDistribution is MultiCategorical several)
        {
            for (var i = 0; i < actions.Length; i++)
            {
                actions[i] = random.NextInt32(several.Counts[i % several.ActionSize]);
            }

            return;
        }

        foreach (ref var action in actions)
        {
            action = (2 * random.NextSingle()) - 1;
        }
    }

    /// <inheritdoc/>
    public override void BeginSample(long lifetimeSteps)
    {
        _random = lifetimeSteps < steps;
        then.BeginSample(lifetimeSteps);
    }

    /// <inheritdoc/>
    public override void BeginEpisode(int trajectory) => then.BeginEpisode(trajectory);

    /// <inheritdoc/>
    public override void WriteTo(Action<string, MetricValue> add) => then.WriteTo(add);

    /// <inheritdoc/>
    public override ParameterSet GetState() => then.GetState();

    /// <inheritdoc/>
    public override void SetState(ParameterSet state) => then.SetState(state);
}
