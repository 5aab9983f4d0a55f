namespace Tuning.Runners;

/// <summary>An agent in a copy of the environment.</summary>
internal struct AgentLane
{
    /// <summary>What it does.</summary>
    public LaneState State;

    /// <summary>The number of the policy that it follows in this episode.</summary>
    public int Policy;

    /// <summary>What it was given since it acted.</summary>
    public double Reward;
}

/// <summary>What an agent does in a copy of the environment.</summary>
internal enum LaneState
{
    /// <summary>It is not there.</summary>
    Absent,

    /// <summary>It has an observation and acts at the next step.</summary>
    Acts,

    /// <summary>It has acted and waits for what comes of it.</summary>
    Waits,
}
