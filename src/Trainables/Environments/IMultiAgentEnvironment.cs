namespace Tuning.Environments;

/// <summary>
/// A world for several agents: who sees, who acts and who is there may change from step to step. Register one by name with
/// <see cref="EnvironmentRegistry.RegisterMultiAgent"/>; check one with <see cref="MultiAgentEnvironmentChecker"/>; make one from
/// copies of an <see cref="IEnvironment"/> with <see cref="MultiAgentEnvironments.MakeMultiAgent"/>.
/// </summary>
/// <remarks>
/// <para>The contract is that of RLlib's <c>MultiAgentEnv</c>. An agent that got an observation acts in the next step, every other one
/// does not. An agent is there from its first observation until it is terminated or truncated, or the episode ends; it may come
/// back later. Time may pass without anybody acting. The episode ends when the environment says so
/// (<see cref="MultiAgentStep.TerminateAll"/>, <see cref="MultiAgentStep.TruncateAll"/>; RLlib's <c>__all__</c>), not when the last agent leaves.</para>
/// <para>One owner at a time calls an environment. Copies run side by side on several threads, so they must not share what they
/// change. Do not allocate in <see cref="Step"/>.</para>
/// </remarks>
public interface IMultiAgentEnvironment : IRestorableEnvironment
{
    /// <summary>
    /// The names of all agents that may ever be there (RLlib's <c>possible_agents</c>): the same at every call. Everywhere else an agent is its number in this
    /// list.
    /// </summary>
    IReadOnlyList<string> Agents { get; }

    /// <summary>What an agent's observations look like. The same at every call.</summary>
    Space ObservationSpace(int agent);

    /// <summary>What an agent's actions look like. The same at every call.</summary>
    Space ActionSpace(int agent);

    /// <summary>Starts an episode: <see cref="MultiAgentStep.Observe"/> for every agent that acts first, and nothing else.</summary>
    /// <param name="random">
    /// Where all luck comes from. An environment whose steps draw keeps the reference until the next reset. Its owner saves and
    /// restores it, so it is no part of <see cref="IRestorableEnvironment.SaveState"/>.
    /// </param>
    /// <param name="step">Receives the first observations.</param>
    void Reset(RandomStream random, MultiAgentStep step);

    /// <summary>Lets one step of time pass: reads actions from <paramref name="step"/> and writes what came of them into it.</summary>
    /// <param name="step">Actions in, observations, rewards and ends out. After the episode's end the only legal call is <see cref="Reset"/>.</param>
    void Step(MultiAgentStep step);
}
