using System.Text.Json;
using Tuning.Randomness;

namespace Tuning.Environments;

/// <summary>Cuts the episodes of an environment with several agents after a number of steps, for all agents at once.</summary>
/// <remarks>The registry puts it around every environment that is registered with a limit. Agents that wait then are truncated with the last observation they saw.</remarks>
public sealed class MultiAgentTimeLimit : IMultiAgentEnvironment
{
    private int _elapsed;

    /// <summary>Puts a limit around an environment.</summary>
    /// <param name="inner">The environment; owned from here on.</param>
    /// <param name="maxEpisodeSteps">After how many steps of the environment an episode is truncated, at least 1.</param>
    public MultiAgentTimeLimit(IMultiAgentEnvironment inner, int maxEpisodeSteps)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEpisodeSteps, 1);
        (Inner, MaxEpisodeSteps) = (inner, maxEpisodeSteps);
    }

    /// <summary>The environment inside.</summary>
    public IMultiAgentEnvironment Inner { get; }

    /// <summary>After how many steps an episode is truncated.</summary>
    public int MaxEpisodeSteps { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Agents => Inner.Agents;

    /// <inheritdoc/>
    public bool CanSaveState => Inner.CanSaveState;

    /// <inheritdoc/>
    public Space ObservationSpace(int agent) => Inner.ObservationSpace(agent);

    /// <inheritdoc/>
    public Space ActionSpace(int agent) => Inner.ActionSpace(agent);

    /// <inheritdoc/>
    public void Reset(RandomStream random, MultiAgentStep step)
    {
        _elapsed = 0;
        Inner.Reset(random, step);
    }

    /// <inheritdoc/>
    public void Step(MultiAgentStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Inner.Step(step);
        if (++_elapsed >= MaxEpisodeSteps)
        {
            step.TruncateAll();
        }
    }

    /// <inheritdoc/>
    public JsonElement SaveState() => EnvironmentState.Save(new State(_elapsed, Inner.SaveState()));

    /// <inheritdoc/>
    public void RestoreState(JsonElement state, RandomStream random)
    {
        var (elapsed, inner) = EnvironmentState.Restore<State>(state);
        ArgumentOutOfRangeException.ThrowIfNegative(elapsed, nameof(state));
        Inner.RestoreState(inner, random);
        _elapsed = elapsed;
    }

    /// <inheritdoc/>
    public void Dispose() => Inner.Dispose();

    private sealed record State(int Elapsed, JsonElement Inner);
}
