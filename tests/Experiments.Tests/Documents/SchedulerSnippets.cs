using Tuning.Schedulers;

namespace Tuning.Tests.Documents;

/// <summary>What docs/schedulers.md shows.</summary>
internal static class SchedulerSnippets
{
    public static TuneConfig Asha()
    {
        var tune = new TuneConfig
        {
            Metric = "loss",
            Mode = Mode.Min,
            Samples = 100,
            Scheduler = new AshaOptions { MaxTime = 100, GracePeriod = 1, ReductionFactor = 4 },
        };
        return tune;
    }
}
