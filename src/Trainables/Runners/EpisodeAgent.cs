namespace Tuning.Runners;

/// <summary>One agent of a running episode, as hooks see it.</summary>
/// <remarks>One object per agent and copy, used again for the next episode: keep numbers, not the object. Only the runner's thread may use it.</remarks>
public sealed class EpisodeAgent
{
    private readonly MultiAgentStep _step;
    private readonly int _index;
    private readonly float[] _action;

    internal EpisodeAgent(string id, MultiAgentStep step, int index, int actionSize) => (Id, _step, _index, _action) = (id, step, index, new float[actionSize]);

    /// <summary>The agent's name.</summary>
    public string Id { get; }

    /// <summary>The policy that it follows in this episode; null before it first appears.</summary>
    public string? PolicyId { get; internal set; }

    /// <summary>Whether it is there: it has been observed, and has not been terminated or truncated since.</summary>
    public bool IsPresent => Turn != AgentTurn.Absent;

    /// <summary>The sum of its rewards so far.</summary>
    public double Return { get; internal set; }

    /// <summary>How many of its actions have an outcome, the next observation or an end.</summary>
    public int Steps { get; internal set; }

    /// <summary>Its reward in the last step of the environment.</summary>
    public double Reward { get; internal set; }

    /// <summary>What it saw last, as the environment wrote it. Valid during the call.</summary>
    public ReadOnlySpan<float> Observation => _step.Observation(_index);

    /// <summary>Its last action, as the environment got it: stretched and clipped, choices as whole numbers. Valid during the call.</summary>
    public ReadOnlySpan<float> Action => _action;

    internal Span<float> WritableAction => _action;

    internal Span<float> WritableObservation => _step.Observe(_index);

    internal AgentTurn Turn { get; set; }

    /// <summary>The number of the policy that it follows.</summary>
    internal int Policy { get; set; }

    /// <summary>What it was given since it acted.</summary>
    internal double RewardSinceAction { get; set; }

    internal void Clear() => (PolicyId, Turn, Return, Steps, Reward) = (null, AgentTurn.Absent, 0, 0, 0);
}

/// <summary>What an agent does in a copy of the environment.</summary>
internal enum AgentTurn
{
    /// <summary>It is not there.</summary>
    Absent,

    /// <summary>It has an observation and acts at the next step.</summary>
    Acts,

    /// <summary>It has acted and waits for what comes of it.</summary>
    Waits,
}
