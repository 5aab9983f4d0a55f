namespace Tuning;

/// <summary>What happens to observations before a policy sees them.</summary>
public enum ObservationFilter
{
    /// <summary>Nothing.</summary>
    [JsonStringEnumMemberName("NoFilter")]
    NoFilter,

    /// <summary>They are standardised with their running mean and deviation.</summary>
    [JsonStringEnumMemberName("MeanStdFilter"), AlsoWritten("ConcurrentMeanStdFilter")]
    MeanStdFilter,
}
