using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Tuning.Randomness;

namespace Tuning.Environments;

/// <summary>
/// A world for one agent, by Gymnasium's contract: reset, then step until the episode is terminated or truncated, then reset
/// again. Register one by name with <see cref="EnvironmentRegistry.Register"/>; check one with <see cref="EnvironmentChecker"/>.
/// </summary>
/// <remarks>
/// <para>One owner at a time calls an environment; it need not be safe for concurrent use. Copies run side by side on
/// several threads, so they must not share what they change.</para>
/// <para>Observations are written into the span that the caller hands in: a <see cref="Box"/> gives its numbers in row-major
/// order, a <see cref="Discrete"/> its number, a <see cref="MultiDiscrete"/> one number per part. Do not allocate in
/// <see cref="Step"/>: it is called a hundred thousand times a second.</para>
/// </remarks>
public interface IEnvironment : IDisposable
{
    /// <summary>What observations look like. The same at every call.</summary>
    Space ObservationSpace { get; }

    /// <summary>What actions look like. The same at every call.</summary>
    Space ActionSpace { get; }

    /// <summary>Starts an episode.</summary>
    /// <param name="random">
    /// Where all luck comes from. An environment whose steps draw keeps the reference until the next reset. Its owner saves
    /// and restores it, so it is no part of <see cref="SaveState"/>.
    /// </param>
    /// <param name="observation">Receives the first observation; <see cref="Space.Size"/> numbers, every one to be written.</param>
    void Reset(RandomStream random, Span<float> observation);

    /// <summary>Lets one step of time pass.</summary>
    /// <param name="action">The action. A <see cref="Box"/> action may lie outside its bounds when clipping is off.</param>
    /// <param name="observation">Receives the observation after the step, also that of an episode's last step.</param>
    /// <returns>The reward, and whether the episode is over. After its end the only legal call is <see cref="Reset"/>.</returns>
    StepResult Step(EnvironmentAction action, Span<float> observation);

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
    JsonElement SaveState() => throw new NotSupportedException($"The environment {GetType().Name} cannot save its state: it does not override {nameof(SaveState)}.");

    /// <summary>Goes on where <paramref name="state"/> was taken: the same actions give the same observations, bit by bit.</summary>
    /// <param name="state">What <see cref="SaveState"/> gave, from this environment or another one of the same configuration.</param>
    /// <param name="random">As in <see cref="Reset"/>; its owner has restored it.</param>
    /// <exception cref="NotSupportedException">The environment cannot save its state.</exception>
    void RestoreState(JsonElement state, RandomStream random) => throw new NotSupportedException($"The environment {GetType().Name} cannot restore a state: it does not override {nameof(RestoreState)}.");

    /// <summary>Frees what the environment holds; nothing unless overridden.</summary>
    [SuppressMessage("Usage", "CA1816", Justification = "A default for environments that hold nothing")]
    void IDisposable.Dispose()
    {
    }
}
