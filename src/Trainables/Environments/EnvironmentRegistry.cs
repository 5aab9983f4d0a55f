namespace Tuning.Environments;

/// <summary>
/// The environments by name, for the whole process: those built in, and those that a program registers before it runs an
/// experiment.
/// </summary>
/// <remarks>
/// Safe for concurrent use. Built in: <c>Pendulum-v1</c>, <c>CartPole-v0</c>, <c>CartPole-v1</c>, <c>MountainCar-v0</c>,
/// <c>MountainCarContinuous-v0</c>, <c>Acrobot-v1</c>, <c>FrozenLake-v1</c>, <c>FrozenLake8x8-v1</c>, <c>TransformedActionPendulum</c>, and with several agents
/// <c>MultiAgentPendulum</c>, <c>MultiAgentCartPole</c> and <c>TicTacToe</c>. Process-wide because a checkpoint is loaded by name without a host.
/// </remarks>
public static class EnvironmentRegistry
{
    private static readonly string[] _lake = ["desc", "map_name", "is_slippery", "success_rate", "reward_schedule"];

    // Written out: what a program registers is never among them, whenever they are asked for.
    private static readonly EnvironmentDefinition[] _builtIn =
    [
        new("Pendulum-v1", c => new Pendulum(c.Get("g", Pendulum.DefaultGravity)), 200, ["g"]),
        new("CartPole-v0", c => new CartPole(c.Get("sutton_barto_reward", false)), 200, ["sutton_barto_reward"]),
        new("CartPole-v1", c => new CartPole(c.Get("sutton_barto_reward", false)), 500, ["sutton_barto_reward"]),
        new("MountainCar-v0", c => new MountainCar(c.Get("goal_velocity", 0.0)), 200, ["goal_velocity"]),
        new("MountainCarContinuous-v0", c => new MountainCarContinuous(c.Get("goal_velocity", 0.0)), 999, ["goal_velocity"]),
        new("Acrobot-v1", _ => new Acrobot(), 500, []),
        new("FrozenLake-v1", c => FrozenLake.Make(c, "4x4"), 100, _lake),
        new("FrozenLake8x8-v1", c => FrozenLake.Make(c, "8x8"), 200, _lake),
        new("MultiAgentPendulum", MultiAgentEnvironments.MakeMultiAgent("Pendulum-v1"), null, [IndependentAgents.CountName, "g"]),
        new("MultiAgentCartPole", MultiAgentEnvironments.MakeMultiAgent("CartPole-v1"), null, [IndependentAgents.CountName, "sutton_barto_reward"]),
        new("TicTacToe", _ => new TicTacToe(), null, []),
    ];

    private static readonly NameRegistry<EnvironmentDefinition> _definitions =
        _builtIn.Append(new("TransformedActionPendulum", TransformedActions.Pendulum, 200, ["low", "high", "config", "g"]))
            .Aggregate(new NameRegistry<EnvironmentDefinition>("environment", (one, two) => one.IsMadeAs(two)), (registry, d) => registry.Add(d.Name, d));

    /// <summary>The names, in ordinal order.</summary>
    public static IReadOnlyList<string> Names => _definitions.Names;

    /// <summary>Whether a name stands for an environment of this library, so that nothing of a user's is in it.</summary>
    internal static bool IsBuiltIn(string name) => Array.Exists(_builtIn, d => d.Name == name);

    /// <summary>Registers an environment.</summary>
    /// <param name="name">The name that <c>env:</c> gives; upper and lower case are different.</param>
    /// <param name="create">Makes a copy from its <c>env_config</c>. Called by several threads at once.</param>
    /// <param name="maxEpisodeSteps">After how many steps an episode is truncated, at least 1; null when the environment ends its episodes itself.</param>
    /// <exception cref="InvalidOperationException">The name is taken by another one. The same factory with the same limit once more changes
    /// nothing.</exception>
    public static void Register(string name, Func<ParameterSet, IEnvironment> create, int? maxEpisodeSteps = null) =>
        _definitions.Add(name, new(name, create, maxEpisodeSteps, null));

    /// <summary>Registers an environment with several agents.</summary>
    /// <param name="name">The name that <c>env:</c> gives; upper and lower case are different.</param>
    /// <param name="create">Makes a copy from its <c>env_config</c>. Called by several threads at once.</param>
    /// <param name="maxEpisodeSteps">After how many steps of the environment an episode is truncated, at least 1; null when the environment ends its episodes
    /// itself.</param>
    /// <exception cref="InvalidOperationException">The name is taken by another one. The same factory with the same limit once more changes
    /// nothing.</exception>
    public static void RegisterMultiAgent(string name, Func<ParameterSet, IMultiAgentEnvironment> create, int? maxEpisodeSteps = null) =>
        _definitions.Add(name, new(name, create, maxEpisodeSteps, null));

    /// <summary>The environment of a name, if there is one.</summary>
    public static bool TryGet(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out EnvironmentDefinition? definition) =>
        (definition = _definitions.Find(name) ?? _definitions.Find(Specification.OldNames.Environment(name))) is not null;

    /// <summary>The environment of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none; the message has the nearest name and all names.</exception>
    public static EnvironmentDefinition Get(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return TryGet(name, out var definition)
            ? definition
            : throw new KeyNotFoundException($"There is no environment '{name}';{EnvironmentDefinition.DidYouMean(name, Names)} there are: "
                + $"{string.Join(", ", Names)}. Register your own with EnvironmentRegistry.Register.");
    }

    /// <summary>Makes a copy of the environment of a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="config">Its <c>env_config</c>; empty when not given.</param>
    /// <exception cref="KeyNotFoundException">There is no such environment.</exception>
    /// <exception cref="ArgumentException">The configuration does not fit it.</exception>
    public static IEnvironment Create(string name, ParameterSet? config = null) => Get(name).Create(config);

    /// <summary>Makes a copy of the environment with several agents of a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="config">Its <c>env_config</c>; empty when not given.</param>
    /// <exception cref="KeyNotFoundException">There is no such environment.</exception>
    /// <exception cref="ArgumentException">The configuration does not fit it.</exception>
    /// <exception cref="InvalidOperationException">The environment has one agent.</exception>
    public static IMultiAgentEnvironment CreateMultiAgent(string name, ParameterSet? config = null) => Get(name).CreateMultiAgent(config);
}
