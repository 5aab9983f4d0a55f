using System.Diagnostics.CodeAnalysis;

namespace Tuning.Environments;

/// <summary>What environments for one agent and for several have in common: an episode that may be saved in the middle.</summary>
public interface IRestorableEnvironment : IDisposable
{
    /// <summary>
    /// Whether <see cref="SaveState"/> and <see cref="RestoreState"/> work. When false, a restored experiment starts its
    /// episodes anew.
    /// </summary>
    /// <value>False unless overridden.</value>
    bool CanSaveState => false;

    /// <summary>
    /// Everything that the rest of the episode depends on, besides the random stream. Taken between two steps.
    /// <c>JsonSerializer.SerializeToElement</c> makes one from any record.
    /// </summary>
    /// <exception cref="NotSupportedException">The environment cannot save its state.</exception>
    JsonElement SaveState() => throw new NotSupportedException($"The environment {GetType().Name} cannot save its state: it does not override "
        + $"{nameof(SaveState)}.");

    /// <summary>Goes on where <paramref name="state"/> was taken: the same actions lead to the same, bit by bit.</summary>
    /// <param name="state">What <see cref="SaveState"/> gave, from this environment or another one of the same configuration.</param>
    /// <param name="random">The stream of the episode, as its reset got it; its owner has restored it.</param>
    /// <exception cref="NotSupportedException">The environment cannot save its state.</exception>
    void RestoreState(JsonElement state, RandomStream random) => throw new NotSupportedException($"The environment {GetType().Name} cannot restore a "
        + $"state: it does not override {nameof(RestoreState)}.");

    /// <summary>Frees what the environment holds; nothing unless overridden.</summary>
    [SuppressMessage("Usage", "CA1816", Justification = "A default for environments that hold nothing")]
    void IDisposable.Dispose()
    {
    }
}
