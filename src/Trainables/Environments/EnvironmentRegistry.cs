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

    private static readonly NameRegistry<PrefixFactory> _prefixes = new("prefix of environments", (one, two) => one.Equals(two));

    /// <summary>The names, in ordinal order, without those below a prefix.</summary>
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

    /// <summary>The prefixes, in ordinal order: what stands before the colon of a name (<c>gym</c> of <c>gym:CartPole-v1</c>).</summary>
    public static IReadOnlyList<string> Prefixes => _prefixes.Names;

    /// <summary>Registers a prefix: names that begin with it and a colon are made by a factory, whatever follows.</summary>
    /// <param name="prefix">What stands before the colon, without it.</param>
    /// <param name="create">Makes so many copies, which may share what carries them, from the name after the colon and the <c>env_config</c>. Called by several
    /// threads at once. A copy that implements <see cref="IStepsAhead"/> is told its action before the others of its runner are waited for.</param>
    /// <exception cref="ArgumentException">The prefix is empty or has a colon.</exception>
    /// <exception cref="InvalidOperationException">The prefix is taken by another factory.</exception>
    public static void RegisterPrefix(string prefix, Func<string, ParameterSet, int, IReadOnlyList<IEnvironment>> create) =>
        AddPrefix(prefix, new(create, null));

    /// <summary>Registers a prefix of environments with several agents.</summary>
    /// <inheritdoc cref="RegisterPrefix"/>
    public static void RegisterMultiAgentPrefix(string prefix, Func<string, ParameterSet, int, IReadOnlyList<IMultiAgentEnvironment>> create) =>
        AddPrefix(prefix, new(null, create));

    /// <summary>The environment of a name, if there is one.</summary>
    public static bool TryGet(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out EnvironmentDefinition? definition) =>
        (definition = _definitions.Find(name) ?? _definitions.Find(Specification.OldNames.Environment(name)) ?? OfPrefix(name)) is not null;

    /// <summary>The environment of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none; the message has the nearest name and all names.</exception>
    public static EnvironmentDefinition Get(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return TryGet(name, out var definition)
            ? definition
            : throw new KeyNotFoundException($"There is no environment '{name}';{EnvironmentDefinition.DidYouMean(name, Names)} there are: "
                + $"{string.Join(", ", Names.Concat(Prefixes.Select(p => p + ":…")))}. Register your own with EnvironmentRegistry.Register.");
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

    private static void AddPrefix(string prefix, PrefixFactory factory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(prefix);
        if (prefix.Contains(':', StringComparison.Ordinal))
        {
            throw new ArgumentException($"The prefix '{prefix}' has a colon; give what stands before the first colon of a name.", nameof(prefix));
        }

        _prefixes.Add(prefix, factory);
    }

    private static EnvironmentDefinition? OfPrefix(string name) =>
        name.Split(':', 2) is [var prefix, { Length: > 0 } rest] && _prefixes.Find(prefix) is { } factory ? factory.Define(name, rest) : null;

    private sealed record PrefixFactory(
        Func<string, ParameterSet, int, IReadOnlyList<IEnvironment>>? Create, Func<string, ParameterSet, int, IReadOnlyList<IMultiAgentEnvironment>>? Several)
    {
        public EnvironmentDefinition Define(string name, string rest) => Create is null
            ? new(name, (ParameterSet config, int count) => Several!(rest, config, count))
            : new(name, (ParameterSet config, int count) => Create(rest, config, count));
    }
}
