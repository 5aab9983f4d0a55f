namespace Tuning.Environments;

/// <summary>Makes environments for several agents, and plays them by hand: for tests of your own.</summary>
public static class MultiAgentEnvironments
{
    /// <summary>
    /// Several copies of a registered environment for one agent as one environment (RLlib's <c>make_multi_agent</c>): each agent has a copy of its own, and
    /// they
    /// have nothing to do with each other. <c>EnvironmentRegistry.RegisterMultiAgent("two-poles", MultiAgentEnvironments.MakeMultiAgent("CartPole-v1"))</c>.
    /// </summary>
    /// <param name="name">The registered name of the environment for one agent.</param>
    /// <returns>
    /// A factory for <see cref="EnvironmentRegistry.RegisterMultiAgent"/>. Of the <c>env_config</c> that it is given it takes <c>num_agents</c>, 1 when absent
    /// as in RLlib, and
    /// hands on the rest to each copy. Agents are <c>"0"</c>, <c>"1"</c>, …; each stays until its copy ends, the episode ends with the last of them.
    /// </returns>
    public static Func<ParameterSet, IMultiAgentEnvironment> MakeMultiAgent(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return config => IndependentAgents.Make(EnvironmentRegistry.Get(name), config);
    }

    /// <summary>Starts an episode: resets the environment and returns its first observations.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="random">Where all luck comes from.</param>
    /// <exception cref="InvalidOperationException">The environment gave rewards or ends with its reset.</exception>
    public static MultiAgentStep Start(this IMultiAgentEnvironment environment, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var step = new MultiAgentStep(environment);
        environment.Restart(random, step);
        return step;
    }

    /// <summary>Takes a step with the actions that were set with <see cref="MultiAgentStep.SetAction"/>.</summary>
    /// <exception cref="InvalidOperationException">The episode is over.</exception>
    public static void Advance(this IMultiAgentEnvironment environment, MultiAgentStep step)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(step);
        if (step.Done)
        {
            throw new InvalidOperationException("The episode is over; start another one.");
        }

        step.Begin();
        environment.Step(step);
    }

    /// <summary>Starts another episode with the same step.</summary>
    /// <exception cref="InvalidOperationException">The environment gave rewards or ends with its reset.</exception>
    internal static void Restart(this IMultiAgentEnvironment environment, RandomStream random, MultiAgentStep step)
    {
        step.BeginEpisode();
        environment.Reset(random, step);
        if (!step.OnlyObserves)
        {
            throw new InvalidOperationException($"Reset of {environment.GetType().Name} gives rewards or ends; it must only observe.");
        }
    }
}
