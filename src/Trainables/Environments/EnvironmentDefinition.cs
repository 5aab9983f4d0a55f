namespace Tuning.Environments;

/// <summary>A registered environment: how copies are made, and when their episodes are cut. Immutable, safe on any thread.</summary>
public sealed class EnvironmentDefinition
{
    private readonly Func<ParameterSet, IEnvironment>? _create;
    private readonly Func<ParameterSet, IMultiAgentEnvironment>? _createMultiAgent;

    // Whether the limit is one of the algorithm's (horizon), which a time limit of the wrappers does not lift.
    private readonly bool _isCut;
    // Makes all copies of a runner at once; null where they have nothing in common.
    private readonly Func<ParameterSet, int, IReadOnlyList<IRestorableEnvironment>>? _createTogether;

    internal EnvironmentDefinition(string name, Func<ParameterSet, int, IReadOnlyList<IEnvironment>> createTogether)
        : this(name, config => createTogether(config, 1)[0], null, null) => _createTogether = createTogether;

    internal EnvironmentDefinition(string name, Func<ParameterSet, int, IReadOnlyList<IMultiAgentEnvironment>> createTogether)
        : this(name, config => createTogether(config, 1)[0], null, null) => _createTogether = createTogether;

    internal EnvironmentDefinition(string name, Func<ParameterSet, IEnvironment> create, int? maxEpisodeSteps, IReadOnlyCollection<string>? parameterNames)
        : this(name, maxEpisodeSteps, parameterNames)
    {
        ArgumentNullException.ThrowIfNull(create);
        _create = create;
    }

    internal EnvironmentDefinition(
        string name, Func<ParameterSet, IMultiAgentEnvironment> create, int? maxEpisodeSteps, IReadOnlyCollection<string>? parameterNames)
        : this(name, maxEpisodeSteps, parameterNames)
    {
        ArgumentNullException.ThrowIfNull(create);
        _createMultiAgent = create;
    }

