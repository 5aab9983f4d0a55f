namespace Tuning.Learning;

/// <summary>A place where episodes follow each other: an environment of a rollout buffer. Knows where its next step is to be linked.</summary>
internal sealed class ReplayTrajectory(int buffer, int environment)
{
    /// <summary>The number of its rollout buffer.</summary>
    public int Buffer => buffer;

    /// <summary>The number of its environment there.</summary>
    public int Environment => environment;

    /// <summary>The newest row, when its episode goes on and the row is still kept; else −1.</summary>
    public int Last { get; set; } = -1;

    /// <summary>Where the observation after <see cref="Last"/> is kept aside; −1 when there is no such row.</summary>
    public int Slot { get; set; } = -1;
}
