namespace Tuning;

/// <summary>What is different while a policy is evaluated: RLlib's <c>evaluation_config</c>. What is null is as in training. Immutable.</summary>
public sealed record EvaluationConfig
{
    /// <summary>Whether actions are drawn; false takes the likeliest.</summary>
    /// <value>Default: as in training; false for DQN, as in RLlib.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Explore { get; init; }

    /// <summary>The registered name of the environment; its spaces must be those of the training's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Env { get; init; }

    /// <summary>What the environment's factory is handed; it replaces the training's as a whole.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ParameterSet? EnvConfig { get; init; }

    /// <summary>How many environments each evaluation runner steps together.</summary>
    [Between(1, 100_000)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? NumEnvsPerEnvRunner { get; init; }
}