    private EnvironmentDefinition(string name, int? maxEpisodeSteps, IReadOnlyCollection<string>? parameterNames)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (maxEpisodeSteps is { } steps)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1, nameof(maxEpisodeSteps));
        }

        (Name, MaxEpisodeSteps, ParameterNames) = (name, maxEpisodeSteps, parameterNames is null ? null : [.. parameterNames, EnvironmentWrappers.Key]);
    }

    private EnvironmentDefinition(EnvironmentDefinition other, int horizon)
    {
        (Name, ParameterNames, _create, _createMultiAgent) = (other.Name, other.ParameterNames, other._create, other._createMultiAgent);
        (_createTogether, MaxEpisodeSteps, _isCut) = (other._createTogether, horizon, true);
    }

    /// <summary>The name that <c>env:</c> gives.</summary>
    public string Name { get; }

    /// <summary>Whether it has several agents: then <see cref="CreateMultiAgent"/> makes copies, else <see cref="Create"/>.</summary>
    public bool IsMultiAgent => _createMultiAgent is not null;

    /// <summary>After how many steps an episode is truncated; null for never.</summary>
    public int? MaxEpisodeSteps { get; }

    /// <summary>The names that <c>env_config</c> may have, <c>wrappers</c> among them; null when the environment takes any.</summary>
    public IReadOnlyCollection<string>? ParameterNames { get; }

    /// <summary>Makes a copy of an environment for one agent, with its time limit around it.</summary>
    /// <param name="config">The <c>env_config</c>; empty when not given.</param>
    /// <exception cref="ArgumentException">The configuration has a name that the environment does not know, the message has the nearest; or its factory refuses
    /// it.</exception>
    /// <exception cref="InvalidOperationException">The factory returned null or failed, or the environment has several agents.</exception>
    public IEnvironment Create(ParameterSet? config = null) => Wrap(
        Make(
            config,
            _create ?? throw new InvalidOperationException($"The environment {Name} has several agents: say in multi_agent which policies they follow, or "
                + $"make it with {nameof(CreateMultiAgent)}.")),
        config);

    /// <summary>Makes a copy of an environment for several agents, with its time limit around it.</summary>
    /// <param name="config">The <c>env_config</c>; empty when not given.</param>
    /// <exception cref="ArgumentException">The configuration has a name that the environment does not know, the message has the nearest; or its factory refuses
    /// it.</exception>
    /// <exception cref="InvalidOperationException">The factory returned null or failed, or the environment has one agent.</exception>
    public IMultiAgentEnvironment CreateMultiAgent(ParameterSet? config = null) => Wrap(
        Make(
            config,
            _createMultiAgent ?? throw new InvalidOperationException($"The environment {Name} has one agent; "
                + $"{nameof(MultiAgentEnvironments)}.{nameof(MultiAgentEnvironments.MakeMultiAgent)}(\"{Name}\") makes one with several copies of it.")),
        config);

    /// <summary>Makes a copy, whoever acts in it: one agent is a case of several.</summary>
    /// <inheritdoc cref="Create"/>
    internal IMultiAgentEnvironment Open(ParameterSet? config = null) => IsMultiAgent ? CreateMultiAgent(config) : new OneAgent(Create(config));

    /// <summary>Makes several copies, together where the environment can.</summary>
    /// <inheritdoc cref="Create"/>
    internal IReadOnlyList<IMultiAgentEnvironment> OpenTogether(ParameterSet config, int count)
    {
        var made = _createTogether is null ? null : Make(config, c => _createTogether(c, count));
        if (made is not null && made.Count != count)
        {
            throw new InvalidOperationException($"The factory of the environment {Name} was asked for {count} copies and made {made.Count}.");
        }

        var copies = new IMultiAgentEnvironment[count];
        try
        {
            for (var i = 0; i < count; i++)
            {
                copies[i] = made is null ? Open(config)
                    : made[i] is IEnvironment one ? new OneAgent(Wrap(one, config)) : Wrap((IMultiAgentEnvironment)made[i], config);
            }
        }
        catch
        {
            Array.ForEach(copies, c => c?.Dispose());
            throw;
        }

        return copies;
    }

    /// <summary>Whether copies are made by the same factory and cut after as many steps.</summary>
    internal bool IsMadeAs(EnvironmentDefinition other) =>
        Equals(_create, other._create) && Equals(_createMultiAgent, other._createMultiAgent) && MaxEpisodeSteps == other.MaxEpisodeSteps;

    /// <summary>The same with episodes of at most so many steps; null changes nothing.</summary>
    internal EnvironmentDefinition CutAt(int? steps) => steps is null || steps >= MaxEpisodeSteps
        ? this
        : new(this, steps.Value);

    private int? Limit(EnvironmentWrappers wrappers) => wrappers.TimeLimit is null || _isCut ? MaxEpisodeSteps : null;

    private static bool Shapes(EnvironmentWrappers wrappers) => !wrappers.Observation.IsNone || wrappers.FrameStack > 1;

    // What does not fit the environment shows when they are put together.
    private T Wrapped<T>(T environment, ParameterSet? config, Func<EnvironmentWrappers, T, T> wrap)
        where T : IDisposable
    {
        try
        {
            return wrap(EnvironmentWrappers.Of(config ?? ParameterSet.Empty), environment);
        }
        catch (ArgumentException e)
        {
            environment.Dispose();
            throw new ArgumentException($"The environment {Name} could not be made: {ArgumentMessage.Of(e)}", nameof(config), e);
        }
    }

    private IEnvironment Wrap(IEnvironment environment, ParameterSet? config) => Wrapped(environment, config, (wrappers, inner) =>
    {
        inner = Limit(wrappers) is { } own ? new TimeLimit(inner, own) : inner;
        inner = wrappers.ActionRepeat > 1 ? new RepeatedActions(inner, wrappers.ActionRepeat) : inner;
        inner = wrappers.TimeLimit is { } steps ? new TimeLimit(inner, steps) : inner;
        return Shapes(wrappers) ? new ShapedObservations(inner, wrappers) : inner;
    });

    private IMultiAgentEnvironment Wrap(IMultiAgentEnvironment environment, ParameterSet? config) => Wrapped(environment, config, (wrappers, inner) =>
    {
        inner = Limit(wrappers) is { } own ? new MultiAgentTimeLimit(inner, own) : inner;
        inner = wrappers.ActionRepeat > 1 ? new RepeatedAgentActions(inner, wrappers.ActionRepeat) : inner;
        inner = wrappers.TimeLimit is { } steps ? new MultiAgentTimeLimit(inner, steps) : inner;
        return Shapes(wrappers) ? new ShapedAgentObservations(inner, wrappers) : inner;
    });

    private T Make<T>(ParameterSet? config, Func<ParameterSet, T?> create)
        where T : class
    {
        config ??= ParameterSet.Empty;
        if (ParameterNames is { } known)
        {
            foreach (var name in config.Names)
            {
                if (!known.Contains(name))
                {
                    throw new ArgumentException(
                        known.Count == 1
                            ? $"The environment {Name} has no parameter '{name}': its env_config has {EnvironmentWrappers.Key} alone."
                            : $"The environment {Name} has no parameter '{name}';{DidYouMean(name, known)} env_config knows: "
                                + $"{string.Join(", ", known.Order(StringComparer.Ordinal))}.",
                        nameof(config));
                }
            }
        }

        T? environment;
        try
        {
            environment = create(EnvironmentWrappers.Without(config));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            var message = $"The environment {Name} could not be made: {ArgumentMessage.Of(e)}";
            throw e is ArgumentException ? new ArgumentException(message, e) : new InvalidOperationException(message, e);
        }

        return environment ?? throw new InvalidOperationException($"The factory of the environment {Name} returned null.");
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    internal static string DidYouMean(string name, IEnumerable<string> known) =>
        NearestName.Of(name, known) is { } near ? $" did you mean '{near}'?" : "";
}
