namespace Tuning;

/// <summary>How SAC explores, in files <c>exploration_config</c>.</summary>
public sealed record SacExplorationOptions
{
    /// <summary>The kind: <c>StochasticSampling</c> only, which draws from the policy's distribution.</summary>
    public SacExploration Type { get; init; }

    /// <summary>Environment steps whose actions are drawn uniformly before the policy's turn comes.</summary>
    /// <value>Default: 0; not negative.</value>
    [AtLeast(0)]
    public long RandomTimesteps { get; init; }
}

/// <summary>How SAC explores.</summary>
public enum SacExploration
{
    /// <summary>Actions are drawn from the policy's distribution.</summary>
    [JsonStringEnumMemberName("StochasticSampling")]
    StochasticSampling,
}
