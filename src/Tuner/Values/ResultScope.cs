namespace Tuning;

/// <summary>Which of a trial's values of a metric stands for the trial when trials are compared. NaN counts in none but the last.</summary>
public enum ResultScope
{
    /// <summary>The last one that it reported.</summary>
    Last,

    /// <summary>The largest one.</summary>
    Max,

    /// <summary>The smallest one.</summary>
    Min,

    /// <summary>The mean of all.</summary>
    Avg,
}
