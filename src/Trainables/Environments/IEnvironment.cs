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
public interface IEnvironment : IRestorableEnvironment
{
    /// <summary>What observations look like. The same at every call.</summary>
    Space ObservationSpace { get; }

    /// <summary>What actions look like. The same at every call.</summary>
    Space ActionSpace { get; }

    /// <summary>Starts an episode.</summary>
    /// <param name="random">
    /// Where all luck comes from. An environment whose steps draw keeps the reference until the next reset. Its owner saves
    /// and restores it, so it is no part of <see cref="IRestorableEnvironment.SaveState"/>.
    /// </param>
    /// <param name="observation">Receives the first observation; <see cref="Space.Size"/> numbers, every one to be written.</param>
    void Reset(RandomStream random, Span<float> observation);

    /// <summary>Lets one step of time pass.</summary>
    /// <param name="action">The action. A <see cref="Box"/> action may lie outside its bounds when clipping is off.</param>
    /// <param name="observation">Receives the observation after the step, also that of an episode's last step.</param>
    /// <returns>The reward, and whether the episode is over. After its end the only legal call is <see cref="Reset"/>.</returns>
    StepResult Step(EnvironmentAction action, Span<float> observation);
}
