namespace Tuning.Runners;

/// <summary>What is counted of an episode that has ended.</summary>
/// <param name="Step">The step of the iteration in which it ended.</param>
/// <param name="Return">The sum of its rewards.</param>
/// <param name="Length">Its steps.</param>
/// <param name="Seconds">How long it took by the clock; NaN when its start is not known.</param>
internal readonly record struct FinishedEpisode(int Step, double Return, int Length, double Seconds)
{
    /// <summary>Where its runner keeps its first agent.</summary>
    public int FirstAgent { get; init; }

    /// <summary>How many agents acted in it.</summary>
    public int Agents { get; init; }
}

/// <summary>What is counted of an agent when its episode has ended.</summary>
/// <param name="Agent">Its number.</param>
/// <param name="Policy">The number of the policy that it followed.</param>
/// <param name="Return">The sum of its rewards.</param>
/// <param name="Steps">Its steps.</param>
internal readonly record struct FinishedAgent(int Agent, int Policy, double Return, int Steps);
