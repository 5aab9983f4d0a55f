namespace Tuning.Runners;

/// <summary>
/// What a program does at the events of episodes. One instance per environment runner, called by the runner's thread only; in
/// the order created, (reset), start, step …, end for each copy.
/// </summary>
/// <remarks>Runners without hooks pay nothing for them. An exception ends the iteration and passes to the caller of the runner group.</remarks>
public interface IEpisodeHooks
{
    /// <summary>A copy of the environment was made; before any episode.</summary>
    void OnEnvironmentCreated(EnvRunner runner, IEnvironment environment, EnvironmentContext context)
    {
    }

    /// <summary>A copy of an environment with several agents was made; before any episode.</summary>
    void OnEnvironmentCreated(EnvRunner runner, IMultiAgentEnvironment environment, EnvironmentContext context)
    {
    }

    /// <summary>An episode is about to begin; its environment is not reset yet.</summary>
    void OnEpisodeCreated(EnvRunner runner, Episode episode)
    {
    }

    /// <summary>An episode has begun: its first observation is there.</summary>
    void OnEpisodeStart(EnvRunner runner, Episode episode)
    {
    }

    /// <summary>A step was taken, also the last one.</summary>
    void OnEpisodeStep(EnvRunner runner, Episode episode)
    {
    }

    /// <summary>An episode has ended; its last observation is there, the next episode is not created yet.</summary>
    void OnEpisodeEnd(EnvRunner runner, Episode episode)
    {
    }

    /// <summary>
    /// A runner has filled its part of the batch. What is changed in <paramref name="samples"/> is what is learnt from. With several agents it is called
    /// for each agent of each copy that has steps (<see cref="RolloutBuffer.AgentId"/>, <see cref="RolloutBuffer.PolicyId"/>), where samples are whole
    /// episodes for each copy.
    /// </summary>
    void OnSampleEnd(EnvRunner runner, RolloutBuffer samples)
    {
    }
}
