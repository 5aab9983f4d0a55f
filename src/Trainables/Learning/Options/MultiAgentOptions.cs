namespace Tuning;

/// <summary>Several policies in one algorithm, and which agent follows which. Immutable.</summary>
[JsonConverter(typeof(MultiAgentConverter))]
public sealed record MultiAgentOptions
{
    /// <summary>The policies by name; a name is that of a directory in checkpoints.</summary>
    public ImmutableSortedDictionary<string, PolicyOptions> Policies { get; init; } = ImmutableSortedDictionary<string,
        PolicyOptions>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>Agents, or patterns of agents such as <c>red_*</c>, and the policy they follow; null when a function says so.</summary>
    public ImmutableSortedDictionary<string, string>? PolicyMapping { get; init; }

    /// <summary>The policies that are trained; the weights of others stay as they are. Null for all.</summary>
    public ImmutableSortedSet<string>? PoliciesToTrain { get; init; }
}

/// <summary>What is special about one policy of several. Immutable.</summary>
public sealed record PolicyOptions
{
    /// <summary>Its networks; null for the algorithm's.</summary>
    public ModelOptions? Model { get; init; }

    /// <summary>The registered name of its module; null for the algorithm's.</summary>
    public string? Module { get; init; }

    /// <summary>Options of the algorithm that are others for it, by their names in files: <c>lr</c>, <c>gamma</c> and what else its learner and its networks
    /// follow. RLlib's <c>config</c> of a <c>PolicySpec</c>, and its <c>algorithm_config_overrides_per_module</c>.</summary>
    /// <value>Default: null, none.</value>
    public ParameterSet? Config { get; init; }
}
