namespace Tuning;

/// <summary>How DQN explores, in the words of RLlib's older <c>exploration_config</c>. Immutable.</summary>
/// <remarks>Today's way to say ε is <see cref="DqnOptions.Epsilon"/>; what is given here wins.</remarks>
public sealed record DqnExplorationOptions
{
    /// <summary>
    /// <c>EpsilonGreedy</c>: the best action, or with probability ε any. <c>SoftQ</c>: each action in proportion to exp(value /
    /// <see cref="Temperature"/>).
    /// </summary>
    /// <value>Default: EpsilonGreedy.</value>
    public DqnExploration Type { get; init; }

    /// <summary>The first ε.</summary>
    /// <value>Default: null, 1 where one of the others is given; 0 to 1.</value>
    [Between(0, 1)]
    public double? InitialEpsilon { get; init; }

    /// <summary>The last ε.</summary>
    /// <value>Default: null, 0.02 where one of the others is given; 0 to 1.</value>
    [Between(0, 1)]
    public double? FinalEpsilon { get; init; }

    /// <summary>Over how many environment steps ε goes from the first to the last, in a straight line.</summary>
    /// <value>Default: null, 10,000 where one of the others is given; at least 1.</value>
    [Between(1, 1L << 50)]
    public long? EpsilonTimesteps { get; init; }

    /// <summary>For how many environment steps ε stays at the first before that.</summary>
    /// <value>Default: null, 0 where one of the others is given; not negative.</value>
    [Between(0, 1L << 50)]
    public long? WarmupTimesteps { get; init; }

    /// <summary>The temperature of <c>SoftQ</c>: the smaller, the greedier.</summary>
    /// <value>Default: 1; above 0.</value>
    [MoreThan(0)]
    public double Temperature { get; init; } = 1;

    /// <summary>Whether anything is said about ε.</summary>
    internal bool GivesEpsilon => InitialEpsilon is not null || FinalEpsilon is not null || EpsilonTimesteps is not null || WarmupTimesteps is not null;

    /// <summary>ε by these.</summary>
    internal Schedule Epsilon
    {
        get
        {
            var warmup = WarmupTimesteps ?? 0;
            return Schedule.Linear([new(warmup, InitialEpsilon ?? 1), new(warmup + (EpsilonTimesteps ?? 10_000), FinalEpsilon ?? 0.02)]);
        }
    }
}

/// <summary>How DQN explores.</summary>
public enum DqnExploration
{
    /// <summary>The best action, or with probability ε any.</summary>
    [JsonStringEnumMemberName("EpsilonGreedy")]
    EpsilonGreedy,

    /// <summary>Each action in proportion to exp(value / temperature).</summary>
    [JsonStringEnumMemberName("SoftQ")]
    SoftQ,
}
