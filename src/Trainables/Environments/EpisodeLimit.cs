using System.Diagnostics.CodeAnalysis;

namespace Tuning.Environments;

/// <summary>What the time limits of both contracts have in common: an environment, and the steps of its running episode.</summary>
/// <typeparam name="TEnvironment">The contract of the environment inside.</typeparam>
[SuppressMessage("Design", "CA1063", Justification = "Closed family: nothing but managed members")]
public abstract class EpisodeLimit<TEnvironment> : IRestorableEnvironment, IWrapsEnvironment
    where TEnvironment : class, IRestorableEnvironment
{
    private int _elapsed;

    private protected EpisodeLimit(TEnvironment inner, int maxEpisodeSteps)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEpisodeSteps, 1);
        (Inner, MaxEpisodeSteps) = (inner, maxEpisodeSteps);
    }

    /// <summary>The environment inside.</summary>
    public TEnvironment Inner { get; }

    /// <summary>After how many steps an episode is truncated.</summary>
    public int MaxEpisodeSteps { get; }

    IRestorableEnvironment IWrapsEnvironment.Inside => Inner;

    bool IWrapsEnvironment.StepsOnce => true;

    /// <inheritdoc/>
    public bool CanSaveState => Inner.CanSaveState;

    /// <inheritdoc/>
    public JsonElement SaveState() => EnvironmentState.Save(new TimeLimitState(_elapsed, Inner.SaveState()));

    /// <inheritdoc/>
    public void RestoreState(JsonElement state, RandomStream random)
    {
        var (elapsed, inner) = EnvironmentState.Restore<TimeLimitState>(state);
        ArgumentOutOfRangeException.ThrowIfNegative(elapsed, nameof(state));
        Inner.RestoreState(inner, random);
        _elapsed = elapsed;
    }

    /// <inheritdoc/>
    [SuppressMessage("Usage", "CA1816", Justification = "No finalizer in the family")]
    public void Dispose() => Inner.Dispose();

    private protected void BeginEpisode() => _elapsed = 0;

    /// <summary>Counts a step; whether it was the last one.</summary>
    private protected bool CountStep() => ++_elapsed >= MaxEpisodeSteps;
}

/// <summary>The state of a time limit.</summary>
/// <param name="Elapsed">Steps of the running episode.</param>
/// <param name="Inner">The state of the environment inside.</param>
internal sealed record TimeLimitState(int Elapsed, JsonElement Inner);
