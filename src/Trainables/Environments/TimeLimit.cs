namespace Tuning.Environments;

/// <summary>Cuts the episodes of an environment after a number of steps: they end truncated, not terminated.</summary>
/// <remarks>The registry puts it around every environment that is registered with a limit.</remarks>
/// <param name="inner">The environment; owned from here on.</param>
/// <param name="maxEpisodeSteps">After how many steps an episode is truncated, at least 1.</param>
public sealed class TimeLimit(IEnvironment inner, int maxEpisodeSteps) : EpisodeLimit<IEnvironment>(inner, maxEpisodeSteps), IEnvironment
{
    /// <inheritdoc/>
    public Space ObservationSpace => Inner.ObservationSpace;

    /// <inheritdoc/>
    public Space ActionSpace => Inner.ActionSpace;

    /// <inheritdoc/>
    public void Reset(RandomStream random, Span<float> observation)
    {
        BeginEpisode();
        Inner.Reset(random, observation);
    }

    /// <inheritdoc/>
    [MethodImpl(AggressiveOptimization)]
    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var result = Inner.Step(action, observation);
        return CountStep() ? result with { Truncated = true } : result;
    }
}
