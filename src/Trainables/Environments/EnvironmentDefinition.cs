namespace Tuning.Environments;

/// <summary>A registered environment: how copies are made, and when their episodes are cut. Immutable, safe on any thread.</summary>
public sealed class EnvironmentDefinition
{
    private readonly Func<ParameterSet, IEnvironment> _create;

    internal EnvironmentDefinition(string name, Func<ParameterSet, IEnvironment> create, int? maxEpisodeSteps, IReadOnlyCollection<string>? parameterNames)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(create);
        if (maxEpisodeSteps is { } steps)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1, nameof(maxEpisodeSteps));
        }

        (Name, _create, MaxEpisodeSteps, ParameterNames) = (name, create, maxEpisodeSteps, parameterNames);
    }

    /// <summary>The name that <c>env:</c> gives.</summary>
    public string Name { get; }

    /// <summary>After how many steps an episode is truncated; null for never.</summary>
    public int? MaxEpisodeSteps { get; }

    /// <summary>The names that <c>env_config</c> may have; null when the environment takes any.</summary>
    public IReadOnlyCollection<string>? ParameterNames { get; }

    /// <summary>Makes a copy, with its time limit around it.</summary>
    /// <param name="config">The <c>env_config</c>; empty when not given.</param>
    /// <exception cref="ArgumentException">The configuration has a name that the environment does not know, the message has the nearest; or its factory refuses it.</exception>
    /// <exception cref="InvalidOperationException">The factory returned null or failed.</exception>
    public IEnvironment Create(ParameterSet? config = null)
    {
        config ??= ParameterSet.Empty;
        if (ParameterNames is { } known)
        {
            foreach (var name in config.Names)
            {
                if (!known.Contains(name))
                {
                    throw new ArgumentException(
                        known.Count == 0
                            ? $"The environment {Name} has no parameter '{name}': its env_config is empty."
                            : $"The environment {Name} has no parameter '{name}';{DidYouMean(name, known)} env_config knows: {string.Join(", ", known.Order(StringComparer.Ordinal))}.",
                        nameof(config));
                }
            }
        }

        var environment = Make(config) ?? throw new InvalidOperationException($"The factory of the environment {Name} returned null.");
        return MaxEpisodeSteps is { } steps ? new TimeLimit(environment, steps) : environment;
    }

    private IEnvironment? Make(ParameterSet config)
    {
        try
        {
            return _create(config);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            var message = $"The environment {Name} could not be made: {e.Message}";
            throw e is ArgumentException ? new ArgumentException(message, e) : new InvalidOperationException(message, e);
        }
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    internal static string DidYouMean(string name, IEnumerable<string> known) => NameSuggestion.Nearest(name, known) is { } near ? $" did you mean '{near}'?" : "";
}
