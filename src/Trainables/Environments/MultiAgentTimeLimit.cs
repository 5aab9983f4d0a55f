namespace Tuning.Environments;

/// <summary>Cuts the episodes of an environment with several agents after a number of steps, for all agents at once.</summary>
/// <remarks>The registry puts it around every environment that is registered with a limit. Agents that wait then are truncated with the last observation they
/// saw.</remarks>
/// <param name="inner">The environment; owned from here on.</param>
/// <param name="maxEpisodeSteps">After how many steps of the environment an episode is truncated, at least 1.</param>
public sealed class MultiAgentTimeLimit(IMultiAgentEnvironment inner, int maxEpisodeSteps)
    : EpisodeLimit<IMultiAgentEnvironment>(inner, maxEpisodeSteps), IMultiAgentEnvironment
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Agents => Inner.Agents;

    /// <inheritdoc/>
    public Space ObservationSpace(int agent) => Inner.ObservationSpace(agent);

    /// <inheritdoc/>
    public Space ActionSpace(int agent) => Inner.ActionSpace(agent);

    /// <inheritdoc/>
    public void Reset(RandomStream random, MultiAgentStep step)
    {
        BeginEpisode();
        Inner.Reset(random, step);
    }

    /// <inheritdoc/>
    public void Step(MultiAgentStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Inner.Step(step);
        if (CountStep())
        {
            step.TruncateAll();
        }
    }
}
