namespace Tuning.Schedulers;

/// <summary>The <see cref="FifoScheduler"/>, which has no options. YAML: <c>scheduler: {type: fifo}</c>.</summary>
public sealed record FifoOptions : SchedulerOptions
{
    /// <inheritdoc/>
    public override ITrialScheduler Create(SchedulerContext context) => new FifoScheduler();
}
