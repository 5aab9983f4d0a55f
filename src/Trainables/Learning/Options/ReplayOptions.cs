namespace Tuning;

/// <summary>
/// The memory that an algorithm with replay learns from, in files <c>replay_buffer_config</c>; names and defaults are RLlib's. Immutable.
/// </summary>
public sealed record ReplayOptions
{
    /// <summary>The kind, by RLlib's names, of which there are two here: with <c>Prioritized</c> in its name, and without.</summary>
    /// <value>Default: PrioritizedEpisodeReplayBuffer.</value>
    public ReplayBufferKind Type { get; init; } = ReplayBufferKind.PrioritizedEpisodeReplayBuffer;

    /// <summary>Whether transitions with large errors are drawn more often; null as <see cref="Type"/> says.</summary>
    /// <value>Default: null.</value>
    public bool? Prioritized { get; init; }

    /// <summary>The most transitions that are kept; the oldest make room for new ones.</summary>
    /// <value>Default: 1,000,000; at least 1.</value>
    [AtLeast(1)]
    public int Capacity { get; init; } = 1_000_000;

    /// <summary>How much errors count in a prioritised draw; 0: not at all.</summary>
    /// <value>Default: 0.6; not negative.</value>
    [AtLeast(0)]
    public double Alpha { get; init; } = 0.6;

    /// <summary>How much weights make up for a prioritised draw; 1: wholly.</summary>
    /// <value>Default: 0.4; not negative.</value>
    [AtLeast(0)]
    public double Beta { get; init; } = 0.4;

    /// <summary>What is added to errors, so that nothing is never drawn again.</summary>
    /// <value>Default: 1e-6; above 0.</value>
    [MoreThan(0)]
    public double Epsilon { get; init; } = 1e-6;

    /// <summary>What decides.</summary>
    internal bool IsPrioritized => Prioritized ?? Type.ToString().Contains("Prioritized", StringComparison.Ordinal);

    /// <summary>What the buffer needs of these.</summary>
    internal ReplayBufferOptions ToBufferOptions(double gamma, int nStep) => new()
    {
        Capacity = Capacity,
        Gamma = gamma,
        NStep = nStep,
        Priorities = IsPrioritized ? new(Alpha, Beta, Epsilon) : null,
    };
}

/// <summary>Kinds of replay by RLlib's names; those with <c>Prioritized</c> in their name are one here, and so are the others.</summary>
public enum ReplayBufferKind
{
    /// <summary>Every transition is as likely to be drawn.</summary>
    [JsonStringEnumMemberName("EpisodeReplayBuffer")]
    EpisodeReplayBuffer,

    /// <summary>Transitions with large errors are drawn more often.</summary>
    [JsonStringEnumMemberName("PrioritizedEpisodeReplayBuffer")]
    PrioritizedEpisodeReplayBuffer,

    /// <summary>Every transition is as likely to be drawn.</summary>
    [JsonStringEnumMemberName("MultiAgentEpisodeReplayBuffer")]
    MultiAgentEpisodeReplayBuffer,

    /// <summary>Transitions with large errors are drawn more often.</summary>
    [JsonStringEnumMemberName("MultiAgentPrioritizedEpisodeReplayBuffer")]
    MultiAgentPrioritizedEpisodeReplayBuffer,

    /// <summary>Every transition is as likely to be drawn.</summary>
    [JsonStringEnumMemberName("ReplayBuffer")]
    ReplayBuffer,

    /// <summary>Transitions with large errors are drawn more often.</summary>
    [JsonStringEnumMemberName("PrioritizedReplayBuffer")]
    PrioritizedReplayBuffer,

    /// <summary>Every transition is as likely to be drawn.</summary>
    [JsonStringEnumMemberName("MultiAgentReplayBuffer")]
    MultiAgentReplayBuffer,

    /// <summary>Transitions with large errors are drawn more often.</summary>
    [JsonStringEnumMemberName("MultiAgentPrioritizedReplayBuffer")]
    MultiAgentPrioritizedReplayBuffer,
}
