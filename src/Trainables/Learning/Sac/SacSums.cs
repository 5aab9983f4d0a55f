namespace Tuning.Learning;

/// <summary>Sums over the rows of a block, or of a batch.</summary>
internal struct SacSums
{
    /// <summary>Of nothing.</summary>
    public static SacSums None => new() { LargestValue = double.NegativeInfinity, SmallestValue = double.PositiveInfinity };

    /// <summary>Of the weighted loss of the first network of values.</summary>
    public double FirstLoss;

    /// <summary>Of that of the second.</summary>
    public double SecondLoss;

    /// <summary>Of the temporal-difference errors' sizes, the mean over the networks.</summary>
    public double Error;

    /// <summary>Of α ln π − Q.</summary>
    public double ActorLoss;

    /// <summary>Of ln π, for discrete actions its mean over the actions.</summary>
    public double LogProbability;

    /// <summary>Of the smaller value of the policy's action.</summary>
    public double Value;

    /// <summary>The largest of them.</summary>
    public double LargestValue;

    /// <summary>The smallest of them.</summary>
    public double SmallestValue;

    /// <summary>Adds those of other rows.</summary>
    public void Add(in SacSums other)
    {
        FirstLoss += other.FirstLoss;
        SecondLoss += other.SecondLoss;
        Error += other.Error;
        ActorLoss += other.ActorLoss;
        LogProbability += other.LogProbability;
        Value += other.Value;
        LargestValue = Math.Max(LargestValue, other.LargestValue);
        SmallestValue = Math.Min(SmallestValue, other.SmallestValue);
    }
}

/// <summary>What one gradient step is computed with.</summary>
/// <param name="Alpha">The weight of the entropy.</param>
/// <param name="Scale">1 / rows of the whole batch.</param>
/// <param name="Huber">Whether errors beyond 1 count linearly.</param>
internal readonly record struct SacSettings(float Alpha, float Scale, bool Huber);
