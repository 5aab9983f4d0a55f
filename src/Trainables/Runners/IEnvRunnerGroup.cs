using Tuning.Checkpointing;

namespace Tuning.Runners;

/// <summary>
/// Where an algorithm's experience comes from: the environment runners of environments with one agent (<see cref="EnvRunnerGroup"/>) or several.
/// The component <c>env_runner</c> of a checkpoint.
/// </summary>
/// <remarks>Owned by one thread. What comes out does not depend on the number of threads.</remarks>
internal interface IEnvRunnerGroup : ICheckpointable, IDisposable
{
    /// <summary>The policies, in ordinal order of their names; one, <c>default_policy</c>, where there is one agent.</summary>
    IReadOnlyList<PolicyEnvironment> Policies { get; }

    /// <summary>Environment steps of all copies ever: a step of an environment counts once, however many agents act.</summary>
    long StepsLifetime { get; }

    /// <summary>
    /// Plays one iteration. Per policy, in the order of <see cref="Policies"/>, a list of buffers, always the same in the same order (a list may
    /// grow): a lane of a buffer, which is one of its environments, goes on where it was in the iteration before.
    /// The buffers are the group's own and are filled again by the next call.
    /// </summary>
    /// <param name="modules">One per policy; weights must not change during the call.</param>
    /// <exception cref="ArgumentException">A module's sizes do not fit.</exception>
    IReadOnlyList<IReadOnlyList<RolloutBuffer>> Sample(IReadOnlyList<RlModule> modules);

    /// <summary>Plays one evaluation, of which <see cref="WriteTo"/> then tells, and of no earlier one. Only a group that was made for it is asked.</summary>
    /// <param name="modules">One per policy; weights must not change during the call.</param>
    /// <param name="round">How long.</param>
    /// <param name="lifetimeSteps">Environment steps that training has sampled so far; exploration follows it.</param>
    /// <exception cref="ArgumentException">A module's sizes do not fit.</exception>
    void Evaluate(IReadOnlyList<RlModule> modules, EvaluationRound round, long lifetimeSteps);

    /// <summary>Writes what the runners report of the episodes and steps since the last call.</summary>
    void WriteTo(Metrics metrics);

    /// <summary>Why the last restore started all episodes anew, once; null when there is nothing to tell.</summary>
    string? TakeRestoreNotice();
}
