namespace Tuning.Learning;

/// <summary>Transitions drawn from a replay buffer, in memory of its own that is filled again at each draw. All arrays are row by row.</summary>
/// <param name="capacity">The most rows of a draw.</param>
/// <param name="observationSize">Floats per observation.</param>
/// <param name="actionSize">Floats per action.</param>
internal sealed class ReplayBatch(int capacity, int observationSize, int actionSize)
{
    /// <summary>Rows of the last draw.</summary>
    public int Count { get; set; }

    /// <summary>[rows, observation].</summary>
    public float[] Observations { get; } = new float[capacity * observationSize];

    /// <summary>[rows, action], as the distribution drew them.</summary>
    public float[] Actions { get; } = new float[capacity * actionSize];

    /// <summary>The discounted sum of the rewards of up to n steps.</summary>
    public float[] Rewards { get; } = new float[capacity];

    /// <summary>[rows, observation]: what was seen after these steps; zeros where the episode terminated.</summary>
    public float[] NextObservations { get; } = new float[capacity * observationSize];

    /// <summary>What the value of <see cref="NextObservations"/> is multiplied with: γ to the number of steps, 0 where the episode terminated.</summary>
    public float[] Discounts { get; } = new float[capacity];

    /// <summary>Importance weights, the largest is 1; all 1 when replay is uniform.</summary>
    public float[] Weights { get; } = new float[capacity];

    /// <summary>Where the rows are in the buffer, to set their priorities.</summary>
    public int[] Indices { get; } = new int[capacity];
}
