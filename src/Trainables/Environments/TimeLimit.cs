using System.Runtime.CompilerServices;
using System.Text.Json;
using Tuning.Randomness;

namespace Tuning.Environments;

/// <summary>Cuts the episodes of an environment after a number of steps: they end truncated, not terminated.</summary>
/// <remarks>The registry puts it around every environment that is registered with a limit.</remarks>
public sealed class TimeLimit : IEnvironment
{
    private int _elapsed;

    /// <summary>Puts a limit around an environment.</summary>
    /// <param name="inner">The environment; owned from here on.</param>
    /// <param name="maxEpisodeSteps">After how many steps an episode is truncated, at least 1.</param>
    public TimeLimit(IEnvironment inner, int maxEpisodeSteps)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEpisodeSteps, 1);
        (Inner, MaxEpisodeSteps) = (inner, maxEpisodeSteps);
    }

    /// <summary>The environment inside.</summary>
    public IEnvironment Inner { get; }

    /// <summary>After how many steps an episode is truncated.</summary>
    public int MaxEpisodeSteps { get; }

    /// <inheritdoc/>
    public Space ObservationSpace => Inner.ObservationSpace;

    /// <inheritdoc/>
    public Space ActionSpace => Inner.ActionSpace;

    /// <inheritdoc/>
    public bool CanSaveState => Inner.CanSaveState;

    /// <inheritdoc/>
    public void Reset(RandomStream random, Span<float> observation)
    {
        _elapsed = 0;
        Inner.Reset(random, observation);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var result = Inner.Step(action, observation);
        return ++_elapsed >= MaxEpisodeSteps ? result with { Truncated = true } : result;
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
