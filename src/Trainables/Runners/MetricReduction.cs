namespace Tuning.Runners;

/// <summary>How logged values become one.</summary>
public enum MetricReduction
{
    /// <summary>The mean of the window; without one an exponential mean in which each new value weighs 0.01.</summary>
    Mean,

    /// <summary>The sum of the window; without one of all values ever.</summary>
    Sum,

    /// <summary>The smallest of the window; without one of all values ever.</summary>
    Min,

    /// <summary>The largest of the window; without one of all values ever.</summary>
    Max,
}
