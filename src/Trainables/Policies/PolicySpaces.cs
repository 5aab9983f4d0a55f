namespace Tuning;

/// <summary>What stands between a policy's module and an environment. Immutable.</summary>
/// <param name="Observations">What the environment shows.</param>
/// <param name="Actions">What the environment takes.</param>
/// <param name="ObservationFilter">What standardises observations.</param>
/// <param name="NormalizeActions">Whether the module's −1 to 1 is stretched to the bounds of the action space.</param>
/// <param name="ClipActions">Whether actions are cut off at these bounds.</param>
public sealed record PolicySpaces(Space Observations, Space Actions, ObservationFilter ObservationFilter, bool NormalizeActions, bool ClipActions)
{
    /// <summary>The name of the environment that the policy was trained in.</summary>
    /// <value>Null in checkpoints that do not say it.</value>
    public string? Environment { get; init; }

    /// <summary>That environment's <c>env_config</c>.</summary>
    /// <value>Default empty.</value>
    public ParameterSet EnvironmentConfig { get; init; } = ParameterSet.Empty;

    /// <summary>After how many steps training cut its episodes (<c>horizon</c>), beside the environment's own limit.</summary>
    /// <value>Default null: not at all, or the checkpoint does not say it.</value>
    public int? Horizon { get; init; }

    /// <summary>Registered connectors between the observation and the filter, in order.</summary>
    /// <value>Default none.</value>
    public IReadOnlyList<string> Connectors { get; init; } = [];

    internal ParameterSet ToParameters()
    {
        var spaces = ParameterSet.From(
        [
            new("observation_space", Observations.ToParameters()),
            new("action_space", Actions.ToParameters()),
            new("observation_filter", ObservationFilter),
            new("normalize_actions", NormalizeActions),
            new("clip_actions", ClipActions),
        ]);
        spaces = Connectors.Count == 0 ? spaces : spaces.With("env_to_module_connectors", Connectors);
        spaces = Horizon is { } steps ? spaces.With("horizon", steps) : spaces;
        return Environment is null ? spaces : spaces.With("env", Environment).With("env_config", EnvironmentConfig);
    }

    /// <exception cref="CheckpointException">It is something else.</exception>
    internal static PolicySpaces Parse(ParameterSet arguments)
    {
        try
        {
            return new(
                Space.Parse((ParameterSet)arguments["observation_space"]!),
                Space.Parse((ParameterSet)arguments["action_space"]!),
                arguments.Get<ObservationFilter>("observation_filter"),
                arguments.Get<bool>("normalize_actions"),
                arguments.Get<bool>("clip_actions"))
            {
                Environment = arguments.TryGet("env", out var env) ? env as string : null,
                Horizon = arguments.Get<int?>("horizon", null),
                Connectors = arguments.Get<string[]>("env_to_module_connectors", []),
                EnvironmentConfig = arguments.TryGet("env_config", out var config) && config is ParameterSet set ? set : ParameterSet.Empty,
            };
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or KeyNotFoundException or InvalidCastException)
        {
            throw new CheckpointException($"The spaces of the policy in the checkpoint cannot be read: {e.Message}", e);
        }
    }
}
