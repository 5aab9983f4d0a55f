namespace Tuning;

/// <summary>What is different while a policy is evaluated: RLlib's <c>evaluation_config</c>. What is null is as in training. Immutable.</summary>
public sealed record EvaluationConfig
{
    /// <summary>Whether actions are drawn; false takes the likeliest.</summary>
    /// <value>Default: as in training; false for DQN, as in RLlib.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Explore { get; init; }

    /// <summary>The registered name of the environment; its spaces must be those of the training's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonPropertyName("env")]
    public string? Environment { get; init; }

    /// <summary>Earlier name of <see cref="Environment"/>.</summary>
    [Obsolete("Use Environment."), JsonIgnore]
    public string? Env { get => Environment; init => Environment = value; }

    /// <summary>What the environment's factory is handed; it replaces the training's as a whole.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonPropertyName("env_config")]
    public ParameterSet? EnvironmentConfig { get; init; }

    /// <summary>Earlier name of <see cref="EnvironmentConfig"/>.</summary>
    [Obsolete("Use EnvironmentConfig."), JsonIgnore]
    public ParameterSet? EnvConfig { get => EnvironmentConfig; init => EnvironmentConfig = value; }

    /// <summary>How many environments each evaluation runner steps together.</summary>
    [Between(1, 100_000)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonPropertyName("num_envs_per_env_runner")]
    public int? EnvironmentsPerRunner { get; init; }

    /// <summary>Earlier name of <see cref="EnvironmentsPerRunner"/>.</summary>
    [Obsolete("Use EnvironmentsPerRunner."), JsonIgnore]
    public int? NumEnvsPerEnvRunner { get => EnvironmentsPerRunner; init => EnvironmentsPerRunner = value; }

    /// <inheritdoc/>
    public override string ToString() => OptionText.Of(this);
}
